"""
Counts the background frequencies of English news: `python -m services.classify.training.build_background GMB OUT`.

GMB is the Groningen Meaning Bank's news as JSON lines of `{"tokens", "tags"}` (gzip), mostly Voice of America,
public domain. Four sentences stand for a document: about what the judgement reads of a story.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from pathlib import Path

from services.classify.core.knowledge import LanguageKnowledge
from services.classify.core.terms import stems, terms

SENTENCES = 4
LEAST = 4
"""Documents below which a stem is left out: it is as rare as an unknown one, and may be a private name."""


def count(source: Path) -> tuple[int, Counter[str]]:
    """Documents, and how many of them hold each stem."""
    documents = 0
    frequency = Counter[str]()
    held: set[str] = set()
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            text = " ".join(json.loads(line)["tokens"])
            held.update(terms(stems(text, "en"), LanguageKnowledge()))
            if number % SENTENCES == 0:
                frequency.update(held)
                documents += 1
                held = set[str]()
    return documents, frequency


def main() -> None:
    """Writes the file."""
    source, target = map(Path, sys.argv[1:3])
    documents, frequency = count(source)
    kept = {stem: frequency[stem] for stem in sorted(frequency) if frequency[stem] >= LEAST}
    text = json.dumps({"documents": documents, "frequency": kept}, ensure_ascii=False, separators=(",", ": "), indent=0)
    target.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
