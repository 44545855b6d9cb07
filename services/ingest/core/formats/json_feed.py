"""
JSON Feed, versions 1 and 1.1.

https://www.jsonfeed.org/version/1.1/
"""

from __future__ import annotations

from collections.abc import Iterator

from services.ingest.core import clean
from services.ingest.core.draft import Draft
from services.ingest.core.formats import feed_text
from services.ingest.core.formats.fields import Record, records
from services.ingest.core.json_values import as_list, as_object, described

FORMAT = "json-feed"
MEDIA_TYPES = ("application/feed+json", "application/json", "text/json")
MAX_BYTES = 10 * 1024 * 1024

_VERSION = b"jsonfeed.org/version/"


def sniff(head: bytes) -> bool:
    """Whether the bytes begin like one object that names a version of JSON Feed."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start[:1] == b"{" and _VERSION in start.replace(b"\\/", b"/")


def parse(raw: bytes, *, charset: str | None = None) -> Iterator[Draft]:
    """
    A draft for each item that has a title or text.

    Raises:
        Unparseable: not JSON, no feed, too many items, or a field of the wrong type; names item and field.
    """
    for feed in records(raw, format=FORMAT, charset=charset):
        items = as_list(feed.values.get("items"))
        if items is None:
            raise feed.wrong("items", f"is {described(feed.values.get('items'))}: send a list of objects.")
        if len(items) > feed_text.MOST_ITEMS:
            raise feed.wrong("items", f"holds {len(items)}: send at most {feed_text.MOST_ITEMS} at once.")
        for number, item in enumerate(items, start=1):
            values = as_object(item)
            if values is None:
                raise feed.wrong("items", f"holds {described(item)} as item {number}: send objects.")
            if (draft := _draft(Record(FORMAT, f"item {number}", values), feed)) is not None:
                yield draft


def _draft(item: Record, feed: Record) -> Draft | None:
    title = item.text("title")
    markup = item.text("content_html")
    paragraphs = feed_text.body(markup) if markup else clean.paragraphs(item.text("content_text", "summary"))
    if not clean.line(title) and not paragraphs:
        return None
    identifier = item.code("id")
    url = item.text("url", "external_url")
    first_published, doubt = item.moment("date_published")
    modified, other_doubt = item.moment("date_modified")
    return Draft(
        format=FORMAT,
        guid=feed_text.steady(identifier) if identifier and not feed_text.is_same(identifier, url) else None,
        headline=title,
        paragraphs=paragraphs,
        url=url or (identifier if identifier.startswith(("http://", "https://")) else None),
        published=modified or first_published,
        first_published=first_published,
        language=item.text("language") or feed.text("language") or None,
        byline=_author(item) or _author(feed) or None,
        keywords=item.texts("tags"),
        doubts=doubt + other_doubt,
    )


def _author(record: Record) -> str:
    listed = as_list(record.values.get("authors")) or (record.values.get("author"),)
    names = ((as_object(author) or {}).get("name") for author in listed)
    return ", ".join(name for name in names if isinstance(name, str) and name)
