"""Feeds: RSS 0.9 to 2.0 with and without RDF, Atom 0.3 and 1.0; broken ones are read as far as they go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from services.ingest.core.draft import Draft, Unparseable
from services.ingest.core.formats import atom, feed_text, rss, xml_text, xml_tree
from services.ingest.core.formats.xml_tree import Node

FORMAT = "feed"
MEDIA_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/x-rss+xml",
    "text/rss",
    "text/html",  # as which many servers send their feed
    "application/xml",
    "text/xml",
)
MAX_BYTES = 10 * 1024 * 1024

_PREFIXES = MappingProxyType(
    {
        "http://purl.org/rss/1.0/": "",
        "http://my.netscape.com/rdf/simple/0.9/": "",
        "http://channel.netscape.com/rdf/simple/0.9/": "",
        "http://backend.userland.com/rss2": "",
        "http://backend.userland.com/RSS2": "",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
        "http://purl.org/dc/elements/1.1/": "dc",
        "http://purl.org/dc/elements/1.0/": "dc",
        "http://purl.org/dc/terms/": "dcterms",
        "http://purl.org/rss/1.0/modules/content/": "content",
        "http://search.yahoo.com/mrss/": "media",
        "http://search.yahoo.com/mrss": "media",
        "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
        "http://www.w3.org/2005/Atom": "atom",
        "http://purl.org/atom/ns#": "atom",
        "http://purl.org/atompub/tombstones/1.0": "at",
    }
)
_READERS = MappingProxyType({"rss": rss.entries, "RDF": rss.entries, "feed": atom.entries})


def sniff(head: bytes) -> bool:
    """Whether the root element is that of a feed."""
    return xml_text.root_name(head) in _READERS


def parse(raw: bytes, *, charset: str | None = None) -> Iterator[Draft]:
    """
    A draft for each entry that has a title or text; what was passed over or mended is a doubt of the first one.

    Raises:
        Unparseable: no XML, no feed, or too many entries.
    """
    doubts: list[str] = []
    # Before a tree of millions of nodes is built; entries are counted again when they are read.
    if (most := raw.count(b"<item") + raw.count(b"<entry")) > 2 * feed_text.MOST_ITEMS:
        raise Unparseable(FORMAT, "document", f"holds {most} items: send at most {feed_text.MOST_ITEMS} at once.")
    try:
        root = _tree(raw, charset, lenient=False)
    except Unparseable as error:
        root = _tree(raw, charset, lenient=True)
        if root.name not in _READERS:
            raise
        doubts.append(f"{error.where}: {error.what} It was read as far as it goes.")
    reader = _READERS.get(root.name)
    if reader is None:
        raise root.wrong(root.name, "is no root of a format known here: send RSS, Atom, NewsML-G2, NITF or CAP.")
    number = 0
    waiting = True
    for number, (entry, draft) in enumerate(reader(root), start=1):
        if number > feed_text.MOST_ITEMS:
            raise Unparseable(FORMAT, entry.place, f"holds an item over {feed_text.MOST_ITEMS}: send fewer at once.")
        if draft is None:
            doubts.append(f"{entry.place}: item {number} has neither title nor text.")
        elif waiting:
            waiting = False
            yield replace(draft, doubts=(*draft.doubts, *doubts))
        else:
            yield draft
    if number and waiting:
        raise Unparseable(FORMAT, root.place, f"holds only items without title and text ({number}): send some.")


def _tree(raw: bytes, charset: str | None, *, lenient: bool) -> Node:
    return xml_tree.parse(raw, format=FORMAT, charset=charset, prefixes=_PREFIXES, lenient=lenient)
