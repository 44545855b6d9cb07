"""The written form of the tagger's weights: one line a feature, its weights packed into one number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.enrich.core.tagger import LABELS, pack

FORMAT = "tocsin-tagger 2"
"""First line of the file."""


def write_weights(features: Mapping[str, tuple[int, ...]], moves: Iterable[Iterable[int]]) -> str:
    """
    The file's text: format, labels, one line of moves per label, then lines of `number TAB feature`.

    The number is that of `tagger.pack`, in hexadecimal, so that reading it is one call a feature.
    """
    lines = [FORMAT, " ".join(LABELS)]
    lines += [" ".join(map(str, row)) for row in moves]
    lines += [f"{pack(features[name]):x}\t{name}" for name in sorted(features)]
    return "\n".join(lines) + "\n"


def parse_weights(lines: list[str]) -> tuple[dict[str, int], tuple[tuple[int, ...], ...]]:
    """
    Packed weights by feature, and moves.

    Raises:
        ValueError: the file is of another format or for other labels, or is damaged.
    """
    if lines[:2] != [FORMAT, " ".join(LABELS)]:
        raise ValueError(f"the tagger's file begins with {lines[:2]}; this version reads {FORMAT!r}: train it again")
    head = 2 + len(LABELS)
    moves = tuple(tuple(map(int, line.split())) for line in lines[2:head])
    features: dict[str, int] = {}
    for line in lines[head:]:
        number, _, name = line.partition("\t")
        features[name] = int(number, 16)
    return features, moves
