"""
Google News sitemaps: addresses of fresh articles, each with its title.

https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from services.ingest.core import clean
from services.ingest.core.draft import Draft, Unparseable
from services.ingest.core.formats import xml_text, xml_tree
from services.ingest.core.formats.fields import quoted
from services.ingest.core.formats.xml_tree import Node

FORMAT = "sitemap"
MEDIA_TYPES = ("application/xml", "text/xml")
MAX_BYTES = 10 * 1024 * 1024
MOST_URLS = 10_000
"""Google takes 1,000 news addresses of one sitemap."""

_PREFIXES = MappingProxyType(
    {
        "http://www.google.com/schemas/sitemap-news/0.9": "news",
        "https://www.google.com/schemas/sitemap-news/0.9": "news",
        "http://www.sitemaps.org/schemas/sitemap/0.9": "",
    }
)


def sniff(head: bytes) -> bool:
    """Whether the root element is that of a sitemap or of an index of them."""
    return xml_text.root_name(head) in {"urlset", "sitemapindex"}


def parse(raw: bytes, *, charset: str | None = None) -> Iterator[Draft]:
    """
    A draft for each address that has a news title.

    Raises:
        Unparseable: no XML, no sitemap, an index of sitemaps, no news title at all, or too many addresses.
    """
    root = xml_tree.parse(raw, format=FORMAT, charset=charset, prefixes=_PREFIXES)
    if root.name == "sitemapindex":
        first = root.at("sitemap", "loc")
        named = quoted(first.text) if first else "none"
        raise root.wrong("sitemapindex", f"is an index, not a sitemap: read those that it names (the first: {named}).")
    if root.name != "urlset":
        raise root.wrong(root.name, "is no sitemap: send a document whose root is urlset.")
    urls = root.children("url")
    if len(urls) > MOST_URLS:
        raise Unparseable(FORMAT, "document", f"holds {len(urls)} addresses: send at most {MOST_URLS} at once.")
    found = False
    for url in urls:
        if (draft := _draft(url)) is not None:
            found = True
            yield draft
    if urls and not found:
        raise root.wrong("news:title", "is missing in every url: send a news sitemap.")


def _draft(url: Node) -> Draft | None:
    news, address = url.child("news:news"), url.value("loc")
    title = news.value("news:title") if news else ""
    if news is None or not address or not clean.line(title):
        return None
    publication = news.child("news:publication")
    first_published, doubt = news.moment("news:publication_date", news.value("news:publication_date"))
    modified, other_doubt = url.moment("lastmod", url.value("lastmod"))
    return Draft(
        format=FORMAT,
        headline=title,
        url=address,
        published=modified or first_published,
        first_published=first_published,
        language=(publication.value("news:language") if publication else "") or None,
        keywords=tuple(word for part in news.value("news:keywords").split(",") if (word := part.strip())),
        doubts=doubt + other_doubt,
    )
