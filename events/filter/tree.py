"""
The tree of a filter.

Terms hold keys that are already folded, and most are a `Has`: an index from (field, key) to the filters that ask
for it, or from a word of a `Words` phrase, finds the candidates for an alert without trying every filter.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from events.story import Severity


class Field(StrEnum):
    """What is compared for equality with one of the alert's keys."""

    STATUS = "status"
    TOPIC = "topic"
    ENTITY = "entity"
    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    LANGUAGE = "language"
    SOURCE = "source"
    ID = "id"


class Comparison(StrEnum):
    """How an ordered value is compared."""

    EQUAL = ":"
    AT_LEAST = ">="
    AT_MOST = "<="
    MORE = ">"
    LESS = "<"


@dataclass(frozen=True, slots=True)
class Everything:
    """Every alert that is no test: the empty filter. Never part of another tree."""


@dataclass(frozen=True, slots=True)
class Has:
    """One of the alert's keys for the field is this one."""

    field: Field
    key: str
    """Folded by `fold.key`; for an id as it is, for a language in lower case."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words stand in this order, next to each other, in the headline or the summary."""

    phrase: str
    """As `fold.words` gives it: folded, one space between."""

    headline_only: bool = False


@dataclass(frozen=True, slots=True)
class SeverityIs:
    """The severity compares so with this one; flash is the most."""

    comparison: Comparison
    severity: Severity


@dataclass(frozen=True, slots=True)
class ScoreIs:
    """The score, 0 to 1, compares so with this one."""

    comparison: Comparison
    score: float


@dataclass(frozen=True, slots=True)
class TestIs:
    """The alert is a test, or is none. Only a true one lets a test alert through."""

    __test__ = False  # the name is no invitation to pytest

    value: bool


@dataclass(frozen=True, slots=True)
class InBox:
    """A place of the alert lies in the box, in degrees; west > east crosses the date line, as in RFC 7946."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Near:
    """A place of the alert lies within so many kilometres of the point, given in degrees."""

    latitude: float
    longitude: float
    kilometres: float


@dataclass(frozen=True, slots=True)
class Not:
    """The operand does not hold."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class And:
    """All operands hold: two or more, none of them an And itself, so that one meaning has one tree."""

    operands: tuple[Expression, ...]

    def __post_init__(self) -> None:
        """Refuse what `all_of` would not make."""
        _check(self.operands, And)


@dataclass(frozen=True, slots=True)
class Or:
    """An operand holds: two or more, none of them an Or itself."""

    operands: tuple[Expression, ...]

    def __post_init__(self) -> None:
        """Refuse what `any_of` would not make."""
        _check(self.operands, Or)


Term: TypeAlias = Has | Words | SeverityIs | ScoreIs | TestIs | InBox | Near
Expression: TypeAlias = Term | Not | And | Or
Filter: TypeAlias = Everything | Expression


def all_of(operands: tuple[Expression, ...]) -> Expression:
    """The conjunction of one or more expressions, flat."""
    flat: list[Expression] = []
    for operand in operands:
        flat.extend(operand.operands if isinstance(operand, And) else (operand,))
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(operands: tuple[Expression, ...]) -> Expression:
    """The disjunction of one or more expressions, flat."""
    flat: list[Expression] = []
    for operand in operands:
        flat.extend(operand.operands if isinstance(operand, Or) else (operand,))
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def _check(operands: tuple[Expression, ...], kind: type[And | Or]) -> None:
    if len(operands) < 2 or any(isinstance(operand, kind) for operand in operands):  # noqa: PLR2004 (a pair)
        raise ValueError(f"{kind.__name__} takes two or more operands, none of them {kind.__name__}: {operands}")
