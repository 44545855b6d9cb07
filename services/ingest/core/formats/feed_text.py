"""What feeds of all kinds share: titles and bodies as people write them, and links as names of stories."""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin

from services.ingest.core import clean, identity
from services.ingest.core.formats import markup

MOST_ITEMS = 3_000
"""What one document may hold: reading it stays within a second."""

_COUNTED = re.compile(r"#v?[0-9]{1,9}$")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,1000}>")
_FURNITURE = re.compile(
    r"""the\ post\b.{1,300}\bappeared\ first\ on\b.{1,200}
    |continue\ reading\b.{0,300}
    |read\ (?:more|the\ full\ story)\W{0,5}
    |more|comments|permalink|\[?…\]?|\[?\.\.\.\]?""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
"""Last paragraphs that content systems add."""


def title(text: str) -> str:
    """A title as plain text: feeds escape tags and entities once too often, and say nowhere that they do."""
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = _TAG.sub("", html.unescape(text))
    return clean.line(text)


def body(text: str) -> tuple[str, ...]:
    """The paragraphs of a description or content, plain or HTML, without what content systems add at its end."""
    is_plain = "<" not in text and "&" not in text
    paragraphs = clean.paragraphs(text) if is_plain else markup.paragraphs(text)
    return without_furniture(paragraphs)


def without_furniture(paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    """The paragraphs without what content systems add at the end."""
    end = len(paragraphs)
    while end and _FURNITURE.fullmatch(paragraphs[end - 1].strip()):
        end -= 1
    return paragraphs[:end]


def is_same(identifier: str, url: str) -> bool:
    """Whether an identifier is nothing but the address: then the address, in its one spelling, names the story."""
    found = identity.canonical_url(identifier)
    return found is not None and found == identity.canonical_url(url)


def steady(identifier: str) -> str:
    """An identifier without the fragment that counts revisions at some senders (`…/articles/x#3`)."""
    return _COUNTED.sub("", identifier) if identifier.startswith(("http://", "https://")) else identifier


def absolute(link: str, base: str) -> str:
    """A link as an address: relative ones are relative to the feed's own; as it is where that makes no sense."""
    if not base or not link or link.startswith(("http://", "https://")):
        return link
    try:
        return urljoin(base, link)
    except ValueError:
        return link
