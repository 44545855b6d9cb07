"""Web pages: the article's text by trafilatura, and what the page itself declares about it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import trafilatura

from services.ingest.core import clean, dates, decoding
from services.ingest.core.draft import Draft, Unparseable
from services.ingest.core.page import metadata
from services.ingest.core.page.document import Document

FORMAT = "html"
MEDIA_TYPES = ("text/html", "application/xhtml+xml")
MAX_BYTES = 8 * 1024 * 1024

# Possessive: a run of comments is tried in one way only, however it ends.
_SNIFF = re.compile(
    rb"\s*+(?:<\?xml[^>]*>)?(?>\s+|<!--.*?-->)*+<(?:!doctype\s+html|html|head|body|meta|title|article)\b",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")
_HEAD = 4096
_SHORTEST_BODY = 200
"""Characters; an extraction that is shorter gives way to a longer body that the page declares."""


def sniff(head: bytes) -> bool:
    """Whether the bytes begin like a web page."""
    return _SNIFF.match(head.removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"").lstrip(b"\xff\xfe")) is not None


def parse(raw: bytes, *, charset: str | None = None) -> Iterator[Draft]:
    """
    One draft: the article that the page is about.

    Raises:
        Unparseable: there is no article text and no headline on the page.
    """
    declared = _CHARSET.search(raw[:_HEAD])
    charset = charset or (declared[1].decode("ascii") if declared else None)
    # lxml takes no declared encoding in a str, and a NUL ends its input.
    text = _XML_DECLARATION.sub("", decoding.decode(raw, charset=charset).replace("\x00", ""), count=1)
    document = Document.parse(text)
    if document is None:
        raise Unparseable(FORMAT, "document", "is no HTML that can be read: send the whole page.")
    found = metadata.read(document)
    paragraphs = _article(text, found)
    if not paragraphs and not found.headline:
        raise Unparseable(
            FORMAT,
            "document",
            "has neither article text nor headline: send an article's own page, as the server sends it.",
        )
    published, first_published = dates.parse(found.modified), dates.parse(found.published)
    yield Draft(
        format=FORMAT,
        headline=found.headline,
        paragraphs=_without_headline(paragraphs, found.headline),
        url=found.url or None,
        language=found.language or None,
        published=published or first_published,
        first_published=first_published,
        section=found.section or None,
        byline=found.byline or None,
        keywords=found.keywords,
        doubts=tuple(
            f"document: the page's date {value[:40]!a} is no date that can be read."
            for value in (found.published, found.modified)
            if value and dates.parse(value) is None
        ),
    )


def _article(text: str, found: metadata.Metadata) -> tuple[str, ...]:
    try:
        extracted = trafilatura.extract(text, include_comments=False) or ""
    except Exception:  # noqa: BLE001 (any page may come, and what the page declares is still there)
        extracted = ""
    paragraphs = tuple(stripped for line in extracted.split("\n") if (stripped := clean.line(line)))
    declared = clean.paragraphs(found.body)
    if sum(map(len, paragraphs)) < _SHORTEST_BODY < sum(map(len, declared)):
        return declared
    if len(paragraphs) == 1 < len(declared) and clean.line(" ".join(declared)) == paragraphs[0]:
        # Without text on the page, trafilatura gives the declared body as one line.
        return declared
    return paragraphs


def _without_headline(paragraphs: tuple[str, ...], headline: str) -> tuple[str, ...]:
    wanted = clean.line(headline).casefold()
    start = 1 if paragraphs and paragraphs[0].casefold() == wanted else 0
    return paragraphs[start:]
