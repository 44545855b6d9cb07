"""Places in languages other than English: names of countries and large cities, as the gazetteer has them."""

from __future__ import annotations

import re

from events.entity import EntityType
from services.enrich.core.gazetteer import CITY, Gazetteer
from services.enrich.core.lexicon import MAX_PHRASE
from services.enrich.core.mentions import Mention
from services.enrich.core.tokens import sentences

_CITY_FROM = 300_000
"""Smaller cities share their names with too many words of too many languages."""

_MIN_LETTERS = 4
_DENSE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Thai, kana, Han and Hangul: a name may stand inside a stretch of letters."""

_DENSE_SIZES = (7, 6, 5, 4, 3, 2)


def known_places(text: str, gazetteer: Gazetteer) -> list[Mention]:
    """Mentions of known places in a text of any language, longest names first, without overlap."""
    found: list[Mention] = []
    for sentence in sentences(text):
        words, index = sentence.words, 0
        while index < len(words):
            step = 1
            if _DENSE.match(words[index]):
                found += _dense(text, sentence.starts[index], len(words[index]), gazetteer)
            elif words[index][0].isupper() or not words[index][0].islower():
                for size in range(min(MAX_PHRASE, len(words) - index), 0, -1):
                    start = sentence.starts[index]
                    end = sentence.starts[index + size - 1] + len(words[index + size - 1])
                    if _is_place(text[start:end], gazetteer, _MIN_LETTERS):
                        found.append(Mention(start, end, text[start:end], EntityType.PLACE))
                        step = size
                        break
            index += step
    return found


def _dense(text: str, start: int, length: int, gazetteer: Gazetteer) -> list[Mention]:
    found: list[Mention] = []
    index, stop = start, start + length
    while index < stop:
        for size in _DENSE_SIZES:
            name = text[index : index + size]
            if index + size <= stop and _is_place(name, gazetteer, 2):
                found.append(Mention(index, index + size, name, EntityType.PLACE))
                index += size
                break
        else:
            index += 1
    return found


def _is_place(name: str, gazetteer: Gazetteer, least: int) -> bool:
    if len(name) < least and not name.isupper():
        return False
    for index in (*gazetteer.by_name.get(name, ()), *gazetteer.other_names.get(name, ())):
        site = gazetteer.sites[index]
        if site.kind != CITY or site.population >= _CITY_FROM:
            return True
    return False
