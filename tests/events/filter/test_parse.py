from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.filter import Everything, InvalidFilter, parse
from events.filter.parse import DEEPEST, LONGEST, MOST_TERMS
from events.filter.tree import (
    And,
    Comparison,
    Field,
    Filter,
    Has,
    InBox,
    Near,
    Not,
    Or,
    ScoreIs,
    SeverityIs,
    TestIs,
    Words,
)
from events.story import Severity

A, B, C = Words("a"), Words("b"), Words("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", Everything()),
        (" \t\n", Everything()),
        ("a", A),
        ("a b", And((A, B))),
        ("a and b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a or b c", Or((A, And((B, C))))),
        ("a b or c", Or((And((A, B)), C))),
        ("(a or b) c", And((Or((A, B)), C))),
        ("(a b) c", And((A, B, C))),
        ("a or (b or c)", Or((A, B, C))),
        ("not a b", And((Not(A), B))),
        ("not (a or b)", Not(Or((A, B)))),
        ("not not a", Not(Not(A))),
        ("((a))", A),
        ('"and"', Words("and")),
        ("“a b”", Words("a b")),
        ("„a b“", Words("a b")),
        (r'"say \"a\" \\ b"', Words("say a b")),
        ("Covid-19", Words("covid 19")),
        ("headline:a", Words("a", headline_only=True)),
        ("severity > urgent", SeverityIs(Comparison.MORE, Severity.URGENT)),
        ("SEVERITY=Flash", SeverityIs(Comparison.EQUAL, Severity.FLASH)),
        ("score<=.5", ScoreIs(Comparison.AT_MOST, 0.5)),
        ("score>=1e-1", ScoreIs(Comparison.AT_LEAST, 0.1)),
        ("test:TRUE", TestIs(value=True)),
        ("topic:medtop:01", Has(Field.TOPIC, "medtop:01")),
        ('entity:"Médecins  Sans Frontières"', Has(Field.ENTITY, "medecins sans frontieres")),
        ("place", Words("place")),
        ("near", Words("near")),
        ("place:near(1,2,3)", Near(1, 2, 3)),
        ("BBOX( -1 , -2 , 3 , 4 )", InBox(-1, -2, 3, 4)),
        ("source:and or b", Or((Has(Field.SOURCE, "and"), B))),
        ("id:X-1", Has(Field.ID, "X-1")),
        ("language:pt-BR", Has(Field.LANGUAGE, "pt-br")),
    ],
)
def test_tree(text: str, tree: Filter) -> None:
    """Each construct of the grammar gives its tree."""
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "position", "expected", "hint"),
    [
        ("severity>=urgnt", 10, "one of flash, bulletin, urgent, routine, deferred", "Did you mean urgent?"),
        ("a and", 5, "a term", ""),
        ("a or or b", 5, "a term", "quotation marks"),
        ("and a", 0, "a term", "quotation marks"),
        ("(a or b", 7, "the closing parenthesis", "The one at 0"),
        ("a ) b", 2, "the end or another term", "closes none"),
        ("()", 1, "a term", ""),
        ('a "b', 2, "a term", "never closed"),
        ("a sevrity:flash", 2, "one of severity", "Did you mean severity?"),
        ("http://a", 0, "one of severity", "quotation marks"),
        ("topic!=sport", 0, "one of severity", "not topic:value"),
        ("topic>sport", 5, "topic:value", "Only severity and score"),
        ("topic:", 6, "a value for topic", ""),
        ('topic:"  "', 6, "a value for topic that is not empty", ""),
        ("score>2", 6, "a score from 0 to 1", ""),
        ("score>high", 6, "a score from 0 to 1", ""),
        ("test:yes", 5, "one of true, false", ""),
        ("near(1, 2)", 9, "a comma, then the distance", ""),
        ("near(91, 2, 3)", 5, "a latitude", ""),
        ("near(1, 2, 1e400)", 11, "kilometres", ""),
        ("bbox(1, 2, 3, 1)", 14, "a northern edge not south of 2.0", "w, s, e, n"),
        ("***", 0, "a word", "no letter"),
        ("language:e", 9, "a language tag", ""),
        (r"a\b", 1, "a term", ""),
    ],
)
def test_refusal(text: str, position: int, expected: str, hint: str) -> None:
    """A mistake is refused with its place, what would have been right, and a caret under it."""
    with pytest.raises(InvalidFilter) as caught:
        parse(text)
    error = caught.value
    assert (error.position, error.text) == (position, text)
    assert error.expected.startswith(expected)
    summary, shown, caret = str(error).split("\n")
    assert hint in summary
    assert shown[2 : 2 + len(text)] == text
    assert caret.index("^") - 2 == position


def test_length_limit() -> None:
    """The longest filter allowed is read, one character more is refused."""
    assert parse("a" * LONGEST) == Words("a" * LONGEST)
    with pytest.raises(InvalidFilter, match="at most 4096 characters, this has 4097"):
        parse("a" * (LONGEST + 1))


@pytest.mark.parametrize(("opens", "closes"), [("(", ")"), ("not ", "")])
def test_depth_limit(opens: str, closes: str) -> None:
    """The deepest nesting allowed is read, one level more is refused where it begins."""
    parse(opens * DEEPEST + "a" + closes * DEEPEST)
    with pytest.raises(InvalidFilter) as caught:
        parse(opens * (DEEPEST + 1) + "a" + closes * (DEEPEST + 1))
    assert caught.value.position == DEEPEST * len(opens)


def test_depth_is_given_back() -> None:
    """Terms one after another do not add up to depth."""
    parse(" ".join(["(not a)"] * (DEEPEST * 2)))


def test_term_limit() -> None:
    """As many terms as allowed are read, one more is refused."""
    parse(" ".join("a" * MOST_TERMS))
    with pytest.raises(InvalidFilter, match="at most 256"):
        parse(" ".join("a" * (MOST_TERMS + 1)))


@given(st.text(alphabet='ab "\\()“:=<>-.,1 andort', max_size=60) | st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes the parser fail in another way than by its own error, placed inside the text."""
    try:
        parse(text)
    except InvalidFilter as error:
        assert 0 <= error.position <= len(text)  # noqa: PT017 (either outcome is right)
