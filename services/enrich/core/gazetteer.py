"""The places that are known: countries, their parts, and cities, each with its names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

COUNTRY, SUBDIVISION, CITY = "C", "S", "P"


@dataclass(frozen=True, slots=True)
class Site:
    """A known place. `country` is ISO 3166-1 alpha-2; coordinates in degrees where known; population in people."""

    kind: str
    id: str
    name: str
    country: str
    latitude: float | None
    longitude: float | None
    population: int
    division: str = ""
    """The state it lies in, as the second part of ISO 3166-2, where known (in the United States)."""


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Places by name. For one name the likeliest place, by kind and population, comes first."""

    sites: tuple[Site, ...]
    by_name: Mapping[str, tuple[int, ...]]
    """Indices into `sites`."""

    demonyms: Mapping[str, str]
    """Words for a country's people and things, to its ISO 3166-1 alpha-2 code."""

    other_names: Mapping[str, tuple[int, ...]]
    """Names in other languages and scripts."""

    ids: Mapping[str, int]
    """Index into `sites` by identifier."""

    def by_id(self, ident: str) -> Site | None:
        """The place with this identifier, if it is known."""
        index = self.ids.get(ident)
        return None if index is None else self.sites[index]


def parse(lines: Iterable[str], demonyms: Mapping[str, str]) -> Gazetteer:
    """
    Read tab-separated lines: kind, id, country, state, latitude, longitude, population, names, other names.

    Of names the first is preferred; `|` stands between them.

    Raises:
        ValueError: a line has not nine fields, or a number in it is none.
    """
    sites: list[Site] = []
    by_name: dict[str, list[int]] = {}
    other_names: dict[str, list[int]] = {}
    for line in lines:
        kind, ident, country, division, latitude, longitude, population, names, others = line.rstrip("\n").split("\t")
        first, *_ = known = names.split("|")
        sites.append(
            Site(
                kind,
                ident,
                first,
                country,
                float(latitude) if latitude else None,
                float(longitude) if longitude else None,
                int(population),
                division,
            )
        )
        for name in known:
            by_name.setdefault(name, []).append(len(sites) - 1)
        for name in filter(None, others.split("|")):
            other_names.setdefault(name, []).append(len(sites) - 1)
    return Gazetteer(
        tuple(sites),
        MappingProxyType({name: tuple(found) for name, found in by_name.items()}),
        MappingProxyType(dict(demonyms)),
        MappingProxyType({name: tuple(found) for name, found in other_names.items()}),
        MappingProxyType({site.id: index for index, site in enumerate(sites)}),
    )


def parse_countries(lines: Iterable[str]) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """
    Read lines of `ISO: name|name; demonym|demonym`: names by code, and codes by demonym.

    Raises:
        ValueError: a line has another form.
    """
    names: dict[str, tuple[str, ...]] = {}
    demonyms: dict[str, str] = {}
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        code, colon, rest = line.partition(":")
        listed, semicolon, people = rest.partition(";")
        if not colon or not semicolon:
            raise ValueError(f"countries line {number} is not 'ISO: names; demonyms': {line[:40]!r}")
        names[code] = tuple(name.strip() for name in listed.split("|"))
        for word in filter(None, (word.strip() for word in people.split("|"))):
            demonyms.setdefault(word, code)
    return names, demonyms
