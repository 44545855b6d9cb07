"""Names of events and of works such as laws and prizes, told by their words."""

from __future__ import annotations

from dataclasses import replace

from events.entity import EntityType
from services.enrich.core.lexicon import Lexicon, overlay
from services.enrich.core.mentions import Mention, occupied, overlaps
from services.enrich.core.tokens import Sentence, runs

_STORMS = frozenset(("Hurricane", "Typhoon", "Cyclone", "Operation"))
_MAX_WORDS = 8


def occasions(text: str, sentences: list[Sentence], mentions: list[Mention], lexicon: Lexicon) -> list[Mention]:
    """The mentions, with events and works told apart from organisations, and those that the tagger left out added."""
    known = [retyped for mention in mentions if (retyped := _retype(mention, lexicon)) is not None]
    taken = occupied(known, len(text))
    added: list[Mention] = []
    for sentence in sentences:
        for first, end in runs(sentence.words):
            added += [
                mention
                for mention in _in_run(text, sentence, (first, end), lexicon)
                if not overlaps(mention.start, mention.end, taken)
            ]
    return sorted(known + added, key=lambda m: m.start)


def _retype(mention: Mention, lexicon: Lexicon) -> Mention | None:
    """An organisation that ends in Cup is an event, one that ends in Act a work; dates and bare titles are nothing."""
    words = mention.text.split()
    last = lexicon.words.get(words[-1], "")
    if len(words) == 1 and set(lexicon.words.get(words[0], "")) & set("mx"):
        return None
    if mention.text in lexicon.phrases and lexicon.phrases[mention.text] == "v":
        return replace(mention, kind=EntityType.EVENT)
    if mention.kind is not EntityType.ORGANISATION:
        return mention
    if "v" in lexicon.words.get(mention.text, "") or (len(words) > 1 and "e" in last and "o" not in last):
        return replace(mention, kind=EntityType.EVENT)
    if len(words) > 1 and "a" in last:
        return replace(mention, kind=EntityType.OTHER)
    return mention


def _in_run(text: str, sentence: Sentence, run: tuple[int, int], lexicon: Lexicon) -> list[Mention]:
    first, end = run
    marks = overlay(sentence.words, first, end, lexicon)
    found: list[Mention] = []
    index = first
    while index < end:
        kind, stop = EntityType.EVENT, index + 1
        word = sentence.words[index]
        if marks[index - first] == "Bv":
            while stop < end and marks[stop - first] == "Iv":
                stop += 1
        elif word in _STORMS and stop < end and sentence.words[stop].isalpha():
            stop += 1
        elif "v" not in lexicon.words.get(word, ""):
            index += 1
            continue
        found.append(_mention(text, sentence, index, stop, kind))
        index = stop
    last = lexicon.words.get(sentence.words[end - 1], "")
    if not found and 1 < end - first <= _MAX_WORDS and set(last) & set("ea"):
        kind = EntityType.EVENT if "e" in last else EntityType.OTHER
        found.append(_mention(text, sentence, first, end, kind))
    return found


def _mention(text: str, sentence: Sentence, first: int, end: int, kind: EntityType) -> Mention:
    start = sentence.starts[first]
    stop = sentence.starts[end - 1] + len(sentence.words[end - 1])
    return Mention(start, stop, text[start:stop], kind)
