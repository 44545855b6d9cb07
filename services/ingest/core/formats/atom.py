"""
The entries of Atom 1.0 (RFC 4287) and 0.3, and those that it says are deleted (RFC 6721).

https://www.rfc-editor.org/rfc/rfc4287, https://www.rfc-editor.org/rfc/rfc6721
"""

from __future__ import annotations

from collections.abc import Iterator

from events.story import Notice, StoryStatus
from services.ingest.core import clean
from services.ingest.core.draft import Draft
from services.ingest.core.formats import feed_text, markup
from services.ingest.core.formats.xml_tree import Node

_HTTP = ("http://", "https://")


def entries(root: Node) -> Iterator[tuple[Node, Draft | None]]:
    """Each entry with its draft, deletions last; None where it has neither title nor text, or says not which."""
    for entry in root.children("entry"):
        yield entry, _draft(entry, root)
    for deleted in root.children("at:deleted-entry"):
        yield deleted, _deleted(deleted)


def _draft(entry: Node, feed: Node) -> Draft | None:
    name = entry.child("title")
    title = feed_text.title(name.text) if name else ""
    paragraphs = _text(entry.child("content")) or _text(entry.child("summary")) or _media(entry)
    if not title and not paragraphs:
        return None
    published, doubt = entry.moment("published", entry.value("published", "issued", "created"))
    updated, other_doubt = entry.moment("updated", entry.value("updated", "modified"))
    identifier, url = entry.value("id"), _link(entry, feed)
    origin = entry.child("source")
    categories = (category.attribute("label", "term") for category in entry.children("category"))
    words = tuple(filter(None, (clean.line(category) for category in categories)))
    return Draft(
        format="feed",
        guid=feed_text.steady(identifier) or None,
        headline=title,
        paragraphs=paragraphs,
        url=url or (identifier if identifier.startswith(_HTTP) else None),
        source=(feed_text.title(origin.value("title")) if origin else "") or None,
        published=updated or published,
        first_published=published,
        language=entry.language or None,
        section=next(iter(words), None),
        byline=_byline(entry) or _byline(feed) or None,
        keywords=words,
        doubts=doubt + other_doubt,
    )


def _deleted(node: Node) -> Draft | None:
    identifier = node.attribute("ref")
    if not identifier:
        return None
    when, doubts = node.moment("when", node.attribute("when"))
    comment = feed_text.title(node.value("at:comment"))
    return Draft(
        format="feed",
        guid=feed_text.steady(identifier),
        headline=comment or f"Withdrawn: {identifier}",
        published=when,
        status=StoryStatus.CANCELED,
        notice=Notice.KILL,
        editorial_note=comment or None,
        doubts=doubts,
    )


def _text(node: Node | None) -> tuple[str, ...]:
    """The paragraphs of a text construct, as its type says: markup in it, escaped markup, or plain text."""
    if node is None:
        return ()
    if node.children():
        return feed_text.without_furniture(markup.joined(node.steps(markup.SILENT)))
    kind = node.attribute("type").lower()
    is_foreign = "/" in kind and not kind.startswith(("text/", "application/xhtml"))
    return () if is_foreign else feed_text.body(node.text)


def _media(entry: Node) -> tuple[str, ...]:
    group = entry.child("media:group") or entry
    return feed_text.body(group.value("media:description"))


def _link(entry: Node, feed: Node) -> str:
    links = [link for link in entry.children("link") if link.attribute("rel") in {"", "alternate"}]
    pages = [link for link in links if "html" in link.attribute("type")]
    href = next((href for link in (*pages, *links) if (href := link.attribute("href"))), "")
    return feed_text.absolute(href, entry.attribute("xml:base") or feed.attribute("xml:base"))


def _byline(node: Node) -> str:
    names = (author.value("name") or author.text for author in node.children("author"))
    return ", ".join(filter(None, map(clean.line, names)))
