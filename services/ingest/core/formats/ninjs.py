"""
ninjs, the IPTC's news in JSON: versions 1.x, 2.x and 3.x, and Superdesk's dialect of it.

https://github.com/iptc/newsinjson/tree/main/specification
"""

from __future__ import annotations

from collections.abc import Iterator

from events.story import Notice, StoryStatus
from services.ingest.core import clean, ladder
from services.ingest.core.draft import Draft
from services.ingest.core.formats import markup, pub_status
from services.ingest.core.formats.fields import Record, quoted, records
from services.ingest.core.json_values import as_list, as_object, described

FORMAT = "ninjs"
MEDIA_TYPES = ("application/ninjs+json", "application/vnd.iptc.ninjs+json", "application/json", "text/json")
MAX_BYTES = 16 * 1024 * 1024

_MARKS = (
    "versioncreated",
    "versionCreated",
    "pubstatus",
    "pubStatus",
    "body_html",
    "body_text",
    "headlines",
    "bodies",
    "representationtype",
    "representationType",
    "firstCreated",
    "firstcreated",
    "slugline",
    "edNote",
)
"""Fields that ninjs has and our own shape does not."""

_NOT_NEWS = frozenset({"event", "planning"})
_HEADLINE_ROLES = ("main", "headline", "medium", "long", "short")
_BODY_ROLES = ("main", "body", "article", "story")


def sniff(head: bytes) -> bool:
    """Whether the bytes begin like one ninjs item: an object with an identifier and a field of its own."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    has_identity = b'"uri"' in head or b'"guid"' in head
    return start[:1] == b"{" and has_identity and any(f'"{mark}"'.encode() in head for mark in _MARKS)


def parse(raw: bytes, *, charset: str | None = None) -> Iterator[Draft]:
    """
    A draft for each item.

    Raises:
        Unparseable: not JSON, a field of the wrong type, no identifier, or neither headline nor body.
    """
    for record in records(raw, format=FORMAT, charset=charset):
        yield draft(record)


def is_item(record: Record) -> bool:
    """Whether an object is a ninjs item and not of our own shape."""
    has_identity = "uri" in record.values or "guid" in record.values
    return has_identity and any(mark in record.values for mark in _MARKS)


def draft(record: Record) -> Draft:
    """
    The draft of one item.

    Raises:
        Unparseable: a field of the wrong type, no identifier, a type that is no news, or neither headline nor body.
    """
    guid = record.text("uri", "guid")
    if not guid:
        raise record.wrong("uri", "is missing: send the item's identifier.")
    if (kind := record.text("type")) in _NOT_NEWS:
        raise record.wrong("type", f"{quoted(kind)} is no story: send text, or what has a headline.")
    headline = record.text("headline") or _best(record, "headlines", _HEADLINE_ROLES)[0]
    paragraphs = _paragraphs(record)
    if not clean.line(headline) and not paragraphs:
        raise record.wrong("headline", "is missing, and the body too: send headline or headlines, body_html or bodies.")
    published, doubt = record.moment("versionCreated", "versioncreated")
    first_published, first_doubt = record.moment("firstCreated", "firstcreated", "firstpublished")
    embargo = record.deadline("embargoedUntil", "embargoed", "embargoeduntil")
    status, notice = _status(record, embargoed=embargo is not None)
    scheme, code = _priority(record)
    return Draft(
        format=FORMAT,
        guid=guid,
        source=record.text("source") or None,
        version=record.number("version"),
        headline=headline,
        paragraphs=paragraphs,
        published=published or first_published,
        first_published=first_published,
        embargo=embargo,
        language=record.text("language") or None,
        url=_url(record, guid),
        status=status,
        notice=notice,
        priority=code or None,
        priority_scheme=scheme,
        signals=record.texts("signal", "signals") + record.texts("editorialtypes", "editorialTypes"),
        section=_name(record, "genres", "genre", "service"),
        slug=record.text("slugline") or None,
        byline=record.text("by", "byline") or None,
        editorial_note=record.text("edNote", "ednote") or None,
        keywords=record.texts("keywords"),
        doubts=doubt + first_doubt,
    )


def _status(record: Record, *, embargoed: bool) -> tuple[StoryStatus, Notice | None]:
    text = record.text("pubStatus", "pubstatus")
    meaning = pub_status.meaning(text, embargo_is_dated=embargoed)
    if meaning is None:
        raise record.wrong("pubStatus", f"{quoted(text)} is not one of usable, withheld, canceled: send one of these.")
    return meaning


def _priority(record: Record) -> tuple[str, str]:
    # Superdesk sends an urgency of 3 with everything: its own priority is what its editors set.
    if "guid" in record.values and (priority := record.code("priority")):
        return ladder.SUPERDESK.scheme, priority
    return ladder.NINJS.scheme, record.code("urgency")


def _paragraphs(record: Record) -> tuple[str, ...]:
    if text := record.text("body_html", "body_xhtml"):
        return markup.paragraphs(text)
    if text := record.text("body_text"):
        return clean.paragraphs(text)
    value, content_type = _best(record, "bodies", _BODY_ROLES)
    if "html" in content_type or markup.is_markup(value):
        return markup.paragraphs(value)
    return clean.paragraphs(value)


def _best(record: Record, name: str, roles: tuple[str, ...]) -> tuple[str, str]:
    """Value and content type of the entry with the best known role; of the first one where no role is known."""
    value = record.values.get(name)
    if value is None:
        return "", ""
    entries = as_list(value)
    if entries is None:
        raise record.wrong(name, f"is {described(value)}: send a list of objects with a value.")
    found = [_entry(record, name, entry) for entry in entries]
    ranked = [(roles.index(role) if role in roles else len(roles), i) for i, (role, _, _) in enumerate(found)]
    if not ranked:
        return "", ""
    _, value, content_type = found[min(ranked)[1]]
    return value, content_type


def _entry(record: Record, name: str, entry: object) -> tuple[str, str, str]:
    values = as_object(entry)
    if values is None:
        raise record.wrong(name, f"holds {described(entry)}: send objects with a value.")
    inner = Record(record.format, f"{record.place}, field {name}", values)
    role = inner.text("role").rpartition(":")[2].lower()
    content_type = inner.text("contentType", "contenttype").lower()
    return role, inner.text("value"), content_type


def _name(record: Record, *fields: str) -> str | None:
    for field in fields:
        value = record.values.get(field)
        first = next(iter(as_list(value) or (value,)), None)
        values = as_object(first)
        if values is not None and isinstance(name := values.get("name"), str) and name:
            return name
    return None


def _url(record: Record, guid: str) -> str | None:
    if url := record.text("url", "canonical_url", "link"):
        return url
    return guid if guid.startswith(("http://", "https://")) else None
