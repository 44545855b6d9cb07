"""Page text: what a browser copies with "select all", or a readability dump: an article among furniture."""

from __future__ import annotations

from collections.abc import Iterator

from services.ingest.core import decoding
from services.ingest.core.draft import Draft, Unparseable
from services.ingest.core.page import article

FORMAT = "text"
MEDIA_TYPES = ("text/markdown", "text/x-page")
MAX_BYTES = 2 * 1024 * 1024


def sniff(head: bytes) -> bool:
    """Whether the bytes are text with letters in it."""
    if decoding.is_binary(head):
        return False
    return any(character.isalpha() for character in decoding.decode(head))


def parse(raw: bytes, *, charset: str | None = None) -> Iterator[Draft]:
    """
    One draft: the article on the page.

    Raises:
        Unparseable: nothing on the page reads like an article or a headline.
    """
    found = article.find(decoding.decode(raw, charset=charset))
    if not found.headline and not found.paragraphs:
        raise Unparseable(FORMAT, "document", "has no line that reads like a headline or a paragraph: send an article.")
    yield Draft(
        format=FORMAT,
        headline=found.headline,
        paragraphs=found.paragraphs,
        section=found.section or None,
        byline=found.byline or None,
        editorial_note=found.credit or None,
        published=found.published,
    )
