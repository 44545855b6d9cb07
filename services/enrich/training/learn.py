"""Learn the tagger's weights: a linear-chain conditional random field, by stochastic gradient (AdaGrad)."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.enrich.core.features import joint, neighbour, own, setting
from services.enrich.core.lexicon import Lexicon, overlay
from services.enrich.core.tagger import LABELS, views
from services.enrich.core.tokens import Sentence, first_word, runs
from services.enrich.training.corpus import Example

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

_FORBIDDEN = -50.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How to learn. Found by trying; the figures are in data/CARD.md."""

    rounds: int = 8
    rate: float = 0.15
    decay: float = 2e-6
    """L2 pull towards zero, per step of a feature that is seen."""

    least: int = 2
    """A feature seen less often is dropped."""

    batch: int = 1024
    seed: int = 13


def tags(example: Example) -> list[int]:
    """Index into `LABELS` for each word."""
    found = [0] * len(example.words)
    for first, end, kind in example.names:
        for index in range(first, end):
            found[index] = LABELS.index(("B-" if index == first else "I-") + kind)
    return found


def stretches(example: Example, lexicon: Lexicon) -> Iterable[tuple[list[list[str]], list[int]]]:
    """Features and gold labels of each run of a sentence."""
    sentence = Sentence(example.words, tuple(range(len(example.words))))
    found = runs(example.words)
    if not found:
        return
    words, kinds, style_of = views(sentence, lexicon)
    gold = tags(example)
    opener = first_word(example.words)
    for first, end in found:
        marks = overlay(words, first + 2, end + 2, lexicon)
        rows: list[list[str]] = []
        for index in range(first + 2, end + 2):
            row = joint(words, index, (first + 2, end + 2), marks, kinds)
            row += setting(style_of, index - 2 == opener, kinds[index])
            row += own(words[index], lexicon)
            for place, other in (("A", index - 1), ("B", index - 2), ("Y", index + 1), ("Z", index + 2)):
                row += neighbour(words[other], place, lexicon)
            rows.append(row)
        yield rows, _inside(gold[first:end])


def _inside(gold: list[int]) -> list[int]:
    """A name that begins before the run begins in it."""
    if gold and LABELS[gold[0]].startswith("I-"):
        gold[0] = LABELS.index("B-" + LABELS[gold[0]][2:])
    return gold


@dataclass(frozen=True, slots=True)
class Data:
    """Runs by length: ids (runs, length, features), padded with the last id; labels (runs, length)."""

    names: list[str]
    groups: list[tuple[Ints, Ints]]


def prepare(examples: Iterable[Example], lexicon: Lexicon, settings: Settings) -> Data:
    """Number the features and put runs of one length together."""
    table: dict[str, int] = {}
    counts: Counter[int] = Counter()
    by_length: defaultdict[int, list[tuple[list[list[int]], list[int]]]] = defaultdict(list)
    for example in examples:
        for rows, gold in stretches(example, lexicon):
            ids = [[table.setdefault(name, len(table)) for name in row] for row in rows]
            for row in ids:
                counts.update(row)
            by_length[len(gold)].append((ids, gold))
    kept = [i for i in range(len(table)) if counts[i] >= settings.least]
    fresh = dict(zip(kept, range(len(kept)), strict=True))
    names = list(table)
    groups: list[tuple[Ints, Ints]] = []
    for length in sorted(by_length):
        runs_of = by_length[length]
        packed = [[[fresh[i] for i in row if i in fresh] for row in ids] for ids, _ in runs_of]
        width = max(len(row) for ids in packed for row in ids)
        array = np.full((len(packed), length, width), len(kept), dtype=np.int32)
        for r, ids in enumerate(packed):
            for t, row in enumerate(ids):
                array[r, t, : len(row)] = row
        groups.append((array, np.array([gold for _, gold in runs_of], dtype=np.int32)))
    return Data([names[i] for i in kept], groups)


def allowed() -> npt.NDArray[np.bool_]:
    """Which label may follow which: an inside only its own kind. Shape (labels, labels)."""
    size = len(LABELS)
    found = np.ones((size, size), dtype=bool)
    for a, before in enumerate(LABELS):
        for b, after in enumerate(LABELS):
            if after.startswith("I-") and before[2:] != after[2:]:
                found[a, b] = False
    return found


def _expected(scores: Floats, moves: Floats) -> tuple[Floats, Floats]:
    """Marginals of labels (runs, length, labels) and summed marginals of moves (labels, labels)."""
    length, size = scores.shape[1:]
    ahead = np.empty_like(scores)
    behind = np.zeros_like(scores)
    ahead[:, 0] = scores[:, 0] + moves[0]
    for t in range(1, length):
        step = ahead[:, t - 1, :, None] + moves[None]
        top = step.max(axis=1)
        ahead[:, t] = top + np.log(np.exp(step - top[:, None]).sum(axis=1)) + scores[:, t]
    for t in range(length - 2, -1, -1):
        step = moves[None] + (scores[:, t + 1] + behind[:, t + 1])[:, None, :]
        top = step.max(axis=2)
        behind[:, t] = top + np.log(np.exp(step - top[:, :, None]).sum(axis=2))
    last = ahead[:, -1]
    top = last.max(axis=1)
    total = top + np.log(np.exp(last - top[:, None]).sum(axis=1))
    marginal = np.exp(ahead + behind - total[:, None, None])
    pairs = np.zeros((size, size), dtype=np.float32)
    pairs[0] += marginal[:, 0].sum(axis=0)
    for t in range(1, length):
        joint_of = ahead[:, t - 1, :, None] + moves[None] + (scores[:, t] + behind[:, t])[:, None, :]
        pairs += np.exp(joint_of - total[:, None, None]).sum(axis=0)
    return marginal, pairs


def _batches(data: Data, size: int, order: random.Random) -> list[tuple[int, Ints]]:
    found: list[tuple[int, Ints]] = []
    for group, (ids, _) in enumerate(data.groups):
        rows = list(range(len(ids)))
        order.shuffle(rows)
        step = max(1, size // ids.shape[1])
        found += [(group, np.array(rows[i : i + step], dtype=np.int32)) for i in range(0, len(rows), step)]
    order.shuffle(found)
    return found


def fit(data: Data, settings: Settings) -> tuple[Floats, Floats]:
    """Weights (features, labels) and moves (labels, labels)."""
    size = len(LABELS)
    weights = np.zeros((len(data.names) + 1, size), dtype=np.float32)
    history = np.full_like(weights, 1e-2)
    moves = np.where(allowed(), 0.0, _FORBIDDEN).astype(np.float32)
    moves_history = np.full_like(moves, 1e-2)
    order = random.Random(settings.seed)  # noqa: S311 (not for secrets)
    mean = np.zeros_like(weights)
    mean_moves = np.zeros_like(moves)
    for turn in range(settings.rounds):
        for group, rows in _batches(data, settings.batch, order):
            ids, gold = data.groups[group][0][rows], data.groups[group][1][rows]
            scores = weights[ids].sum(axis=2)
            marginal, pairs = _expected(scores, moves)
            slope = marginal
            run: Ints = np.arange(gold.shape[0], dtype=np.int32)[:, None]
            word: Ints = np.arange(gold.shape[1], dtype=np.int32)[None]
            np.subtract.at(slope, (run, word, gold), 1.0)
            flat: Ints = ids.reshape(-1)
            unique, where = np.unique(flat, return_inverse=True)
            gradient = np.zeros((len(unique), size), dtype=np.float32)
            np.add.at(gradient, where, np.repeat(slope.reshape(-1, size), ids.shape[2], axis=0))
            gradient += settings.decay * len(flat) * weights[unique]
            history[unique] += gradient**2
            weights[unique] -= settings.rate * gradient / np.sqrt(history[unique])
            weights[-1] = 0
            np.subtract.at(pairs, (np.concatenate([np.zeros((len(gold), 1), np.int32), gold[:, :-1]], 1), gold), 1.0)
            moves_history += pairs**2
            moves -= np.where(allowed(), settings.rate * pairs / np.sqrt(moves_history), 0).astype(np.float32)
        if turn >= settings.rounds // 2:
            mean += weights
            mean_moves += moves
    turns = settings.rounds - settings.rounds // 2
    return (mean / np.float32(turns))[:-1], mean_moves / np.float32(turns)
