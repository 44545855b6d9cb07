from __future__ import annotations

import pytest

from services.enrich.core.lexicon import LETTERS, Lexicon, build, overlay, parse_classes


def test_letters_are_distinct_but_for_nationalities() -> None:
    """A class string can be read back: one letter, one class."""
    letters = [letter for name, letter in LETTERS.items() if name != "nationality_extra"]
    assert len(set(letters)) == len(letters)


def test_a_capital_may_hide_a_common_word(lexicon: Lexicon) -> None:
    """Amnesty is known to be a common word too, which is why it needs more evidence."""
    assert lexicon.classes("Amnesty") == "L"
    assert lexicon.classes("Qatar") == "c"
    assert lexicon.classes("unheard") == ""


def test_classes_of_one_word_add_up() -> None:
    """A word of two classes has both letters, in a fixed order."""
    assert build([("surname", ["Ford"]), ("organisation", ["Ford"])]).classes("Ford") == "ks"


def test_overlay_marks_the_longest_name(lexicon: Lexicon) -> None:
    """Of two names that begin with one word, the longer one is meant."""
    words = ("the", "Red", "Cross", "in", "Trinidad", "and", "Tobago")
    assert overlay(words, 0, 7, lexicon) == ["", "Bk", "Ik", "", "Bc", "Ic", "Ic"]


def test_parse_classes_skips_remarks() -> None:
    """The list can be explained where it stands."""
    assert parse_classes(["# remark", "", "title: Mr.|Dr."]) == [("title", ("Mr.", "Dr."))]


def test_parse_classes_says_which_line_is_wrong() -> None:
    """Whoever edits the list learns where it went wrong."""
    with pytest.raises(ValueError, match="line 2"):
        parse_classes(["title: Mr.", "no colon here"])
