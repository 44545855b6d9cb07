from __future__ import annotations

from pathlib import Path

import pytest

from services.ingest.core.draft import Draft, Unparseable
from services.ingest.core.formats import page_text

SEEDS = Path(__file__).resolve().parents[6] / "shared" / "seed"


@pytest.fixture
def seed() -> Draft:
    """What is found in the one page of text that the project began with."""
    paths = sorted(SEEDS.glob("*.txt"))
    if not paths:
        pytest.fail(f"The seed page is missing: a text file is expected in {SEEDS}.")
    (draft,) = page_text.parse(paths[0].read_bytes())
    return draft


def test_seed_headline_and_label(seed: Draft) -> None:
    """The seed's headline is found exactly, and the label over it."""
    assert seed.headline == "Amnesty Condemns U.S.-Led Coalition For Failure To Acknowledge Raqqa Deaths"
    assert seed.section == "Breaking News"


def test_seed_paragraphs(seed: Draft) -> None:
    """The seed's article is whole, from its first words to its last."""
    assert len(seed.paragraphs) == 9
    assert seed.paragraphs[0].startswith("Amnesty International has condemned what it calls the U.S.-led coalition's")
    assert seed.paragraphs[-1].endswith("about 100 civilian deaths.")


@pytest.mark.parametrize(
    "furniture",
    ["Accessibility links", "16x9 Image", "27 languages", "Internally displaced", "With reporting by", "Breaking News"],
)
def test_seed_furniture(seed: Draft, furniture: str) -> None:
    """Nothing that stands around the seed's article is left in it."""
    assert furniture not in " ".join(seed.paragraphs).replace("\u00a0", " ")


def test_seed_credit(seed: Draft) -> None:
    """Who else reported is kept, apart from the text."""
    assert seed.editorial_note == "With reporting by CNN"


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"...", b"12:30"])
def test_nothing_to_read(raw: bytes) -> None:
    """A page without a line of words is refused."""
    with pytest.raises(Unparseable):
        list(page_text.parse(raw))


@pytest.mark.parametrize(
    ("head", "ours"),
    [(b"Dam breaks", True), ("Взрыв".encode("koi8-r"), True), (b"\x00\x01\x02", False), (b"", False), (b"12", False)],
)
def test_sniff(head: bytes, *, ours: bool) -> None:
    """Anything with letters may be page text; binary data may not."""
    assert page_text.sniff(head) is ours
