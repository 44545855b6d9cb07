"""Which place on the map a name means, and the list of places a story speaks of."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from events.entity import Entity, EntityType, Place
from services.enrich.core.gazetteer import CITY, COUNTRY, Gazetteer, Site

_KIND = MappingProxyType({COUNTRY: 12.0, "S": 6.5, CITY: 0.0})
"""Head start in the unit of log10 of the population: a state beats its namesakes of up to three million people."""

_NAMED_COUNTRY = 3.0
"""For lying in a country that the story names; of all countries named, in proportion to how often."""

_BESIDE = 6.0
"""For lying in the country or state that is named right after it: Moscow, Idaho."""


@dataclass(frozen=True, slots=True)
class Context:
    """What else the story names: how often each country (by its people too), and what stands right after each name."""

    countries: Mapping[str, int]
    beside: Mapping[str, tuple[str, ...]]


def candidates(name: str, gazetteer: Gazetteer) -> tuple[int, ...]:
    """Indices of places that can have this name; the article of `the Netherlands` is not part of it."""
    for form in (name, name.removeprefix("the ").removeprefix("The "), name.title() if name.isupper() else name):
        found = gazetteer.by_name.get(form, ()) or gazetteer.other_names.get(form, ())
        if found:
            return found
    return ()


def link(name: str, gazetteer: Gazetteer, context: Context) -> Site | None:
    """The likeliest place of this name in this story; none where the gazetteer has none."""
    found = candidates(name, gazetteer)
    if not found:
        return None
    total = sum(context.countries.values())
    following = set(context.beside.get(name, ()))

    def score(index: int) -> tuple[float, int]:
        site = gazetteer.sites[index]
        points = _KIND[site.kind] + math.log10(site.population + 1)
        if total and site.country in context.countries and site.kind != COUNTRY:
            points += _NAMED_COUNTRY * (0.5 + 0.5 * context.countries[site.country] / total)
        state = f"iso3166-2:{site.country}-{site.division}"
        if site.kind != COUNTRY and following & {site.country, site.id, state}:
            points += _BESIDE
        return points, -index

    return gazetteer.sites[max(found, key=score)]


def countries_named(names: Iterable[str], gazetteer: Gazetteer) -> Counter[str]:
    """How often each country is named, as itself or by its people, as ISO 3166-1 alpha-2."""
    counts: Counter[str] = Counter()
    for name in names:
        code = gazetteer.demonyms.get(name)
        if code is None:
            code = next(
                (
                    gazetteer.sites[i].country
                    for i in gazetteer.by_name.get(name, ())
                    if gazetteer.sites[i].kind == COUNTRY
                ),
                None,
            )
        if code is not None:
            counts[code] += 1
    return counts


def beside(names: list[tuple[str, int, int]], text: str, gazetteer: Gazetteer) -> dict[str, tuple[str, ...]]:
    """
    For each place name, the countries and states that stand after it behind a comma.

    Args:
        names: name, start and end of all place mentions, in order.
    """
    found: dict[str, list[str]] = {}
    for (name, _, end), (following, start, _) in pairwise(names):
        gap = text[end:start]
        if gap.strip() != "," or len(gap) > 3:  # noqa: PLR2004 (a comma and a space on either side)
            continue
        for index in gazetteer.by_name.get(following, ()):
            site = gazetteer.sites[index]
            if site.kind != CITY:
                found.setdefault(name, []).append(site.country if site.kind == COUNTRY else site.id)
    return {name: tuple(codes) for name, codes in found.items()}


def places(entities: Iterable[Entity], gazetteer: Gazetteer) -> tuple[Place, ...]:
    """One `Place` for each place among the entities, most salient first; with coordinates where it was linked."""
    found: dict[str, Place] = {}
    for entity in entities:
        key = entity.id or entity.name or entity.text
        if entity.type is not EntityType.PLACE or key in found:
            continue
        site = gazetteer.by_id(entity.id) if entity.id else None
        found[key] = Place(
            name=site.name if site and site.kind != CITY else entity.name or entity.text,
            id=entity.id,
            country=site.country if site else None,
            latitude=site.latitude if site else None,
            longitude=site.longitude if site else None,
            salience=entity.salience,
        )
    return tuple(sorted(found.values(), key=lambda place: -place.salience))
