"""Make the lists of forenames and surnames from the person data of Faker (MIT): see data/CARD.md."""

from __future__ import annotations

import gzip
import importlib
import pkgutil
import re
import unicodedata
from collections import OrderedDict
from pathlib import Path
from typing import Any

_NAME = re.compile(r"[^\W\d_a-z][^\W\d_]+(?:[-'’][^\W\d_]+)*")
_COLLECTIONS = frozenset((tuple, list, dict, OrderedDict))
_NO_NAMES = "format|prefix|suffix|language"


def _latin(name: str) -> bool:
    return all("LATIN" in unicodedata.name(char, "") for char in name if char.isalpha())


def _folded(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


def collect() -> tuple[set[str], set[str]]:
    """Forenames and surnames in Latin script of all locales, with and without accents."""
    people = importlib.import_module("faker.providers.person")
    forenames: set[str] = set()
    surnames: set[str] = set()
    for module in pkgutil.iter_modules(people.__path__):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for attribute in dir(provider):
            if re.search(_NO_NAMES, attribute):
                continue
            if re.search("last|family|sur", attribute):
                surnames |= _names(getattr(provider, attribute))
            elif re.search("first|given|male", attribute):
                forenames |= _names(getattr(provider, attribute))
    return forenames, surnames


def _names(values: Any) -> set[str]:
    listed: list[Any] = [*values] if type(values) in _COLLECTIONS else []
    found = {value for value in listed if isinstance(value, str) and _NAME.fullmatch(value) and _latin(value)}
    return found | {_folded(name) for name in found}


def write(path: Path) -> tuple[int, int]:
    """Write the lists and return their lengths. Equal inputs give equal bytes."""
    forenames, surnames = collect()
    text = "".join(
        f"{name}: {'|'.join(sorted(names))}\n" for name, names in (("first_name", forenames), ("surname", surnames))
    )
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    return len(forenames), len(surnames)
