"""The written form of the tagger's weights: one line a feature, its weights as small whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.enrich.core.tagger import LABELS, pack

FORMAT = "tocsin-tagger 1"
"""First line of the file."""



def write_weights(features: Mapping[str, tuple[int, ...]], moves: Iterable[Iterable[int]]) -> str:
    """
    The file's text: format and labels, one line of moves per label, then `label:weight … TAB feature` lines.

    Weights that are zero are left out.
    """
    lines = [FORMAT, " ".join(LABELS)]
    lines += [" ".join(map(str, row)) for row in moves]
    for name in sorted(features):
        listed = " ".join(f"{label}:{weight}" for label, weight in enumerate(features[name]) if weight)
        lines.append(f"{listed}\t{name}")
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
    units = [pack([int(i == label) for i in range(len(LABELS))]) for label in range(len(LABELS))]
    known: dict[str, int] = {}
    for line in lines[head:]:
        listed, _, name = line.partition("\t")
        packed = known.get(listed)
        if packed is None:
            packed = known[listed] = sum(
                units[int(label)] * int(weight) for label, _, weight in (item.partition(":") for item in listed.split(" "))
            )
        features[name] = packed
    return features, moves
