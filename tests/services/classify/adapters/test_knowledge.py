from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from services.classify.adapters.knowledge import DATA, KnowledgeUnreadable, load_knowledge
from services.classify.core.terms import stems, terms


def test_the_shipped_tables_are_loaded() -> None:
    """Every file is there and holds what it should."""
    knowledge = load_knowledge()
    english = knowledge.of("en")
    assert knowledge.documents > 10_000
    assert knowledge.places["chil"] == "CL"
    assert english.event_words["suicid bomber"].group == "attack"
    assert {"en", "es", "fr", "de", "ru", "ar", "zh", "ja"} <= set(knowledge.languages)


def test_synonyms_are_one_term() -> None:
    """Different words for one thing meet in clustering."""
    english = load_knowledge().of("en")
    assert terms(stems("quake killed", "en"), english) == terms(stems("earthquake deaths", "en"), english)


def test_no_event_word_is_a_function_word() -> None:
    """No word is thrown away and weighed; those of company results are, being routine and no subject."""
    for tables in load_knowledge().languages.values():
        assert not set(tables.event_words) & (tables.function_words - {"dividend", "payout", "shr"})


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    """Who installs it sees which file to mend."""
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "data" / "aliases.json").write_text(json.dumps({"en": ["x"]}))
    with pytest.raises(KnowledgeUnreadable, match=r"aliases\.json"):
        load_knowledge(tmp_path / "data")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """Likewise where there is none."""
    with pytest.raises(KnowledgeUnreadable, match=r"function_words\.json"):
        load_knowledge(tmp_path)
