"""
NITF, the IPTC's News Industry Text Format, versions 3.x with or without namespace.

http://www.iptc.org/std/NITF/3.6/documentation/nitf-3-6.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from events.story import Notice, StoryStatus
from services.ingest.core import clean, dates, ladder
from services.ingest.core.draft import Draft
from services.ingest.core.formats import markup, pub_status, xml_text, xml_tree
from services.ingest.core.formats.fields import quoted
from services.ingest.core.formats.xml_tree import ANY, Node

FORMAT = "nitf"
MEDIA_TYPES = ("text/vnd.iptc.nitf", "application/nitf+xml", "application/vnd.iptc.nitf", "application/xml", "text/xml")
MAX_BYTES = 4 * 1024 * 1024

_PREFIXES = MappingProxyType({ANY: ""})
BLOCKS = frozenset({"block", "hl1", "hl2", "bq", "nitf-table", "credit", "datasource", "fn", "media-caption"})
"""Elements that end a paragraph, beside HTML's."""

_SILENT = frozenset((*markup.SILENT, "media", "note", "nitf-table-metadata", "custom-table", "byline"))
_SLUG_METAS = frozenset({"slug", "slugline", "ap-slug", "anpa-keyword"})
_STEADY_KEY = 16
"""A du-key of this many characters is taken to be unique for ever; shorter ones are reused, so the day is added."""

_MOST_DIGITS = 9


def sniff(head: bytes) -> bool:
    """Whether the root element is NITF's."""
    return xml_text.root_name(head) == "nitf"


def parse(raw: bytes, *, charset: str | None = None) -> Iterator[Draft]:
    """
    The draft of the document, after the withdrawal of the one that it takes back, if it names one.

    Raises:
        Unparseable: no XML, not NITF, an unknown status, an embargo that cannot be read, or no text; names the line.
    """
    root = xml_tree.parse(raw, format=FORMAT, charset=charset, prefixes=_PREFIXES)
    if root.name != "nitf":
        raise root.wrong(root.name, "is no NITF: send a document whose root is nitf.")
    yield from _drafts(root)


def body(root: Node) -> tuple[str, ...]:
    """The paragraphs of a document's body, captions, notes and bylines left out; its abstract where it has none."""
    content = root.at("body", "body.content")
    paragraphs = markup.joined(content.steps(_SILENT), blocks=BLOCKS) if content else ()
    if not paragraphs and (abstract := root.at("body", "body.head", "abstract")):
        return markup.joined(abstract.steps(_SILENT), blocks=BLOCKS)
    return paragraphs


def headline(root: Node) -> str:
    """The main headline; the title where there is none."""
    hedline = root.at("body", "body.head", "hedline")
    title = root.at("head", "title")
    return (hedline.value("hl1") if hedline else "") or (title.text if title else "")


def _drafts(root: Node) -> Iterator[Draft]:
    head = root.child("head") or root
    docdata = head.child("docdata") or root
    title, paragraphs = headline(root), body(root)
    if not clean.line(title) and not paragraphs:
        raise root.wrong("hl1", "is missing, and body.content too: send at least one of them, not empty.")
    embargo = docdata.deadline("date.release", _of(docdata, "date.release", "norm"))
    status, notice = _status(docdata, "management-status", dated=embargo is not None)
    correction = docdata.child("correction")
    published, doubts = docdata.moment("date.issue", _of(docdata, "date.issue", "norm"))
    draft = Draft(
        format=FORMAT,
        source=_of(docdata, "doc-id", "regsrc") or None,
        headline=title,
        paragraphs=paragraphs,
        published=published,
        embargo=embargo,
        language=root.attribute("baselang") or (root.child("body") or root).language or None,
        status=status,
        notice=notice or (Notice.CORRECTION if correction else None),
        priority=_of(docdata, "urgency", "ed-urg") or None,
        priority_scheme=ladder.NINJS.scheme,
        signals=tuple(filter(None, (node.attribute("msg-type") for node in docdata.children("ed-msg")))),
        section=_of(head, "pubdata", "position.section") or None,
        slug=_slug(head, docdata) or None,
        byline=_byline(root) or None,
        editorial_note=_note(docdata) or None,
        keywords=_keywords(docdata),
        doubts=doubts,
    )
    yield from _identified(draft, docdata)


def _identified(draft: Draft, docdata: Node) -> Iterator[Draft]:
    """The draft under its identity, after the withdrawal of what it takes back."""
    fate, fatal = _status(docdata, "management-idref-status", dated=True)
    referred = docdata.attribute("management-doc-idref")
    takes_back = bool(referred) and fate is not StoryStatus.USABLE and draft.status is StoryStatus.USABLE
    if key := _dynamic_use_key(docdata):
        # The substitute is a revision of what it takes back.
        amends = Notice.CORRECTION if takes_back else None
        yield replace(draft, guid=key, version=_version(docdata), notice=draft.notice or amends)
    elif takes_back:
        yield replace(draft, guid=referred, status=fate, notice=fatal, paragraphs=(), doubts=())
        yield replace(draft, guid=_of(docdata, "doc-id", "id-string") or None)
    else:
        corrected = _of(docdata, "correction", "id-string")
        yield replace(draft, guid=referred or corrected or _of(docdata, "doc-id", "id-string") or None)


def _dynamic_use_key(docdata: Node) -> str:
    """The du-key, made for grouping the revisions of a story; with the part, and the day where keys are reused."""
    key = _of(docdata, "du-key", "key")
    moment = dates.parse(_of(docdata, "date.issue", "norm"))
    day = moment.date().isoformat() if moment and len(key) < _STEADY_KEY else ""
    return "|".join(filter(None, (key, _of(docdata, "du-key", "part").strip("0"), day))) if key else ""


def _version(docdata: Node) -> int | None:
    number = _of(docdata, "du-key", "version", "generation")
    return int(number) if number.isascii() and number.isdecimal() and len(number) <= _MOST_DIGITS else None


def _status(docdata: Node, field: str, *, dated: bool) -> tuple[StoryStatus, Notice | None]:
    text = docdata.attribute(field)
    meaning = pub_status.read(text, embargo_is_dated=dated)
    if meaning is None:
        raise docdata.wrong(
            field, f"{quoted(text)} is not one of usable, embargoed, withheld, canceled: send one of these."
        )
    return meaning


def _of(node: Node, key: str, *attributes: str) -> str:
    child = node.child(key)
    return child.attribute(*attributes) if child else ""


def _note(docdata: Node) -> str:
    infos = (node.attribute("info") for node in docdata.children("correction", "ed-msg"))
    return " ".join(filter(None, infos))


def _slug(head: Node, docdata: Node) -> str:
    metas = ((meta.attribute("name").lower(), meta.attribute("content")) for meta in head.children("meta"))
    declared = next((content for name, content in metas if name in _SLUG_METAS and content), "")
    return declared or _of(docdata, "fixture", "fix-id") or _of(docdata, "du-key", "key")


def _byline(root: Node) -> str:
    byline = root.at("body", "body.head", "byline")
    return clean.line("".join(text for _, _, text in byline.steps(frozenset({"byttl"})))) if byline else ""


def _keywords(docdata: Node) -> tuple[str, ...]:
    words = (word.attribute("key") for keys in docdata.children("key-list") for word in keys.children("keyword"))
    return tuple(filter(None, (*words, _of(docdata, "series", "series.name"))))
