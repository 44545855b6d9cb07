"""
Whether a filter matches an alert.

To try one alert on many filters, take its `Facts` once and ask `holds`.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import assert_never

from events.alert import Alert
from events.entity import Entity, EntityType
from events.filter.fold import key, words
from events.filter.tree import (
    And,
    Comparison,
    Everything,
    Field,
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

_EARTH_RADIUS = 6371.009
"""Kilometres, mean radius (IUGG)."""

_COMPARE = MappingProxyType(
    {
        Comparison.EQUAL: operator.eq,
        Comparison.AT_LEAST: operator.ge,
        Comparison.AT_MOST: operator.le,
        Comparison.MORE: operator.gt,
        Comparison.LESS: operator.lt,
    }
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What filters can ask of one alert, folded once."""

    keys: Mapping[Field, frozenset[str]]
    headline: str
    """Its words, with a space before, between and after, so that ` word ` is found only as a whole."""

    summary: str
    rank: int
    """Of the severity, negated: greater is more severe."""

    score: float
    test: bool
    points: tuple[tuple[float, float], ...]
    """Latitude and longitude of each place that has them, in degrees."""


def matches(wanted: Filter, alert: Alert) -> bool:
    """Whether the alert is one that the filter asks for."""
    return holds(wanted, facts(alert))


def facts(alert: Alert) -> Facts:
    """What filters can ask of the alert."""
    return Facts(
        keys=MappingProxyType(
            {
                Field.STATUS: frozenset({alert.status.value}),
                Field.TOPIC: _topics(alert),
                Field.ENTITY: _names(alert.entities),
                Field.PERSON: _names(e for e in alert.entities if e.type is EntityType.PERSON),
                Field.ORGANISATION: _names(e for e in alert.entities if e.type is EntityType.ORGANISATION),
                Field.PLACE: frozenset(
                    key(name) for place in alert.places for name in (place.name, place.id, place.country) if name
                ),
                Field.LANGUAGE: _languages(alert.language),
                Field.SOURCE: frozenset(key(report.source) for report in alert.reports),
                Field.ID: frozenset({alert.id}),
            }
        ),
        headline=f" {words(alert.headline)} ",
        summary=f" {words(alert.summary)} ",
        rank=-alert.severity.rank,
        score=alert.score,
        test=alert.test,
        points=tuple(
            (place.latitude, place.longitude)
            for place in alert.places
            if place.latitude is not None and place.longitude is not None
        ),
    )


def holds(wanted: Filter, known: Facts) -> bool:
    """
    Whether the filter matches an alert with these facts.

    A test alert gets through only where a `test:true` helped to let it through: in `flash or (test:true and sport)`
    that is a test about sport, and no other test.
    """
    return _asks_for_test(wanted, known) if known.test else _holds(wanted, known)


def names(wanted: Filter, term: Term) -> bool:
    """Whether the term stands in the filter, outside every `not`: what the subscriber asks for by name."""
    match wanted:
        case And(operands) | Or(operands):
            return any(names(operand, term) for operand in operands)
        case _:
            return wanted == term


def _holds(wanted: Filter, known: Facts) -> bool:
    match wanted:
        case Everything():
            return True
        case And(operands):
            return all(_holds(operand, known) for operand in operands)
        case Or(operands):
            return any(_holds(operand, known) for operand in operands)
        case Not(operand):
            return not _holds(operand, known)
        case _:
            return _term_holds(wanted, known)


def _asks_for_test(wanted: Filter, known: Facts) -> bool:
    """Whether, written as an or of ands, one of the ands holds and has `test:true` in it."""
    match wanted:
        case TestIs(value):
            return value
        case Or(operands):
            return any(_asks_for_test(operand, known) for operand in operands)
        case And(operands):
            return any(_asks_for_test(operand, known) for operand in operands) and _holds(wanted, known)
        case _:
            return False


def _term_holds(term: Term, known: Facts) -> bool:
    match term:
        case Has(field, wanted):
            answer = wanted in known.keys[field]
        case Words(phrase, headline_only):
            needle = f" {phrase} "
            answer = needle in known.headline or (not headline_only and needle in known.summary)
        case SeverityIs(comparison, severity):
            answer = _COMPARE[comparison](known.rank, -severity.rank)
        case ScoreIs(comparison, score):
            answer = _COMPARE[comparison](known.score, score)
        case TestIs(value):
            answer = known.test is value
        case InBox():
            answer = any(_in_box(term, latitude, longitude) for latitude, longitude in known.points)
        case Near(north, east, kilometres):
            answer = any(_distance(north, east, *point) <= kilometres for point in known.points)
        case _:
            assert_never(term)
    return answer


def _topics(alert: Alert) -> frozenset[str]:
    """Ids with and without their scheme, and names."""
    ids = {key(topic.id) for topic in alert.topics}
    return frozenset(ids | {topic.partition(":")[2] or topic for topic in ids} | {key(t.name) for t in alert.topics})


def _names(entities: Iterable[Entity]) -> frozenset[str]:
    return frozenset(key(name) for entity in entities for name in (entity.text, entity.name, entity.id) if name)


def _languages(tag: str) -> frozenset[str]:
    """The tag and all its beginnings: RFC 4647 basic filtering, so that `en` finds `en-GB`."""
    subtags = tag.lower().split("-")
    return frozenset("-".join(subtags[:count]) for count in range(1, len(subtags) + 1))


def _in_box(box: InBox, latitude: float, longitude: float) -> bool:
    if not box.south <= latitude <= box.north:
        return False
    if box.west <= box.east:
        return box.west <= longitude <= box.east
    return longitude >= box.west or longitude <= box.east


def _distance(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great-circle distance in kilometres (haversine); the arguments are degrees."""
    north, other_north = math.radians(latitude), math.radians(other_latitude)
    half_north = (other_north - north) / 2
    half_east = math.radians(other_longitude - longitude) / 2
    chord = math.sin(half_north) ** 2 + math.cos(north) * math.cos(other_north) * math.sin(half_east) ** 2
    return 2 * _EARTH_RADIUS * math.asin(math.sqrt(min(1.0, chord)))
