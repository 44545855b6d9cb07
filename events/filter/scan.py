"""Reading the smallest pieces of a filter's text: values, numbers, keywords, symbols."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from enum import StrEnum
from typing import TypeVar

from events.filter.errors import InvalidFilter
from events.filter.spell import KEYWORDS, QUOTES

BARE = re.compile(rf"[^\s(){QUOTES}\\]+")
"""A value without quotation marks, after a field."""

WORD = re.compile(rf"[^\s(){QUOTES}\\:=<>]+")
"""A value without quotation marks, on its own."""

_SPACE = re.compile(r"\s*")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_QUOTED = re.compile(r'"((?:[^\\"]|\\.)*)"|[“”„]((?:[^\\“”]|\\.)*)[“”]', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)

Choice = TypeVar("Choice", bound=StrEnum)


class Scanner:
    """A text and the place of the next character to read; every read also takes the space after it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.space()

    def number(self, expected: str, lowest: float, highest: float) -> float:
        """A decimal number in the range, and the space after it."""
        found = _NUMBER.match(self.text, self.at)
        if found is None or not lowest <= float(found.group()) <= highest:
            raise self.error(expected)
        self.skip(len(found.group()))
        return float(found.group()) + 0.0  # so that -0 is 0

    def choice(self, choices: tuple[Choice, ...]) -> Choice:
        """One of the choices, in any case."""
        start = self.at
        spellings = [choice.value for choice in choices]
        value = self.value(BARE, f"one of {', '.join(spellings)}").lower()
        if value not in spellings:
            raise InvalidFilter(self.text, start, f"one of {', '.join(spellings)}", did_you_mean(value, spellings))
        return choices[spellings.index(value)]

    def peek_keyword(self) -> str | None:
        """The keyword that comes next; a field of that name is none."""
        found = WORD.match(self.text, self.at)
        word = found.group().lower() if found else None
        return word if word in KEYWORDS else None

    def value(self, bare: re.Pattern[str], expected: str) -> str:
        """The next value, without its quotation marks."""
        if quoted := _QUOTED.match(self.text, self.at):
            self.skip(len(quoted.group()))
            return _ESCAPE.sub(r"\1", quoted.group(quoted.lastindex or 0))
        found = bare.match(self.text, self.at)
        if found is None:
            opens = self.at < len(self.text) and self.text[self.at] in QUOTES
            raise self.error(expected, hint="The quotation mark is never closed." if opens else "")
        self.skip(len(found.group()))
        return found.group()

    def keyword(self, word: str) -> bool:
        """Whether the keyword comes next; then it is read."""
        if self.peek_keyword() != word:
            return False
        self.skip(len(word))
        return True

    def symbol(self, symbol: str, expected: str, hint: str = "") -> None:
        """Read the symbol."""
        if not self.text.startswith(symbol, self.at):
            raise self.error(expected, hint)
        self.skip(len(symbol))

    def skip(self, count: int) -> None:
        """Go on by so many characters, and over the space after them."""
        self.at += count
        self.space()

    def space(self) -> None:
        """Go over space."""
        self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]  # it matches the empty string too

    def error(self, expected: str, hint: str = "") -> InvalidFilter:
        """The error of meeting something else at the next character."""
        return InvalidFilter(self.text, self.at, expected, hint)


def did_you_mean(word: str, known: Collection[str]) -> str:
    """A hint at the known word that looks most like this one; empty where none does."""
    close = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean {close[0]}?" if close else ""
