"""The tagger: weights of features, and the best sequence of labels for a run of words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import repeat
from operator import add
from types import MappingProxyType

from services.enrich.core.features import EDGE, joint, neighbour, normal, own, setting, style
from services.enrich.core.lexicon import Lexicon, overlay
from services.enrich.core.tokens import Sentence, first_word, runs

LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-NORP", "I-NORP")
"""Outside; begin or inside of a person, an organisation, a place, a nationality or creed."""

PLACES = "ABYZ"
"""One before, two before, one after, two after: see `features.neighbour`."""

SCALE = 100
"""A weight of 1, which is a natural logarithm of odds, is written as this whole number."""

FIELD = 20
"""Bits of one label's weight in a packed number: room for sums of 250 weights of 20 each, four times what occurs."""

_HALF = 1 << (FIELD - 1)
_MASK = (1 << FIELD) - 1
_BIAS = sum(_HALF << (FIELD * label) for label in range(len(LABELS)))
_SHIFTS = tuple(FIELD * label for label in range(len(LABELS)))


def pack(weights: Iterable[int]) -> int:
    """
    One number for the weights of all labels, in the order of `LABELS`.

    The sum of packed numbers is the packed sum, so that a word is scored with one addition per feature.
    """
    return sum(weight << shift for weight, shift in zip(weights, _SHIFTS, strict=True))


def unpack(packed: int) -> list[int]:
    """The weights in a packed number."""
    raised = packed + _BIAS
    return [((raised >> shift) & _MASK) - _HALF for shift in _SHIFTS]


@dataclass(frozen=True, slots=True)
class Tagger:
    """Weights learned offline: `features` maps a feature to packed weights; `moves[a][b]` is for b after a."""

    features: Mapping[str, int]
    moves: tuple[tuple[int, ...], ...]
    lexicon: Lexicon
    beside: Mapping[str, Mapping[str, int]]
    """Scores of common words as neighbours, by place and word, worked out in advance."""


@dataclass(frozen=True, slots=True)
class Span:
    """A name in a sentence: words `first:end`, its label type and how far it beats being no name."""

    first: int
    end: int
    label: str
    margin: int


def ready(features: Mapping[str, int], moves: tuple[tuple[int, ...], ...], lexicon: Lexicon) -> Tagger:
    """A tagger from its weights: the scores that common words give to their neighbours are summed once, here."""
    common = [word for word, letters in lexicon.words.items() if "L" in letters]
    common += [EDGE, *",.()-:;\"'", "'s", "The", "In", "A"]
    beside = {
        place: MappingProxyType(
            {word: sum(map(features.get, neighbour(word, place, lexicon), repeat(0))) for word in common}
        )
        for place in PLACES
    }
    return Tagger(features, moves, lexicon, MappingProxyType(beside))


def views(sentence: Sentence, lexicon: Lexicon) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Normal forms padded with two edges on either side, their class strings, and the sentence's style."""
    style_of = style(sentence.words)
    words = (EDGE, EDGE, *normal(sentence.words, style_of, lexicon), EDGE, EDGE)
    known = lexicon.words.get
    return words, tuple([known(word, "") if word.islower() else lexicon.classes(word) for word in words]), style_of


class Scorer:
    """Scores words for one text; remembers what it saw, since names come again."""

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger
        self._own: dict[str, int] = {}
        self._beside: dict[str, dict[str, int]] = {place: {} for place in PLACES}

    def _word(self, word: str) -> int:
        known = self._own.get(word)
        if known is None:
            names = own(word, self._tagger.lexicon)
            known = self._own[word] = sum(map(self._tagger.features.get, names, repeat(0)))
        return known

    def _neighbour(self, word: str, place: str) -> int:
        known = self._tagger.beside[place].get(word)
        if known is None:
            known = self._beside[place].get(word)
        if known is None:
            names = neighbour(word, place, self._tagger.lexicon)
            known = self._beside[place][word] = sum(map(self._tagger.features.get, names, repeat(0)))
        return known

    def spans(self, sentence: Sentence) -> list[Span]:
        """The names in a sentence, from left to right."""
        found: list[Span] = []
        stretches = runs(sentence.words)
        if not stretches:
            return found
        words, kinds, style_of = views(sentence, self._tagger.lexicon)
        opener = first_word(sentence.words)
        for first, end in stretches:
            marks = overlay(words, first + 2, end + 2, self._tagger.lexicon)
            scores = [
                unpack(self._score(words, kinds, index + 2, (first + 2, end + 2), marks, (style_of, index == opener)))
                for index in range(first, end)
            ]
            found += _spans(best(scores, self._tagger.moves), scores, first)
        return found

    def _score(
        self,
        words: tuple[str, ...],
        kinds: tuple[str, ...],
        index: int,
        run: tuple[int, int],
        marks: list[str],
        sentence: tuple[str, bool],
    ) -> int:
        names = joint(words, index, run, marks, kinds) + setting(*sentence, kinds[index])
        return (
            sum(map(self._tagger.features.get, names, repeat(0)))
            + self._word(words[index])
            + self._neighbour(words[index - 1], "A")
            + self._neighbour(words[index - 2], "B")
            + self._neighbour(words[index + 1], "Y")
            + self._neighbour(words[index + 2], "Z")
        )


def best(scores: list[list[int]], moves: tuple[tuple[int, ...], ...]) -> list[int]:
    """The sequence of labels with the highest sum of scores and moves, starting after `O` (Viterbi)."""
    totals = [score + move for score, move in zip(scores[0], moves[0], strict=True)]
    columns = tuple(zip(*moves, strict=True))
    back: list[list[int]] = []
    for row in scores[1:]:
        pointers: list[int] = []
        fresh: list[int] = []
        for label, score in enumerate(row):
            if label and not label & 1:  # an inside follows its own begin or itself, and no other label
                column = columns[label]
                begun, inside = totals[label - 1] + column[label - 1], totals[label] + column[label]
                pointers.append(label - 1 if begun >= inside else label)
                fresh.append(max(begun, inside) + score)
                continue
            reached = list(map(add, totals, columns[label]))
            top = max(reached)
            pointers.append(reached.index(top))
            fresh.append(top + score)
        back.append(pointers)
        totals = fresh
    label = totals.index(max(totals))
    path = [label]
    for pointers in reversed(back):
        label = pointers[label]
        path.append(label)
    path.reverse()
    return path


def _spans(path: list[int], scores: list[list[int]], offset: int) -> list[Span]:
    found: list[Span] = []
    index = 0
    while index < len(path):
        label = LABELS[path[index]]
        start = index
        index += 1
        if label == "O":
            continue
        inside = "I-" + label[2:]
        while index < len(path) and LABELS[path[index]] == inside:
            index += 1
        margin = min(scores[i][path[i]] - scores[i][0] for i in range(start, index))
        found.append(Span(start + offset, index + offset, label[2:], margin))
    return found
