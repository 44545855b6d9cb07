from __future__ import annotations

from enum import StrEnum

import pytest

from events.filter import InvalidFilter
from events.filter.scan import BARE, WORD, Scanner, did_you_mean


class Colour(StrEnum):
    """Some choices."""

    RED = "red"
    GREEN = "green"


def test_reads_in_turn() -> None:
    """Each read takes its piece and the space after it, and leaves the rest."""
    scanner = Scanner('  not a:b "c d" -1.5 , GREEN')
    assert scanner.keyword("or") is False
    assert scanner.keyword("not") is True
    assert scanner.value(BARE, "x") == "a:b"
    assert scanner.value(WORD, "x") == "c d"
    assert scanner.number("x", -2, 2) == -1.5
    scanner.symbol(",", "a comma")
    assert scanner.choice(tuple(Colour)) is Colour.GREEN
    assert scanner.at == len(scanner.text)


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "x1", "11", "--1"])
def test_no_number(text: str) -> None:
    """What is no number in the range is refused where it stands."""
    with pytest.raises(InvalidFilter) as caught:
        Scanner(text).number("0 to 10", 0, 10)
    assert (caught.value.position, caught.value.expected) == (0, "0 to 10")


def test_keywords_need_their_end() -> None:
    """A word that only begins like a keyword is none."""
    assert Scanner("notable").peek_keyword() is None
    assert Scanner("NOT(").peek_keyword() == "not"


def test_did_you_mean() -> None:
    """A hint is given only when some known word is close."""
    assert did_you_mean("gren", ("red", "green")) == "Did you mean green?"
    assert did_you_mean("violet", ("red", "green")) == ""
