"""
NewsML-G2: a news message with its items, or one news or package item.

https://iptc.org/std/NewsML-G2/guidelines/
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from types import MappingProxyType

from events.story import Notice, StoryStatus
from services.ingest.core import clean, ladder
from services.ingest.core.draft import Draft
from services.ingest.core.formats import markup, nitf, pub_status, xml_text, xml_tree
from services.ingest.core.formats.fields import quoted
from services.ingest.core.formats.xml_tree import ANY, Node

FORMAT = "newsml-g2"
MEDIA_TYPES = (
    "application/vnd.iptc.g2.newsmessage+xml",
    "application/vnd.iptc.g2.newsitem+xml",
    "application/vnd.iptc.g2.packageitem+xml",
    "text/vnd.iptc.newsml",
    "application/xml",
    "text/xml",
)
MAX_BYTES = 10 * 1024 * 1024

TRANSMISSION = "g2-priority"
"""The scheme of a header's priority: of the message on its way, not of the news, so no ladder knows it."""

_PREFIXES = MappingProxyType({ANY: ""})
_ITEMS = ("newsItem", "packageItem")
_FAMILY = frozenset({"newsMessage", *_ITEMS, "conceptItem", "knowledgeItem", "planningItem", "catalogItem"})
_MOST_DIGITS = 15
_TEXT = "text"
_SUBORDINATE = ("sub", "deck", "short", "kicker", "overline", "teaser")
"""Roles of headlines that stand beside the main one."""


def sniff(head: bytes) -> bool:
    """Whether the root element is one of NewsML-G2's."""
    return xml_text.root_name(head) in _FAMILY


def parse(raw: bytes, *, charset: str | None = None) -> Iterator[Draft]:
    """
    A draft for each text item; for items of other kinds, and packages, only where the message has no text item.

    Raises:
        Unparseable: no XML, no news item, an unknown status, an embargo that cannot be read, an item without an
            identifier, or with neither headline nor text; names line and field.
    """
    root = xml_tree.parse(raw, format=FORMAT, charset=charset, prefixes=_PREFIXES)
    header = root.child("header") if root.name == "newsMessage" else None
    sets = root.children("itemSet")
    items = [root] if root.name in _ITEMS else [item for each in sets for item in each.children(*_ITEMS)]
    if not items:
        raise root.wrong(root.name, "holds no newsItem and no packageItem: send at least one.")
    texts = [item for item in items if item.name == "newsItem" and _class(item) in {_TEXT, ""}]
    for item in texts or items:
        yield _draft(item, header)


def _draft(item: Node, header: Node | None) -> Draft:
    guid = item.attribute("guid")
    if not guid:
        raise item.wrong("guid", "is missing: send the item's identifier.")
    meta = item.child("itemMeta") or item
    content = item.child("contentMeta") or item
    headline, paragraphs = _headline(item, meta, content), _paragraphs(item, content)
    if not clean.line(headline) and not paragraphs:
        raise item.wrong("headline", "is missing, and the content too: send at least one of them, not empty.")
    status, notice, embargoed = _standing(meta)
    published, doubt = meta.moment("versionCreated", meta.value("versionCreated"))
    first_published, first_doubt = meta.moment("firstCreated", meta.value("firstCreated"))
    scheme, priority = _priority(content, header)
    number = item.attribute("version")
    return Draft(
        format=FORMAT,
        guid=guid,
        url=guid if guid.startswith(("http://", "https://")) else None,
        # The provider, not infoSource: it has to be there in every revision, a kill's too, and the identity needs it.
        source=_named(meta.child("provider")) or None,
        version=int(number) if number.isascii() and number.isdecimal() and len(number) <= _MOST_DIGITS else None,
        headline=headline,
        paragraphs=paragraphs,
        published=published or first_published,
        first_published=first_published,
        embargo=meta.deadline("embargoed", embargoed),
        language=_language(item, content) or None,
        status=status,
        notice=notice,
        priority=priority or None,
        priority_scheme=scheme,
        signals=_codes(header, "signal") + _codes(meta, "signal") + _codes(meta, "role"),
        section=_named(content.child("genre")) or _named(meta.child("service")) or None,
        slug=content.value("slugline") or None,
        byline=_byline(content) or None,
        editorial_note=" ".join((*meta.values("edNote"), *content.values("edNote"))) or None,
        keywords=_keywords(content),
        doubts=doubt + first_doubt,
    )


def _standing(meta: Node) -> tuple[StoryStatus, Notice | None, str]:
    """Status, notice, and the date of the embargo; one that is there and empty has no end yet."""
    embargoed = meta.value("embargoed")
    node = meta.child("pubStatus")
    text = _code(node) if node else ""
    meaning = pub_status.read(text, embargo_is_dated=bool(embargoed))
    if meaning is None:
        raise (node or meta).wrong(
            "pubStatus", f"{quoted(text)} is not one of stat:usable, stat:withheld, stat:canceled: send one."
        )
    status, notice = meaning
    if meta.child("embargoed") and not embargoed and status is StoryStatus.USABLE:
        return StoryStatus.WITHHELD, notice, ""
    return status, notice, embargoed


def _priority(content: Node, header: Node | None) -> tuple[str, str]:
    if urgency := content.value("urgency"):
        return ladder.NINJS.scheme, urgency
    return TRANSMISSION, header.value("priority") if header else ""


def _headline(item: Node, meta: Node, content: Node) -> str:
    main = [node for node in content.children("headline") if node.text and not _is_subordinate(node)]
    wanted = _language(item, content).partition("-")[0].lower()
    spoken = [node for node in main if node.language.partition("-")[0].lower() == wanted]
    inner = next(item.descendants("nitf"), None)
    declared = next((node.text for node in spoken or main), "") or content.value("headline") or meta.value("title")
    return declared or (nitf.headline(inner) if inner else "")


def _is_subordinate(node: Node) -> bool:
    role = (node.attribute("role") or node.attribute("rendition")).rpartition(":")[2].lower()
    return role.startswith(_SUBORDINATE)


def _paragraphs(item: Node, content: Node) -> tuple[str, ...]:
    """The text of the first content that has some; the description where there is no content."""
    for holder in item.children("contentSet"):
        for each in holder.children("inlineXML", "inlineData"):
            if found := _inline(each):
                return found
    described = (text for node in content.children("description") for text in clean.paragraphs(node.text))
    return tuple(described)


def _inline(node: Node) -> tuple[str, ...]:
    kind = node.attribute("contenttype").lower()
    if node.name == "inlineXML":
        document = next(node.descendants("nitf"), None)
        return nitf.body(document) if document else markup.joined(node.steps(markup.SILENT), blocks=nitf.BLOCKS)
    if kind and not kind.startswith(("text/", "application/xhtml")):
        return ()
    text = _plain(node)
    return markup.paragraphs(text) if "html" in kind or markup.is_markup(text) else clean.paragraphs(text)


def _plain(node: Node) -> str:
    text = node.text
    if "base64" not in node.attribute("encoding").lower():
        return text
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        raise node.wrong("inlineData", "is no base64, as its encoding says: send it plain.") from None


def _class(item: Node) -> str:
    found = item.at("itemMeta", "itemClass")
    return _code(found).rpartition(":")[2].rpartition("/")[2].lower() if found else ""


def _code(node: Node) -> str:
    return node.attribute("qcode", "uri", "literal") or node.text


def _codes(node: Node | None, key: str) -> tuple[str, ...]:
    return tuple(filter(None, map(_code, node.children(key)))) if node else ()


def _named(node: Node | None) -> str:
    if node is None:
        return ""
    return node.value("name") or node.attribute("literal") or _code(node).rpartition(":")[2]


def _language(item: Node, content: Node) -> str:
    declared = content.child("language")
    return (declared.attribute("tag") if declared else "") or item.language


def _byline(content: Node) -> str:
    return content.value("by") or _named(content.child("creator")) or _named(content.child("infoSource"))


def _keywords(content: Node) -> tuple[str, ...]:
    subjects = (_named(subject) for subject in content.children("subject") if subject.value("name"))
    return (*content.values("keyword"), *subjects)
