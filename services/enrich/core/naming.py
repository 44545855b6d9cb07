"""Which mentions name one thing, and its fullest name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from events.entity import EntityType
from services.enrich.core.agreement import initials
from services.enrich.core.mentions import Mention

_MIN_INITIALS = 2


def full_names(mentions: list[Mention], ids: Mapping[str, str]) -> dict[tuple[str, EntityType], str]:
    """
    The fullest form for each (text, type) among the mentions.

    Args:
        ids: identifiers of linked places by text; texts with one identifier name one thing.
    """
    counts: Counter[tuple[str, EntityType]] = Counter((mention.text, mention.kind) for mention in mentions)
    order = sorted(counts, key=lambda key: (-len(key[0].split()), -len(key[0]), key[0]))
    names: dict[tuple[str, EntityType], str] = {}
    for text, kind in order:
        if kind is EntityType.PLACE:
            names[text, kind] = _place(text, order, ids)
        else:
            longer = [other for other, its in order if its is kind and other != text and (other, its) in names]
            names[text, kind] = _fullest(text, kind, longer, names)
    return names


def _place(text: str, order: list[tuple[str, EntityType]], ids: Mapping[str, str]) -> str:
    mine = ids.get(text)
    if mine is None:
        return text
    return next(other for other, kind in order if kind is EntityType.PLACE and ids.get(other) == mine)


def _fullest(text: str, kind: EntityType, longer: list[str], names: Mapping[tuple[str, EntityType], str]) -> str:
    for other in longer:
        if kind is EntityType.PERSON:
            same = _same_person(text.split(), other.split())
        elif kind is EntityType.ORGANISATION:
            same = _same_organisation(text, other)
        else:
            same = False
        if same:
            return names[other, kind]
    return text


def _same_person(short: list[str], full: list[str]) -> bool:
    """`Naidoo` and `Kumi` for Kumi Naidoo; `George Bush` for George W. Bush."""
    if len(short) == 1:
        return short[0] in {full[0], full[-1]} and len(full) > 1
    return short[0] == full[0] and short[-1] == full[-1]


def _same_organisation(short: str, full: str) -> bool:
    """`IAEA` by its initials, `Amnesty` as the beginning of Amnesty International."""
    plain = short.replace(".", "")
    if " " not in full:
        return plain == full.replace(".", "")
    if plain.isupper() and len(plain) >= _MIN_INITIALS:
        return plain == initials(full).upper()
    return full.startswith(short + " ")
