"""Read the tagged sentences to learn from, cut them into our words, and mend what their taggers got wrong."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from services.enrich.core.boundaries import refine
from services.enrich.core.lexicon import Lexicon
from services.enrich.core.tagger import Span
from services.enrich.core.tokens import sentences

FILES = ("gmb.train.jsonl.gz", "wikigold.train.jsonl.gz")
"""GMB first: most of the sentences; tags B-/I- of PER, ORG, LOC and, in GMB only, NORP."""

_SMALL = frozenset(
    (
        *("the", "north", "south", "east", "west", "northern", "southern", "eastern", "western", "central"),
        *("northeast", "northwest", "southeast", "southwest"),
        *("northeastern", "northwestern", "southeastern", "southwestern"),
    )
)
_AMBIGUOUS = frozenset(
    (
        *("Jordan", "Chad", "Georgia", "Congo", "Guinea", "America", "Victoria", "Washington", "Lincoln", "Clinton"),
        *("Sydney", "Florence"),
    )
)
_UNCAPPED = frozenset(
    (
        *("a", "an", "the", "and", "or", "but", "of", "in", "on", "at", "to", "for", "by", "as"),
        *("from", "with", "into", "over", "is"),
    )
)
_MIN_VOTES, _MIN_SHARE = 4, 0.7
_TYPE_OF = {"c": "LOC", "r": "LOC", "u": "LOC", "k": "ORG", "n": "NORP", "G": "LOC"}

Piece = tuple[int, int, str]
"""First word, end word, type."""


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence with its names."""

    words: tuple[str, ...]
    names: tuple[Piece, ...]


def _pieces(tags: list[str]) -> Iterator[Piece]:
    start, kind = 0, ""
    for index, tag in enumerate([*tags, "O"]):
        if kind and (not tag.startswith("I-") or tag[2:] != kind):
            yield start, index, kind
            kind = ""
        if tag != "O" and not kind:
            start, kind = index, tag[2:]


def _ours(tokens: list[str], tags: list[str]) -> Example:
    """The same sentence in the words of our tokeniser."""
    text = ""
    starts: list[int] = []
    for token in tokens:
        starts.append(len(text))
        text += token + " "
    words: list[str] = []
    places: list[int] = []
    for sentence in sentences(text):
        words += sentence.words
        places += sentence.starts
    names: list[Piece] = []
    for first, end, kind in _pieces(tags):
        low, high = starts[first], starts[end - 1] + len(tokens[end - 1])
        inside = [i for i, place in enumerate(places) if low <= place < high]
        if inside:
            names.append((inside[0], inside[-1] + 1, kind))
    return Example(tuple(words), tuple(names))


def read(folder: Path) -> list[Example]:
    """
    All sentences of the corpora in a folder.

    Raises:
        FileNotFoundError: one of `FILES` is missing there.
    """
    found: list[Example] = []
    for name in FILES:
        with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                found.append(_ours(row["tokens"], row["tags"]))
    return found


def common_words(examples: Iterable[Example], least: int) -> list[str]:
    """Words seen in small letters at least so often, sorted."""
    counts = Counter(word for example in examples for word in example.words if word.isalpha() and word.islower())
    return sorted(word for word, count in counts.items() if count >= least)


def mend(examples: list[Example], lexicon: Lexicon) -> list[Example]:
    """
    Remove tagging errors that can be told without reading.

    GMB was tagged partly by machine: a country is now a place, now a nationality, now nothing. What the lexicon
    knows for certain is set right, adjectives of direction leave the names, and a name that nearly always has one
    type has it everywhere.
    """
    known = [_known(example, lexicon) for example in examples]
    votes: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for example in known:
        for first, end, kind in example.names:
            votes[example.words[first:end]][kind] += 1
    settled = {
        name: kind
        for name, counts in votes.items()
        for kind, count in counts.most_common(1)
        if count >= _MIN_VOTES and count >= _MIN_SHARE * counts.total()
    }
    return [Example(e.words, tuple((a, b, settled.get(e.words[a:b], kind)) for a, b, kind in e.names)) for e in known]


def _trim(words: tuple[str, ...], piece: Piece) -> Piece | None:
    first, end, kind = piece
    while first < end and (words[first] in _SMALL or not any(c.isalnum() for c in words[first])):
        first += 1
    while first < end and not any(c.isalnum() for c in words[end - 1]):
        end -= 1
    if first == end or not any(c.isupper() or c.isdigit() for w in words[first:end] for c in w):
        return None
    return first, end, kind


def _known(example: Example, lexicon: Lexicon) -> Example:
    words = example.words
    trimmed = [piece for given in example.names if (piece := _trim(words, given)) is not None]
    spans = refine(words, [Span(first, end, kind, 0) for first, end, kind in trimmed], lexicon)
    names = [(span.first, span.end, span.label) for span in spans if not _is_office(words, span)]
    certain = list(_certain(words, lexicon))
    kept: list[Piece] = []
    for first, end, kind in names:
        inside = [c for c in certain if c[0] < end and first < c[1]]
        if not inside or any(first <= c[0] and c[1] <= end and (c[1] - c[0]) < end - first for c in inside):
            kept.append((first, end, kind))
    for piece in certain:
        if not any(a < piece[1] and piece[0] < b for a, b, _ in kept):
            kept.append(piece)
    return Example(words, tuple(sorted(kept)))


def _is_office(words: tuple[str, ...], span: Span) -> bool:
    """Whether it is the last word of Secretary of State, which GMB takes for an organisation."""
    return words[max(0, span.first - 2) : span.end] == ("Secretary", "of", "State")


def _certain(words: tuple[str, ...], lexicon: Lexicon) -> Iterator[Piece]:
    index = 0
    while index < len(words):
        size, letter = _longest(words, index, lexicon)
        if letter in _TYPE_OF:
            yield index, index + size, _TYPE_OF[letter]
        index += size


def _longest(words: tuple[str, ...], index: int, lexicon: Lexicon) -> tuple[int, str]:
    if words[index] in lexicon.starts:
        for size in (5, 4, 3, 2):
            letter = lexicon.phrases.get(" ".join(words[index : index + size]))
            if letter is not None and index + size <= len(words):
                return size, letter
    kinds = lexicon.words.get(words[index], "")
    if words[index] in _AMBIGUOUS or "f" in kinds or "s" in kinds:
        return 1, ""
    for letter in "cn":
        if letter in kinds and "k" not in kinds:
            return 1, letter
    if "k" in kinds and words[index].isupper():
        return 1, "k"
    return 1, ""


def titled(example: Example) -> Example:
    """The sentence as a headline: a capital on every word but the short ones."""
    words = tuple(w if w in _UNCAPPED and i else w[:1].upper() + w[1:] for i, w in enumerate(example.words))
    return Example(words, example.names)


def capitals(example: Example) -> Example:
    """The sentence in capitals."""
    return Example(tuple(word.upper() for word in example.words), example.names)
