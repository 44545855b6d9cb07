from __future__ import annotations

import pytest

from services.classify.core.knowledge import NO_LANGUAGE, Knowledge, LanguageKnowledge


def test_a_language_without_tables_has_empty_ones() -> None:
    """An unknown language is judged by markers and by the window alone."""
    assert Knowledge().of("xx") is NO_LANGUAGE


@pytest.mark.parametrize(("term", "rare"), [("zzyzx", True), ("peace", False), ("1987", False), ("of", False)])
def test_rare_is_what_the_background_does_not_know(term: str, rare: bool) -> None:  # noqa: FBT001
    """Names are rare; numbers and scraps are not names; without a background nothing can be told."""
    assert LanguageKnowledge(frequency={"peace": 9}).is_rare(term) is rare
    assert not NO_LANGUAGE.is_rare(term)
