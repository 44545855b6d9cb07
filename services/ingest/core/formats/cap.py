"""
CAP, the Common Alerting Protocol 1.1 and 1.2: warnings of authorities.

https://docs.oasis-open.org/emergency/cap/v1.2/CAP-v1.2-os.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from events.story import Notice, StoryStatus
from services.ingest.core import clean, dates, ladder
from services.ingest.core.draft import Draft
from services.ingest.core.formats import xml_text, xml_tree
from services.ingest.core.formats.fields import quoted
from services.ingest.core.formats.xml_tree import ANY, Node

FORMAT = "cap"
MEDIA_TYPES = ("application/cap+xml", "application/common-alerting-protocol+xml", "application/xml", "text/xml")
MAX_BYTES = 2 * 1024 * 1024

_PREFIXES = MappingProxyType({ANY: ""})
_NAMESPACE = b"emergency:cap:1."
_TESTS = MappingProxyType({"Actual": False, "Exercise": True, "Test": True})
_NO_NEWS = MappingProxyType(
    {"Draft": "is a draft that is not to be acted on", "System": "is a message between alerting systems"}
)
_KINDS = ("Alert", "Update", "Cancel")
_MOST_AREAS = 200
_MOST_REFERENCES = 1000


@dataclass(frozen=True, slots=True)
class _Identity:
    """What names an alert for ever: who sent it, and the sender's identifier."""

    sender: str
    identifier: str
    sent: str

    def __str__(self) -> str:
        """As one identifier."""
        return f"{self.sender},{self.identifier}"


def sniff(head: bytes) -> bool:
    """Whether the root element is `alert`, of CAP's namespace."""
    plain = head.replace(b"\x00", b"") if b"\x00" in head[:64] else head
    return xml_text.root_name(head) == "alert" and _NAMESPACE in plain


def parse(raw: bytes, *, charset: str | None = None) -> Iterator[Draft]:
    """
    The draft of the alert, in English where it has that, else in its first language.

    An update or cancellation is a revision of the earliest alert that it refers to.

    Raises:
        Unparseable: no XML, not CAP, a field missing or of an unknown value, or a message that is no news; names both.
    """
    root = xml_tree.parse(raw, format=FORMAT, charset=charset, prefixes=_PREFIXES)
    if root.name != "alert":
        raise root.wrong(root.name, "is no CAP: send a document whose root is alert.")
    own = _Identity(_required(root, "sender"), _required(root, "identifier"), _required(root, "sent"))
    kind = _known(root, "msgType", _KINDS)
    test = _TESTS[_known(root, "status", tuple(_TESTS))]
    infos = _infos(root)
    info = infos[0] if infos else None
    identity = own if kind == "Alert" else _earliest(root)
    sent, doubts = root.moment("sent", own.sent)
    yield Draft(
        format=FORMAT,
        guid=str(identity),
        source=identity.sender,
        headline=_headline(root, info, kind),
        paragraphs=_paragraphs(infos),
        url=(info.value("web") if info else "") or None,
        published=sent,
        language=_language(info) if info else None,
        status=_status(root, kind),
        test=test,
        notice=Notice.KILL if kind == "Cancel" else None,
        priority=_code(info) if info else None,
        priority_scheme=ladder.CAP.scheme,
        slug=(info.value("event") if info else "") or None,
        byline=(info.value("senderName") if info else "") or None,
        editorial_note=root.value("note") or None,
        keywords=tuple(dict.fromkeys(word for each in infos for word in each.values("event", "category"))),
        doubts=doubts,
    )


def _required(root: Node, field: str) -> str:
    text = clean.line(root.value(field))
    if not text:
        raise root.wrong(field, "is missing: send it, not empty.")
    return text


def _known(root: Node, field: str, known: tuple[str, ...]) -> str:
    text = _required(root, field)
    node = root.child(field) or root
    if text in _NO_NEWS and field == "status":
        raise node.wrong(field, f"{text!r} {_NO_NEWS[text]}: send Actual, Exercise or Test.")
    if text not in known:
        raise node.wrong(field, f"{quoted(text)} is not one of {', '.join(known)}: send one of these.")
    return text


def _earliest(root: Node) -> _Identity:
    """
    The alert that all others revise: of those that are referred to, the one that was sent first.

    Raises:
        Unparseable: nothing is referred to, or not as `sender,identifier,sent`.
    """
    node = root.child("references") or root
    found = [
        _Identity(*parts) for word in root.value("references").split()[:_MOST_REFERENCES] if (parts := _triple(word))
    ]
    if not found:
        raise node.wrong("references", "names no earlier alert: send at least one as sender,identifier,sent.")
    moments = [(dates.parse(each.sent), each) for each in found]
    dated = [(moment, index, each) for index, (moment, each) in enumerate(moments) if moment]
    return min(dated)[2] if len(dated) == len(found) else found[0]


def _triple(word: str) -> tuple[str, str, str] | None:
    sender, first, rest = word.partition(",")
    identifier, second, sent = rest.rpartition(",")
    return (sender, identifier, sent) if first and second and sender and identifier else None


def _infos(root: Node) -> tuple[Node, ...]:
    """The blocks of the language that is read, the gravest first: English, else that of the first block."""
    every = root.children("info")
    english = tuple(info for info in every if _language(info).lower().startswith("en"))
    chosen = english or tuple(info for info in every if _language(info) == _language(every[0]))
    return tuple(sorted(chosen, key=lambda info: _rank(_code(info))))


def _language(info: Node) -> str:
    # CAP 1.2, 3.2.2: where none is given, en-US.
    return info.value("language") or "en-US"


def _code(info: Node) -> str:
    return "/".join(info.value(field) or "Unknown" for field in ("severity", "urgency", "certainty"))


def _rank(code: str) -> int:
    severity = ladder.CAP.severity(code)
    return 5 if severity is None else severity.rank


def _status(root: Node, kind: str) -> StoryStatus:
    if kind == "Cancel":
        return StoryStatus.CANCELED
    # Restricted and private alerts are for those whom they name, not for the public.
    return StoryStatus.USABLE if root.value("scope") in {"Public", ""} else StoryStatus.WITHHELD


def _headline(root: Node, info: Node | None, kind: str) -> str:
    if info and (headline := info.value("headline")):
        return headline
    event = info.value("event") if info else ""
    areas = _areas((info,))[:3] if info else ()
    told = f"{event}: {', '.join(areas)}" if event and areas else event
    cancelled = f"Alert {root.value('identifier')} of {root.value('sender')} cancels an earlier one"
    return told or clean.first_sentence(root.value("note")) or (cancelled if kind == "Cancel" else "")


def _paragraphs(infos: tuple[Node, ...]) -> tuple[str, ...]:
    if not infos:
        return ()
    info = infos[0]
    areas = _areas(infos)
    expires = dates.parse(info.value("expires"))
    return (
        *clean.paragraphs(info.value("description")),
        *clean.paragraphs(info.value("instruction")),
        *((f"Areas: {'; '.join(areas)}.",) if areas else ()),
        *((f"Expires: {expires:%Y-%m-%d %H:%M} UTC.",) if expires else ()),
    )


def _areas(infos: tuple[Node, ...]) -> tuple[str, ...]:
    names = (clean.line(name) for info in infos for area in info.children("area") for name in area.values("areaDesc"))
    return tuple(dict.fromkeys(filter(None, names)))[:_MOST_AREAS]
