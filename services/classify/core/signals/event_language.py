"""Words that tell of an event, or of routine, in the headline and the first paragraph."""

from __future__ import annotations

from events.story import Reason
from services.classify.core.context import Context
from services.classify.core.knowledge import LanguageKnowledge
from services.classify.core.reading import Reading

MOST = 2.6
"""Log-odds that language alone can give: with the first telling of an event enough, without it barely."""

_SHARES = (1.0, 0.6, 0.4, 0.25)
"""What the strongest word, the second, ... count: words of one event are not independent witnesses."""

_LEAD_SHARE = 0.45
"""Weight of a word that only the lead has."""

_ROUTINE_LEAD_SHARE = 0.1
"""The same for a word of routine: in a lead it is mostly background."""

_PHRASE = 3
_SHOWN = 5


def read(reading: Reading, context: Context) -> tuple[Reason, ...]:  # noqa: ARG001
    """One reason for what the words say for breaking news, one for what they say against it."""
    found = dict.fromkeys(_found(reading.lead_words, reading.tables), _LEAD_SHARE)
    found.update(dict.fromkeys(_found(reading.words, reading.tables), 1.0))
    weighed = [
        (entry.weight * (share if entry.weight > 0 or share == 1 else _ROUTINE_LEAD_SHARE), phrase, entry.group)
        for phrase, share in found.items()
        for entry in (reading.tables.event_words[phrase],)
    ]
    sides = (
        sorted((item for item in weighed if item[0] > 0), key=lambda item: (-item[0], item[1])),
        sorted((item for item in weighed if item[0] < 0), key=lambda item: (item[0], item[1])),
    )
    return tuple(_reason(side, reading) for side in sides if side)


def _found(words: tuple[str, ...], tables: LanguageKnowledge) -> list[str]:
    """Entries in the text, longest phrase first; a word inside a found phrase is not counted again."""
    known: dict[str, None] = {}
    at = 0
    entries = tables.event_words
    while at < len(words):
        most = min(_PHRASE, len(words) - at) if words[at] in tables.openers else 1
        for length in range(most, 0, -1):
            phrase = words[at] if length == 1 else " ".join(words[at : at + length])
            if phrase in entries:
                known[phrase] = None
                at += length - 1
                break
        at += 1
    return list(known)


def _reason(side: list[tuple[float, str, str]], reading: Reading) -> Reason:
    weight = sum(item[0] * _SHARES[min(rank, len(_SHARES) - 1)] for rank, item in enumerate(side))
    groups: dict[str, list[str]] = {}
    for _, phrase, group in side[:_SHOWN]:
        groups.setdefault(group, []).append(_as_written(phrase, reading))
    evidence = "; ".join(f"{group}: {', '.join(words)}" for group, words in groups.items())
    return Reason(signal="event_language", weight=round(max(-MOST, min(MOST, weight)), 3), evidence=evidence)


def _as_written(phrase: str, reading: Reading) -> str:
    """The phrase as the story spells it, so that an editor recognises it."""
    return " ".join(reading.spelling.get(word, word) for word in phrase.split(" "))
