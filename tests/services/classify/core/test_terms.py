from __future__ import annotations

import pytest

from services.classify.core.knowledge import LanguageKnowledge
from services.classify.core.terms import fold, stem, stems, terms, tokens


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ("explosion", "explosions")),
        ("en", ("killed", "killing", "kills", "kill")),
        ("en", ("seize", "seized", "seizing", "seizes")),
        ("en", ("army", "armies")),
        ("en", ("Peru", "Peru's", "PERU")),
        ("en", ("U.S", "us")),
        ("ru", ("землетрясение", "землетрясения", "землетрясением")),
        ("ar", ("انفجار", "الانفجار", "والانفجار")),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str, forms: tuple[str, ...]) -> None:
    """Inflection, case and possessive do not keep two tellings apart."""
    assert len({stem(fold(form), language) for form in forms}) == 1


@pytest.mark.parametrize("pair", [("glass", "glas"), ("1987", "198"), ("news", "new york"), ("ring", "r")])
def test_other_words_keep_apart(pair: tuple[str, str]) -> None:
    """Endings are cut only where a stem is left."""
    assert stem(pair[0], "en") != stem(pair[1], "en")


def test_scripts_without_spaces_are_read_in_pairs() -> None:
    """Chinese and Japanese have no spaces: two letters at a time are words enough."""
    assert stems("北京爆炸", "zh") == ("北京", "京爆", "爆炸")


def test_order_and_spelling_are_kept() -> None:
    """Phrases need the order, evidence needs the words."""
    assert tokens("Bombs fell", "en") == (("bomb", "bombs"), ("fell", "fell"))


def test_terms_drop_function_words_and_join_synonyms() -> None:
    """What is left carries meaning, under one name."""
    tables = LanguageKnowledge(function_words=frozenset({"the", "in"}), aliases={"quak": "earthquak"})
    assert terms(stems("The quake in Peru", "en"), tables) == ("earthquak", "peru")


def test_one_endless_word_is_left_out() -> None:
    """Garbage without spaces makes no term."""
    assert stems("x" * 10_000, "en") == ()
