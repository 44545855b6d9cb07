"""The canonical spelling of a filter: what `parse` reads back to an equal tree."""

from __future__ import annotations

import re
from typing import assert_never

from events.filter.tree import (
    And,
    Everything,
    Expression,
    Filter,
    Has,
    InBox,
    Near,
    Not,
    Or,
    ScoreIs,
    SeverityIs,
    Term,
    TestIs,
    Words,
)

KEYWORDS = frozenset({"and", "or", "not"})

QUOTES = '"“”„'
"""All are read, so that text pasted from an article works; the first is written."""

_BARE_VALUE = re.compile(rf"[^\s(){QUOTES}\\]+")
_BARE_WORD = re.compile(rf"[^\s(){QUOTES}\\:=<>]+")
_ESCAPED = re.compile(rf"[{QUOTES}\\]")


def format(wanted: Filter) -> str:  # noqa: A001 (the verb for it)
    """
    The canonical spelling.

    It can be longer than the text it was parsed from, and so pass the limit of `parse`: keep what the user wrote.
    """
    match wanted:
        case Everything():
            return ""
        case And(operands):
            return " and ".join(f"({format(o)})" if isinstance(o, Or) else format(o) for o in operands)
        case Or(operands):
            return " or ".join(map(format, operands))
        case Not(operand):
            return f"not {_operand(operand)}"
        case _:
            return _term(wanted)


def _operand(operand: Expression) -> str:
    return f"({format(operand)})" if isinstance(operand, And | Or) else format(operand)


def _term(term: Term) -> str:
    match term:
        case Has(field, key):
            text = f"{field}:{_value(key)}"
        case Words(phrase, headline_only):
            text = f"headline:{_value(phrase)}" if headline_only else _words(phrase)
        case SeverityIs(comparison, severity):
            text = f"severity{comparison}{severity}"
        case ScoreIs(comparison, score):
            text = f"score{comparison}{score!r}"
        case TestIs(value):
            text = f"test:{str(value).lower()}"
        case InBox(west, south, east, north):
            text = f"bbox({west!r}, {south!r}, {east!r}, {north!r})"
        case Near(latitude, longitude, kilometres):
            text = f"near({latitude!r}, {longitude!r}, {kilometres!r})"
        case _:
            assert_never(term)
    return text


def _value(text: str) -> str:
    return text if _BARE_VALUE.fullmatch(text) else _quoted(text)


def _words(phrase: str) -> str:
    return phrase if _BARE_WORD.fullmatch(phrase) and phrase not in KEYWORDS else _quoted(phrase)


def _quoted(text: str) -> str:
    return f'"{_ESCAPED.sub(lambda found: chr(92) + found.group(), text)}"'
