from __future__ import annotations

from datetime import UTC, datetime

import pytest

from events.story import StoryStatus
from services.ingest.core.draft import Draft
from services.ingest.core.formats import anpa

HEAD = "a1200\x1fharr-\n"


def _read(
    text: str, header: str = "u i\x13\x11 BC-EU--Dam 11-24 0042", trailer: str = "HA-NW-11-24-26 0615GMT<\n\x04"
) -> Draft:
    return anpa.read(f"{HEAD}{header}\n\x02{text}\x03\n{trailer}")


def test_message() -> None:
    """Priority, category, slug line, headline, notes, byline, paragraphs and time arrive."""
    draft = _read(
        "^BC-EU--Harrow Dam, 1st Ld-Writethru,42<\n^AP-URGENT<\n^Dam breaks<\n^AP Photo HA1<\n^Eds: Adds the dead.<\n"
        "^By ADA WRITER=\n^Harrow Agency=\n\t   NORTHWICK (HA) _ ``It broke,''\nhe said.<\n\t   More\n\t   ___\n"
    )
    assert (draft.priority_scheme, draft.priority, draft.section) == ("anpa", "u", "i")
    assert (draft.slug, draft.guid) == ("BC-EU--Harrow Dam", "anpa|euharrowdam|11-24")
    assert (draft.headline, draft.byline) == ("Dam breaks", "By ADA WRITER")
    assert draft.editorial_note == "Eds: Adds the dead."
    assert draft.paragraphs == ("NORTHWICK (HA) – “It broke,” he said.", "More")
    assert draft.published == datetime(2026, 11, 24, 6, 15, tzinfo=UTC)


def test_both_spellings_of_the_slug() -> None:
    """A message without slug line is named by its header, as the same story."""
    lined = _read("^BC-EU--Harrow Dam, 1st Ld-Writethru,42<\n^Dam breaks<\n")
    header = _read("^Dam breaks<\n", "b i BC-EU--HarrowDam 1stLd-Writethru   11-24 0042")
    assert lined.guid == header.guid
    assert header.priority == "b"


def test_a_flash() -> None:
    """Where nothing but the head is sent, what follows the headline is the text."""
    draft = _read(
        "^BC-EU--Dam,10<\n^FLASH<\n^Dam breaks<\n^Thousands told to leave<\n^By ADA WRITER=\n", "f i BC-EU--Dam"
    )
    assert (draft.priority, draft.headline, draft.paragraphs) == (
        "f",
        "Dam breaks",
        ("Thousands told to leave",),
    )


def test_a_kill() -> None:
    """The line above the headline, or the slug, says that it is one."""
    draft = _read("^BC-EU--Dam,10<\n^BULLETIN KILL<\n")
    assert (draft.signals, draft.headline, draft.guid) == (("kill",), "BULLETIN KILL", "anpa|eudam|11-24")


@pytest.mark.parametrize(
    ("text", "status", "embargo"),
    [
        ("^BC-EU--Dam,HFR,10<\n^Dam<\n", StoryStatus.WITHHELD, None),
        ("^BC-EU--Dam,10<\n^Hold for release<\n^Dam<\n", StoryStatus.WITHHELD, None),
        ("^BC-EU--Dam,HFR,10<\n^Hold for release 0900 GMT 25 Nov 2026<\n^Dam<\n", StoryStatus.USABLE, 25),
    ],
)
def test_embargo(text: str, status: StoryStatus, embargo: int | None) -> None:
    """A hold without a date withholds the story, a dated one is its embargo."""
    draft = _read(text)
    assert (draft.status, draft.embargo.day if draft.embargo else None, draft.headline) == (status, embargo, "Dam")


@pytest.mark.parametrize("trailer", ["", "HA-NW-13-24-26 0615GMT<"])
def test_without_a_time(trailer: str) -> None:
    """A time that is missing or impossible is not made up; without any day the slug alone is the name."""
    draft = _read("^BC-EU--Dam,10<\n^Dam<\n", "not a header line", trailer)
    assert (draft.published, draft.guid, draft.priority) == (None, "anpa|eudam", None)


def test_without_framing() -> None:
    """A message without STX is read from the line after its header."""
    draft = anpa.read(f"{HEAD}r z BC-Dam 11-24 0042\n^Dam breaks<\n\tOne.\n\n\tHA-NW-11-24-2026 0615GMT<\n")
    assert (draft.headline, draft.paragraphs) == ("Dam breaks", ("One.",))
    assert draft.published == datetime(2026, 11, 24, 6, 15, tzinfo=UTC)


def test_is_message() -> None:
    """A service letter, four digits and US begin ANPA's header."""
    assert anpa.is_message(HEAD)
    assert not anpa.is_message("hra0123 4 i 42 x")
