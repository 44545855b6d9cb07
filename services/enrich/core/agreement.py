"""The second look at a text: one name has one type, and what was a name once is a name again."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise

from events.entity import EntityType
from services.enrich.core.lexicon import Lexicon
from services.enrich.core.mentions import Mention, inside_word, occupied, overlaps

_BRACKETED = re.compile(r"\s?\(\s?[“\"'‘]?([^\W\d_a-z][\w.&-]{1,9})[”\"'’]?\s?\)")
_LEAST = 150
"""A name must be this sure in all its mentions together to be looked for elsewhere."""

_SHORTEST = 3
_TWICE = 2
"""A name that is also a common word must have been told as a name so often: Amnesty, Moon."""

_BEFORE = 8

_PLACE_LETTERS = frozenset("crGu")


def agree(text: str, mentions: list[Mention], lexicon: Lexicon) -> list[Mention]:
    """The mentions with types made consistent, short forms and abbreviations typed as the full name, repeats added."""
    settled = _one_type(mentions)
    settled = _abbreviations(text, settled)
    settled = _short_forms(settled, lexicon)
    return _repeats(text, settled, lexicon)


def _one_type(mentions: list[Mention]) -> list[Mention]:
    votes: defaultdict[str, defaultdict[EntityType, int]] = defaultdict(lambda: defaultdict(int))
    for mention in mentions:
        votes[mention.text][mention.kind] += max(1, mention.margin)
    top = {name: max(kinds, key=lambda kind: (kinds[kind], kind)) for name, kinds in votes.items()}
    return [replace(mention, kind=top[mention.text]) for mention in mentions]


def initials(name: str) -> str:
    """Capitals that begin the words of a name: IAEA for International Atomic Energy Agency."""
    return "".join(word[0] for word in re.split(r"[\s-]+", name) if word[:1].isupper())


def _abbreviations(text: str, mentions: list[Mention]) -> list[Mention]:
    """`Islamic State (IS)`: the bracket abbreviates the name before it, so it has its type."""
    taken = occupied(mentions, len(text))
    kinds: dict[str, EntityType] = {}
    added: list[Mention] = []
    for mention in mentions:
        match = _BRACKETED.match(text, mention.end)
        if match is None or " " not in mention.text:
            continue
        short = match.group(1)
        if not short.replace(".", "").isupper() or initials(mention.text)[:1] != short[0]:
            continue
        kinds[short] = mention.kind
        if not overlaps(*match.span(1), taken):
            added.append(Mention(*match.span(1), short, mention.kind, mention.margin))
    return sorted(
        [replace(m, kind=kinds[m.text], margin=max(m.margin, _LEAST)) if m.text in kinds else m for m in mentions]
        + [replace(m, margin=max(m.margin, _LEAST)) for m in added],
        key=lambda m: m.start,
    )


def _short_forms(mentions: list[Mention], lexicon: Lexicon) -> list[Mention]:
    """A single word that ends a person's name, or begins an organisation's, has the type of the full name."""
    kinds: dict[str, EntityType] = {}
    for mention in mentions:
        words = mention.text.split()
        if len(words) == 1:
            continue
        if mention.kind is EntityType.PERSON:
            kinds[words[-1]] = EntityType.PERSON
            kinds.setdefault(words[0], EntityType.PERSON)
        elif mention.kind is EntityType.ORGANISATION and not set(lexicon.classes(words[0])) & set("crGuLnd"):
            kinds.setdefault(words[0], EntityType.ORGANISATION)
    return [
        replace(mention, kind=kinds[mention.text])
        if mention.text in kinds and not _PLACE_LETTERS & set(lexicon.classes(mention.text))
        else mention
        for mention in mentions
    ]


def _repeats(text: str, mentions: list[Mention], lexicon: Lexicon) -> list[Mention]:
    """Mentions that the tagger missed of names it is sure of elsewhere in the text, and of their short forms."""
    sure: defaultdict[str, int] = defaultdict(int)
    short: set[str] = set()
    told: Counter[str] = Counter(mention.text for mention in mentions)
    kinds: dict[str, EntityType] = {}
    for mention in mentions:
        sure[mention.text] += mention.margin
        kinds[mention.text] = mention.kind
        if mention.kind is EntityType.PERSON and " " in mention.text:
            for part in {mention.text.partition(" ")[0], mention.text.rpartition(" ")[2]}:
                if part not in kinds:
                    short.add(part)
                sure[part] += mention.margin
                kinds.setdefault(part, EntityType.PERSON)
    taken = occupied(mentions, len(text))
    added: list[Mention] = []
    for name in sorted(kinds, key=len, reverse=True):
        if sure[name] < _LEAST or (len(name) < _SHORTEST and not name.isupper()):
            continue
        doubtful = told[name] < _TWICE and _too_common(name, lexicon)
        if doubtful and name not in short:
            continue
        start = text.find(name)
        while start >= 0:
            end = start + len(name)
            fits = not overlaps(start, end, taken) and not inside_word(text, start, end)
            if fits and not (doubtful and _opens(text, start)):
                added.append(Mention(start, end, name, kinds[name], 0))
                taken[start:end] = b"\x01" * len(name)
            start = text.find(name, end)
    return sorted(mentions + added, key=lambda m: m.start)


def _opens(text: str, start: int) -> bool:
    """Whether a sentence or quotation opens here, so that a capital proves nothing."""
    before = text[max(0, start - _BEFORE) : start].rstrip(" \t")
    return not before or not (before[-1].isalnum() or before[-1] == ",")


def _too_common(name: str, lexicon: Lexicon) -> bool:
    return " " not in name and (name.islower() or ("L" in lexicon.classes(name) and not name.isupper()))


def apart(mentions: list[Mention]) -> bool:
    """Whether no two mentions overlap."""
    return all(a.end <= b.start for a, b in pairwise(mentions))
