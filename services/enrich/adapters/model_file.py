"""Load the recogniser from the files that ship with this package: the only IO of the service's own."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from importlib import resources

from services.enrich.core.gazetteer import CITY, Gazetteer, parse, parse_countries
from services.enrich.core.lexicon import Lexicon, build, parse_classes
from services.enrich.core.recognise import Recogniser
from services.enrich.core.tagger import ready
from services.enrich.core.topics import parse_topics
from services.enrich.core.weights import parse_weights

_BIG_CITY = 100_000


def _lines(name: str) -> list[str]:
    raw = (resources.files("services.enrich") / "data" / name).read_bytes()
    return (gzip.decompress(raw) if name.endswith(".gz") else raw).decode().removesuffix("\n").split("\n")


def load_gazetteer() -> Gazetteer:
    """Countries, their parts and cities."""
    _, demonyms = parse_countries(_lines("countries.txt"))
    return parse(_lines("gazetteer.tsv.gz"), demonyms)


def load_lexicon(gazetteer: Gazetteer, common: Iterable[str] | None = None) -> Lexicon:
    """Word classes from our lists, the gazetteer, the lists of names and the common words (shipped, or as given)."""
    names, demonyms = parse_countries(_lines("countries.txt"))
    big = [name for name, found in gazetteer.by_name.items() if _is_city(gazetteer, found, _BIG_CITY, None)]
    small = [name for name, found in gazetteer.by_name.items() if _is_city(gazetteer, found, 0, _BIG_CITY)]
    parts = [name for name, found in gazetteer.by_name.items() if gazetteer.sites[found[0]].kind == "S"]
    return build(
        [
            *parse_classes(_lines("lexicon.txt")),
            ("nationality", demonyms),
            ("country", [name for several in names.values() for name in several]),
            ("subdivision", parts),
            ("city", big),
            ("town", small),
            *parse_classes(_lines("names.txt.gz")),
            ("common", _lines("common.txt.gz") if common is None else common),
        ]
    )


def _is_city(gazetteer: Gazetteer, found: tuple[int, ...], least: int, most: int | None) -> bool:
    people = max((gazetteer.sites[i].population for i in found if gazetteer.sites[i].kind == CITY), default=-1)
    return people >= least and (most is None or people < most)


def load() -> Recogniser:
    """
    The recogniser, ready for use.

    Raises:
        FileNotFoundError: the package was installed without its data files.
        ValueError: a data file is damaged; reinstall the package.
    """
    gazetteer = load_gazetteer()
    features, moves = parse_weights(_lines("tagger.txt.gz"))
    return Recogniser(ready(features, moves, load_lexicon(gazetteer)), gazetteer, parse_topics(_lines("topics.txt")))
