"""
The items of RSS 0.9x, 1.0 (RDF) and 2.0, with the modules that newsrooms use.

https://www.rssboard.org/rss-specification, https://web.resource.org/rss/1.0/spec
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.ingest.core import clean
from services.ingest.core.draft import Draft
from services.ingest.core.formats import feed_text
from services.ingest.core.formats.xml_tree import Node

_NAME_IN_BRACKETS = re.compile(r"\S+@\S+\s*\((.{1,200})\)")
_HTTP = ("http://", "https://")


def entries(root: Node) -> Iterator[tuple[Node, Draft | None]]:
    """Each item with its draft; None where it has neither title nor text."""
    channel = root.child("channel") or root
    # RDF has the items beside the channel, RSS in it.
    for item in (*channel.children("item"), *(root.children("item") if channel is not root else ())):
        yield item, _draft(item, channel)


def _draft(item: Node, channel: Node) -> Draft | None:
    title = feed_text.title(item.value("title", "dc:title", "media:title"))
    paragraphs = _paragraphs(item)
    if not title and not paragraphs:
        return None
    published, doubt = item.moment("pubDate", item.value("pubDate", "pubdate", "dc:date", "dcterms:issued"))
    modified, other_doubt = item.moment("updated", item.value("atom:updated", "dcterms:modified"))
    guid, url = _identity(item, channel)
    categories = tuple(map(clean.line, item.values("category", "dc:subject")))
    return Draft(
        format="feed",
        guid=guid,
        headline=title,
        paragraphs=paragraphs,
        url=url,
        source=clean.line(item.value("source")) or None,
        published=modified or published,
        first_published=published,
        language=item.value("dc:language") or item.language or channel.value("language", "dc:language") or None,
        section=next(iter(categories), None),
        byline=_byline(item) or None,
        keywords=tuple(filter(None, (*categories, *item.value("media:keywords").split(",")))),
        doubts=doubt + other_doubt,
    )


def _paragraphs(item: Node) -> tuple[str, ...]:
    for key in ("content:encoded", "description", "dc:description", "media:description", "itunes:summary"):
        if paragraphs := feed_text.body(item.value(key)):
            return paragraphs
    group = item.child("media:group")
    return feed_text.body(group.value("media:description")) if group else ()


def _identity(item: Node, channel: Node) -> tuple[str | None, str | None]:
    """
    Identifier and address.

    A guid that is the permanent address names the story as its address does, in whatever spelling; then there is no
    other identifier.
    """
    link = item.value("link") or _atom_link(item) or item.attribute("about", "rdf:about")
    address = feed_text.absolute(link, channel.value("link"))
    node = item.child("guid")
    identifier = node.text if node else ""
    if node is None or not identifier:
        return None, address or None
    if identifier.startswith(_HTTP):
        is_permanent = node.attribute("isPermaLink", "ispermalink").lower() != "false"
        if is_permanent or feed_text.is_same(identifier, address):
            return None, identifier
    return feed_text.steady(identifier), address or None


def _atom_link(item: Node) -> str:
    links = (link for link in item.children("atom:link") if link.attribute("rel") in {"", "alternate"})
    return next((href for link in links if (href := link.attribute("href"))), "")


def _byline(item: Node) -> str:
    text = ", ".join(item.values("dc:creator")) or item.value("author", "itunes:author")
    match = _NAME_IN_BRACKETS.fullmatch(text)
    return match[1] if match else text
