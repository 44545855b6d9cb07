"""
The filter language: text -> tree.

    filter     = [ any ]                                   nothing is every alert
    any        = all { "or" all }
    all        = unary { [ "and" ] unary }                 terms side by side must all hold
    unary      = "not" unary | "(" any ")" | term
    term       = field op value | shape | words
    op         = ":" | "=" | ">=" | "<=" | ">" | "<"       ":" and "=" are the same
    shape      = "bbox" "(" west "," south "," east "," north ")"
               | "near" "(" latitude "," longitude "," kilometres ")"
    words      = value                                     no field: words in headline or summary
    value      = bare | quote { character } quote
    bare       = no space, parenthesis, quotation mark or backslash; outside a field no : = < > either

Fields: severity and score (all six ops); status, test, topic, entity, person, organisation, place, language,
source, headline, id (":" or "=" only). `place:` may also stand before a shape. Keywords, fields and their fixed
values are read in any case; a keyword in quotation marks is a word. In quotation marks a backslash takes the next
character as it is. Spaces may stand around an op. `not` binds closest, then `and`, then `or`.
"""

from __future__ import annotations

import re
from enum import StrEnum

from events.alert import AlertStatus
from events.filter.errors import InvalidFilter
from events.filter.fold import key, words
from events.filter.scan import BARE, WORD, Scanner, did_you_mean
from events.filter.spell import QUOTES
from events.filter.tree import (
    Comparison,
    Everything,
    Expression,
    Field,
    Filter,
    Has,
    InBox,
    Near,
    Not,
    ScoreIs,
    SeverityIs,
    Term,
    TestIs,
    Words,
    all_of,
    any_of,
)
from events.story import Severity

LONGEST = 4096
"""Characters."""

DEEPEST = 32
"""Parentheses and `not`s within each other."""

MOST_TERMS = 256

FIELDS = ("severity", "score", "test", "headline", *Field)
_SPELLINGS = (("organization", "organisation"), ("lang", "language"))
_HALF_EQUATOR = 20_038.0
"""Kilometres: no two places are farther apart."""

_FIELD = re.compile(rf"([^\s(){QUOTES}\\:=<>]+)\s*(>=|<=|[:=<>])")
_SHAPE = re.compile(r"(bbox|near)\s*\(", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8})*")


def parse(text: str) -> Filter:
    """
    The filter that the text spells.

    Raises:
        InvalidFilter: it spells none, or is longer, deeper or larger than allowed; says where, and what would do.
    """
    if len(text) > LONGEST:
        raise InvalidFilter(text, LONGEST, f"the end: a filter has at most {LONGEST} characters, this has {len(text)}")
    return _Parser(text).filter()


class _Parser(Scanner):
    """One pass over the text, by recursive descent."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0
        self.terms = 0

    def filter(self) -> Filter:
        if self.at == len(self.text):
            return Everything()
        expression = self.any()
        if self.at < len(self.text):
            raise self.error("the end or another term", hint="This parenthesis closes none.")
        return expression

    def any(self) -> Expression:
        operands = [self.all()]
        while self.keyword("or"):
            operands.append(self.all())
        return any_of(tuple(operands))

    def all(self) -> Expression:
        operands = [self.unary()]
        while self.keyword("and") or not self.all_ends():
            operands.append(self.unary())
        return all_of(tuple(operands))

    def all_ends(self) -> bool:
        return self.at == len(self.text) or self.text[self.at] == ")" or self.peek_keyword() == "or"

    def unary(self) -> Expression:
        start = self.at
        if self.keyword("not"):
            self.deeper(start)
            expression: Expression = Not(self.unary())
        elif self.text.startswith("(", self.at):
            self.deeper(start)
            self.skip(1)
            expression = self.any()
            self.symbol(")", "the closing parenthesis", hint=f"The one at {start} is still open.")
        else:
            return self.term()
        self.depth -= 1
        return expression

    def term(self) -> Term:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise self.error(f"no more terms: a filter has at most {MOST_TERMS}")
        if shape := _SHAPE.match(self.text, self.at):
            return self.shape(shape)
        start = self.at
        if field := _FIELD.match(self.text, self.at):
            self.skip(len(field.group()))
            return self.field_term(
                field.group(1), Comparison(field.group(2).replace("=", ":", field.group(2) == "=")), start
            )
        if (keyword := self.peek_keyword()) is not None:
            raise self.error("a term", hint=f'To search the word, write "{keyword}" in quotation marks.')
        return Words(self.phrase(WORD))

    def field_term(self, name: str, comparison: Comparison, start: int) -> Term:
        """The term after `name op`, which began at `start`."""
        field = dict(_SPELLINGS).get(name.lower(), name.lower())
        if field not in FIELDS:
            raise InvalidFilter(self.text, start, f"one of {', '.join(FIELDS)}", _field_hint(name))
        if field == "severity":
            return SeverityIs(comparison, self.choice(tuple(Severity)))
        if field == "score":
            return ScoreIs(comparison, self.number("a score from 0 to 1", 0, 1))
        if comparison is not Comparison.EQUAL:
            raise InvalidFilter(self.text, start + len(name), f"{name}:value", "Only severity and score have an order.")
        match field:
            case "test":
                return TestIs(self.choice(tuple(_Truth)) is _Truth.TRUE)
            case "headline":
                return Words(self.phrase(BARE), headline_only=True)
            case "place" if shape := _SHAPE.match(self.text, self.at):
                return self.shape(shape)
            case _:
                return self.key_term(Field(field))

    def key_term(self, field: Field) -> Has:
        start = self.at
        match field:
            case Field.STATUS:
                return Has(field, self.choice(tuple(AlertStatus)))
            case Field.ID:
                return Has(field, self.value(BARE, "an alert's id"))
            case Field.LANGUAGE:
                tag = self.value(BARE, "a language").lower()
                if not _LANGUAGE.fullmatch(tag):
                    raise InvalidFilter(self.text, start, "a language tag such as en or pt-BR")
                return Has(field, tag)
            case _:
                folded = key(self.value(BARE, f"a value for {field}"))
                if not folded:
                    raise InvalidFilter(self.text, start, f"a value for {field} that is not empty")
                return Has(field, folded)

    def shape(self, opening: re.Match[str]) -> InBox | Near:
        self.skip(len(opening.group()))
        if opening.group(1).lower() == "near":
            latitude = self.latitude()
            self.symbol(",", "a comma, then the longitude")
            longitude = self.longitude()
            self.symbol(",", "a comma, then the distance in kilometres")
            term: InBox | Near = Near(latitude, longitude, self.number("kilometres, 0 to 20038", 0, _HALF_EQUATOR))
        else:
            term = self.box()
        self.symbol(")", "the closing parenthesis")
        return term

    def box(self) -> InBox:
        west = self.longitude()
        self.symbol(",", "a comma, then the southern edge")
        south = self.latitude()
        self.symbol(",", "a comma, then the eastern edge")
        east = self.longitude()
        self.symbol(",", "a comma, then the northern edge")
        start = self.at
        north = self.latitude()
        if north < south:
            raise InvalidFilter(self.text, start, f"a northern edge not south of {south!r}", "The order is w, s, e, n.")
        return InBox(west, south, east, north)

    def latitude(self) -> float:
        return self.number("a latitude, -90 to 90", -90, 90)

    def longitude(self) -> float:
        return self.number("a longitude, -180 to 180", -180, 180)

    def phrase(self, bare: re.Pattern[str]) -> str:
        start = self.at
        phrase = words(self.value(bare, "a term"))
        if not phrase:
            raise InvalidFilter(self.text, start, "a word", "There is no letter and no digit in this.")
        return phrase

    def deeper(self, start: int) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise InvalidFilter(self.text, start, f"nothing deeper: at most {DEEPEST} levels of parentheses and not")


class _Truth(StrEnum):
    TRUE = "true"
    FALSE = "false"


def _field_hint(name: str) -> str:
    if name.endswith("!"):
        return f"For unequal, write: not {name[:-1]}:value."
    return did_you_mean(name.lower(), FIELDS) or "To search for words, put them in quotation marks."
