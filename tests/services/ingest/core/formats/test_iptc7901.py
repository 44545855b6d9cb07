from __future__ import annotations

from datetime import UTC, datetime

import pytest

from events.story import StoryStatus
from services.ingest.core.draft import Draft
from services.ingest.core.formats import iptc7901


def _read(text: str, header: str = "hra0123 4 pl 42  hra 0017", slug: str = "Dam/Harrow/") -> Draft:
    return iptc7901.read(f"{header}\n\n{slug}\n\x02{text}\n\x03\nhra aw\n241530 GMT Nov 26\n\x04")


def test_message() -> None:
    """Priority, category, slug, headline of two lines, byline, paragraphs, note and time arrive."""
    draft = _read(
        "Dam breaks\nand thousands leave =\nBy Ada Writer, HRA =\n\nNorthwick (HRA) - It\nbroke.\n\nMore.\n"
        "  Set in.\n\n"
        "The following information is not intended for publication\n\nDesk: +44\n"
    )
    assert (draft.priority_scheme, draft.priority, draft.section) == ("ninjs", "4", "pl")
    assert (draft.slug, draft.guid) == ("Dam/Harrow", "iptc7901|hra|damharrow|2026-11-24")
    assert (draft.headline, draft.byline) == ("Dam breaks and thousands leave", "By Ada Writer, HRA")
    assert draft.paragraphs == ("Northwick (HRA) - It broke.", "More.", "Set in.")
    assert draft.editorial_note == "Desk: +44"
    assert draft.published == datetime(2026, 11, 24, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "headline", "byline", "paragraphs"),
    [
        ("Dam breaks=\nOne.", "Dam breaks", None, ("One.",)),
        ("Dam breaks\n\nOne.", "Dam breaks", None, ("One.",)),
        ("Damm bricht\nVon Ada Writer =\n\nEins.", "Damm bricht", "Von Ada Writer", ("Eins.",)),
        ("Dam breaks", "Dam breaks", None, ()),
        ("", "", None, ()),
    ],
)
def test_headlines(text: str, headline: str, byline: str | None, paragraphs: tuple[str, ...]) -> None:
    """A headline ends with `=` or at a blank line; a byline may follow."""
    draft = _read(text)
    assert (draft.headline, draft.byline, draft.paragraphs) == (headline, byline, paragraphs)


@pytest.mark.parametrize(
    ("header", "scheme", "code"),
    [("hra0123 b pl 42", "anpa", "b"), ("hra0123 1 i", "ninjs", "1"), ("hra0123 U i 42 x", "anpa", "u")],
)
def test_priorities(header: str, scheme: str, code: str) -> None:
    """A letter is ANPA's, a number the IPTC's."""
    draft = _read("a=", header)
    assert (draft.priority_scheme, draft.priority) == (scheme, code)


def test_embargo() -> None:
    """An embargo is no part of the text; without a date it withholds the story."""
    dated = _read("Dam report=\n\nEmbargoed until 1800 GMT 24 Nov 2026\n\nOne.")
    assert (dated.embargo, dated.status) == (datetime(2026, 11, 24, 18, tzinfo=UTC), StoryStatus.USABLE)
    assert dated.paragraphs == ("One.",)
    assert _read("Dam report=\n\nSperrfrist 18 Uhr\n\nOne.").status is StoryStatus.WITHHELD


def test_kill() -> None:
    """The slug names the story that is killed."""
    draft = _read("KILL KILL KILL: Dam=", slug="Dam/Harrow/KILL/")
    assert (draft.signals, draft.guid) == (("kill",), _read("Dam=").guid)


def test_without_framing() -> None:
    """A message without STX has its slug in the first line, and one without a slug has no name."""
    draft = iptc7901.read("hra0123 4 pl 42 x\n\nDam/Harrow/\nDam breaks=\n\nOne.\n\n241530 Nov 26\n")
    assert (draft.slug, draft.headline, draft.paragraphs[0]) == ("Dam/Harrow", "Dam breaks", "One.")
    assert iptc7901.read("hra0123 4 pl 42 x\n\x02Dam=\n\x03").guid is None
    assert iptc7901.read("hra0123 4 pl").headline == ""


def test_is_message() -> None:
    """Source and number, priority, and category begin the header."""
    assert iptc7901.is_message("bkn014 4 pl 171 x KNA 170123-89-00065#2")
    assert not iptc7901.is_message("a1200\x1fharr-")
