from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from events.alert import AlertStatus
from events.filter import Everything, Expression, Filter, format, parse  # noqa: A004
from events.filter.fold import key, words
from events.filter.parse import DEEPEST, LONGEST, MOST_TERMS
from events.filter.tree import (
    Comparison,
    Field,
    Has,
    InBox,
    Near,
    Not,
    ScoreIs,
    SeverityIs,
    TestIs,
    Words,
    all_of,
    any_of,
)
from events.story import Severity

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_TEXT = st.text(min_size=1, max_size=12) | st.sampled_from(
    ["and", "or", "not", "near", "place", 'a "b"', r"c\d", "x:y"]
)
_FOLDED = st.sampled_from([field for field in Field if field not in {Field.STATUS, Field.ID, Field.LANGUAGE}])
_LATITUDE = st.floats(-90, 90).map(lambda degrees: degrees + 0.0)
_LONGITUDE = st.floats(-180, 180).map(lambda degrees: degrees + 0.0)


def _box(west: float, south: float, east: float, north: float) -> InBox:
    return InBox(west, min(south, north), east, max(south, north))


_TERMS: SearchStrategy[Expression] = st.one_of(
    st.builds(Has, _FOLDED, _TEXT.map(key).filter(bool)),
    st.builds(Has, st.just(Field.STATUS), st.sampled_from(AlertStatus).map(str)),
    st.builds(Has, st.just(Field.ID), _TEXT),
    st.builds(Has, st.just(Field.LANGUAGE), st.sampled_from(["en", "pt-br", "zh-hant-tw", "und"])),
    st.builds(Words, _TEXT.map(words).filter(bool), st.booleans()),
    st.builds(SeverityIs, st.sampled_from(Comparison), st.sampled_from(Severity)),
    st.builds(ScoreIs, st.sampled_from(Comparison), st.floats(0, 1).map(abs)),
    st.builds(TestIs, st.booleans()),
    st.builds(_box, _LONGITUDE, _LATITUDE, _LONGITUDE, _LATITUDE),
    st.builds(Near, _LATITUDE, _LONGITUDE, st.floats(0, 20_038).map(abs)),
)


def _larger(smaller: SearchStrategy[Expression]) -> SearchStrategy[Expression]:
    several = st.lists(smaller, min_size=2, max_size=4).map(tuple)
    return st.one_of(several.map(all_of), several.map(any_of), smaller.map(Not))


EXPRESSIONS = st.recursive(_TERMS, _larger, max_leaves=12)


@given(st.just(Everything()) | EXPRESSIONS)
def test_reads_back(wanted: Filter) -> None:
    """The canonical spelling is read back to the same tree."""
    spelling = format(wanted)
    assume(len(spelling) <= LONGEST and spelling.count("(") + spelling.count("not ") <= DEEPEST)
    assert MOST_TERMS > 12
    assert parse(spelling) == wanted


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("", ""),
        ("a AND (B c)", "a and b and c"),
        ("not (a or b) c", "not (a or b) and c"),
        ("a (b or c)", "a and (b or c)"),
        ("a b or c", "a and b or c"),
        ("severity=flash", "severity:flash"),
        ("score >= .50", "score>=0.5"),
        ('"NOT"', '"not"'),
        ('entity:"Ministério"', "entity:ministerio"),
        ('source:"a b"', 'source:"a b"'),
        ("headline:and", "headline:and"),
        ('id:"a(b“\\"\\\\"', 'id:"a(b\\“\\"\\\\"'),
        ("near(1,2,3)", "near(1.0, 2.0, 3.0)"),
        ("organization:x", "organisation:x"),
    ],
)
def test_spelling(text: str, spelling: str) -> None:
    """One meaning has one spelling: folded, `and` written, parentheses only where they are needed."""
    assert format(parse(text)) == spelling
