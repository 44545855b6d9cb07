"""`python -m services.enrich.training.evaluate DATA`: entity scores, exact spans and types."""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from events.entity import EntityType
from services.enrich.adapters import model_file
from services.enrich.core.recognise import Recogniser

SETS = ("ner_conllpp", "ner_worldwide")
"""Folders with docs.jsonl.gz ({id, text}) and gold.jsonl.gz ({id, entities: [{start, end, type}]})."""

CODES = {EntityType.PERSON: "PER", EntityType.ORGANISATION: "ORG", EntityType.PLACE: "LOC"}
"""How the gold names the types; others are not judged."""

Span = tuple[int, int, str]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def spans(recogniser: Recogniser, text: str) -> set[Span]:
    """Start, end and type of the names in a text without headline, counted from the start of the text."""
    found = recogniser.recognise("", text, "en")
    return {(e.start - 1, e.end - 1, CODES[e.type]) for e in found if e.type in CODES}


def score(recogniser: Recogniser, folder: Path) -> dict[str, tuple[float, float, float]]:
    """
    Precision, recall and F1 over all documents of a folder: by type, and for `all`.

    Raises:
        FileNotFoundError: the folder has no such files.
    """
    texts = {row["id"]: row["text"] for row in _rows(folder / "docs.jsonl.gz")}
    hits: Counter[str] = Counter()
    given: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for row in _rows(folder / "gold.jsonl.gz"):
        gold = {(e["start"], e["end"], e["type"]) for e in row["entities"] if e["type"] in CODES.values()}
        mine = spans(recogniser, texts[row["id"]])
        for counter, some in ((hits, gold & mine), (given, gold), (told, mine)):
            counter.update(kind for *_, kind in some)
            counter["all"] += len(some)
    return {kind: _rates(hits[kind], told[kind], given[kind]) for kind in ("all", *CODES.values())}


def _rates(hits: int, told: int, given: int) -> tuple[float, float, float]:
    precision = hits / told if told else 0.0
    recall = hits / given if given else 0.0
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


def main() -> None:
    """Read the command line and print one line a set and type."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("data", type=Path, help="folder with ner_conllpp/ and ner_worldwide/")
    data = reader.parse_args().data
    recogniser = model_file.load()
    for name in SETS:
        for kind, (precision, recall, both) in score(recogniser, data / name).items():
            sys.stdout.write(f"{name:14} {kind:4} P {precision:.4f}  R {recall:.4f}  F1 {both:.4f}\n")


if __name__ == "__main__":
    main()
