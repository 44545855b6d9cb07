"""
NITF, the IPTC's News Industry Text Format, versions 3.x with or without namespace.

http://www.iptc.org/std/NITF/3.6/documentation/nitf-3-6.html
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from events.story import Notice, StoryStatus
from services.ingest.core import clean, dates, ladder
from services.ingest.core.draft import Draft
from services.ingest.core.formats import markup, pub_status, xml_text, xml_tree
from services.ingest.core.formats.fields import quoted
from services.ingest.core.formats.xml_tree import ANY, Node

FORMAT = "nitf"
MEDIA_TYPES = ("text/vnd.iptc.nitf", "application/nitf+xml", "application/vnd.iptc.nitf", "application/xml", "text/xml")
MAX_BYTES = 8 * 1024 * 1024

_PREFIXES = MappingProxyType({ANY: ""})
_BLOCKS = frozenset({"block", "hl1", "hl2", "bq", "nitf-table", "credit", "datasource", "fn", "media-caption"})
_SILENT = markup.SILENT | {"media", "note", "nitf-table-metadata", "custom-table", "byline"}
_SLUG_METAS = frozenset({"slug", "slugline", "ap-slug", "anpa-keyword"})
_STEADY_KEY = 16
"""A du-key of this many characters is taken to be unique for ever; shorter ones are reused, so the day is added."""

_MOST_DIGITS = 9


def sniff(head: bytes) -> bool:
    """Whether the root element is NITF's."""
    return xml_text.root_name(head) == "nitf"


def parse(raw: bytes, *, charset: str | None = None) -> Iterator[Draft]:
    """
    The draft of the document, after a kill of the one that it takes back, if it names one.

    Raises:
        Unparseable: no XML, not NITF, an unknown status, an embargo that cannot be read, or no text; names the line.
    """
    root = xml_tree.parse(raw, format=FORMAT, charset=charset, prefixes=_PREFIXES)
    if root.name != "nitf":
        raise root.wrong(root.name, "is no NITF: send a document whose root is nitf.")
    draft = _draft(root)
    docdata = root.at("head", "docdata") or root
    taken_back = docdata.attribute("management-doc-idref")
    meaning = _status(docdata, "management-idref-status", dated=False)
    if taken_back and meaning[0] is not StoryStatus.USABLE and draft.status is StoryStatus.USABLE:
        # A substitute: what it replaces is gone for all who had it, and this is a story of its own.
        yield Draft(
            format=FORMAT,
            guid=taken_back,
            source=draft.source,
            headline=draft.headline,
            published=draft.published,
            language=draft.language,
            status=meaning[0],
            notice=meaning[1],
            editorial_note=draft.editorial_note,
        )
    yield draft


def body(root: Node) -> tuple[str, ...]:
    """The paragraphs of a document's body, captions, notes and bylines left out; its abstract where it has none."""
    content = root.at("body", "body.content")
    paragraphs = markup.joined(content.steps(_SILENT), blocks=_BLOCKS) if content else ()
    if not paragraphs and (abstract := root.at("body", "body.head", "abstract")):
        return markup.joined(abstract.steps(_SILENT), blocks=_BLOCKS)
    return paragraphs


def headline(root: Node) -> str:
    """The main headline; the title where there is none."""
    hedline = root.at("body", "body.head", "hedline")
    title = root.at("head", "title")
    return (hedline.value("hl1") if hedline else "") or (title.text if title else "")


def _draft(root: Node) -> Draft:
    head = root.child("head") or root
    docdata = head.child("docdata") or root
    body_head = root.at("body", "body.head") or root
    title, paragraphs = headline(root), body(root)
    if not clean.line(title) and not paragraphs:
        raise root.wrong("hl1", "is missing, and body.content too: send at least one of them, not empty.")
    release = _norm(docdata, "date.release")
    embargo = docdata.deadline("date.release", release)
    status, notice = _status(docdata, "management-status", dated=embargo is not None)
    correction = docdata.child("correction")
    issued, doubts = docdata.moment("date.issue", _norm(docdata, "date.issue"))
    guid, version = _identity(docdata)
    notes = (correction.attribute("info") if correction else "", *_infos(docdata))
    return Draft(
        format=FORMAT,
        guid=guid or None,
        source=_attribute(docdata, "doc-id", "regsrc") or None,
        version=version,
        headline=title,
        paragraphs=paragraphs,
        published=issued,
        embargo=embargo,
        language=root.attribute("baselang") or (root.child("body") or root).language or None,
        status=status,
        notice=notice or (Notice.CORRECTION if correction else None),
        priority=_attribute(docdata, "urgency", "ed-urg") or None,
        priority_scheme=ladder.NINJS.scheme,
        section=_attribute(head, "pubdata", "position.section") or None,
        slug=_slug(head) or _attribute(docdata, "du-key", "key") or None,
        byline=_byline(body_head) or None,
        editorial_note=" ".join(filter(None, notes)) or None,
        keywords=_keywords(docdata),
        doubts=doubts,
    )


def _identity(docdata: Node) -> tuple[str, int | None]:
    """
    What is steady over the revisions, and the revision number where that counts them.

    The du-key is made for grouping revisions; else what the document says it is an update of; else its own id.
    """
    key = docdata.child("du-key")
    if key and (name := key.attribute("key")):
        part = key.attribute("part").lstrip("0")
        day = "" if len(name) >= _STEADY_KEY else dates_day(_norm(docdata, "date.issue"))
        number = key.attribute("version", "generation")
        is_plain = number.isascii() and number.isdecimal() and len(number) <= _MOST_DIGITS
        return "|".join(filter(None, (name, part, day))), int(number) if is_plain else None
    idref_meaning = docdata.attribute("management-idref-status")
    own_meaning = docdata.attribute("management-status").lower()
    updates = docdata.attribute("management-doc-idref")
    if updates and (not idref_meaning or idref_meaning.lower() == (own_meaning or "usable") or own_meaning[:6] == "cancel"):
        return updates, None
    return _attribute(docdata, "correction", "id-string") or _attribute(docdata, "doc-id", "id-string"), None


def dates_day(text: str) -> str:
    """The day of a date in UTC, for names that are reused; empty where it cannot be read."""
    moment = dates.parse(text)
    return moment.date().isoformat() if moment else ""
