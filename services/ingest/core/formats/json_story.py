"""JSON stories: one object, an array, or one a line, in the shape that Tocsin documents."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from events.story import Notice, StoryStatus
from services.ingest.core import clean, ladder
from services.ingest.core.draft import Draft
from services.ingest.core.formats import markup, ninjs
from services.ingest.core.formats.fields import Record, quoted, records

FORMAT = "json"
MEDIA_TYPES = (
    "application/json",
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/jsonlines",
    "application/json-seq",
    "text/json",
)
MAX_BYTES = 64 * 1024 * 1024

_LONGEST_ID = 300
_STATUS = MappingProxyType(
    {
        "usable": (StoryStatus.USABLE, None, False),
        "withheld": (StoryStatus.WITHHELD, None, False),
        "canceled": (StoryStatus.CANCELED, Notice.KILL, False),
        "cancelled": (StoryStatus.CANCELED, Notice.KILL, False),
        "killed": (StoryStatus.CANCELED, Notice.KILL, False),
        "corrected": (StoryStatus.USABLE, Notice.CORRECTION, False),
        "test": (StoryStatus.USABLE, None, True),
    }
)


def sniff(head: bytes) -> bool:
    """Whether the bytes begin like JSON objects."""
    start = head.removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"").lstrip(b"\xff\xfe \t\r\n\x1e")
    return start[:1] == b"{" or (start[:1] == b"[" and start[1:].lstrip()[:1] in {b"{", b"]", b""})


def parse(raw: bytes, *, charset: str | None = None) -> Iterator[Draft]:
    """
    A draft for each object; one that is a ninjs item is read as such.

    Raises:
        Unparseable: not JSON, a field of the wrong type, or neither headline nor body; names line and field.
    """
    for record in records(raw.replace(b"\x1e", b"") if b"\x1e" in raw else raw, format=FORMAT, charset=charset):
        yield ninjs.draft(record) if ninjs.is_item(record) else draft(record)


def draft(record: Record) -> Draft:
    """
    The draft of one object.

    Raises:
        Unparseable: a field of the wrong type, or neither headline nor body.
    """
    headline = record.text("headline", "title")
    body = record.text("body", "text", "content")
    if not clean.line(headline) and not clean.line(body):
        raise record.wrong("headline", "is missing, and body too: send at least one of them, not empty.")
    priority = record.code("urgency", "priority")
    scheme, code = ladder.read(priority) if priority else (ladder.NINJS.scheme, "")
    published, doubt = record.moment("published", "time", "date", "updated")
    first_published, first_doubt = record.moment("first_published", "created")
    status, notice, test = _status(record)
    return Draft(
        format=FORMAT,
        id=_id(record),
        guid=record.text("uri", "guid") or None,
        source=record.text("source") or None,
        version=record.number("version"),
        headline=headline,
        paragraphs=markup.paragraphs(body) if markup.is_markup(body) else clean.paragraphs(body),
        published=published or first_published,
        first_published=first_published,
        embargo=record.deadline("embargo", "embargoed", "embargoedUntil", "embargoed_until"),
        language=record.text("language", "lang") or None,
        url=record.text("url", "link") or None,
        status=status,
        notice=notice,
        test=test or record.flag("test"),
        priority=code or None,
        priority_scheme=scheme,
        signals=record.texts("signals", "signal"),
        section=record.text("section") or None,
        slug=record.text("slug", "slugline") or None,
        byline=record.text("byline", "author") or None,
        editorial_note=record.text("editorial_note", "ednote") or None,
        keywords=record.texts("keywords", "tags"),
        doubts=doubt + first_doubt,
    )


def _status(record: Record) -> tuple[StoryStatus, Notice | None, bool]:
    text = record.text("status")
    meaning = _STATUS.get(text.strip().lower() or "usable")
    if meaning is None:
        raise record.wrong(
            "status",
            f"{quoted(text)} is not one of usable, withheld, canceled, test: send one of these, or leave it out.",
        )
    return meaning


def _id(record: Record) -> str | None:
    text = record.code("id")
    if not text:
        return None
    if len(text) > _LONGEST_ID or not text.isprintable() or not text.strip():
        raise record.wrong("id", f"{quoted(text)} is no id: send at most {_LONGEST_ID} printable characters.")
    return text
