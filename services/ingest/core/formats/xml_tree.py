"""XML of strangers as a tree: no document type, no entities, nothing read from outside, a bounded depth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import lxml.etree  # type: ignore[import-untyped]

from services.ingest.core import dates
from services.ingest.core.draft import Unparseable
from services.ingest.core.formats import xml_text
from services.ingest.core.formats.fields import quoted

# lxml ships no types: it is used through a name that asks for none.
_etree: Any = lxml.etree  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]

ANY = "*"
"""In a table of prefixes: all namespaces that it does not name."""

_XML = "http://www.w3.org/XML/1998/namespace"


@dataclass(frozen=True, slots=True)
class _Document:
    """What all nodes of one document share."""

    format: str
    prefixes: Mapping[str, str]
    keys: dict[str, str] = field(default_factory=dict[str, str])
    """Keys that were worked out before, by lxml's name."""


class Node:
    """
    One element. Names are keys: `dc:date` by the document's table of prefixes, never by what the sender calls them.

    The namespace of the root, and names without one, have no prefix.
    """

    __slots__ = ("_document", "_element", "_fields")

    def __init__(self, element: Any, document: _Document) -> None:
        self._element: Any = element
        self._document = document
        self._fields: dict[str, list[Any]] | None = None

    @property
    def name(self) -> str:
        """Its key."""
        return _key(self._element.tag, self._document)

    @property
    def place(self) -> str:
        """`line 3`, counted from 1."""
        return f"line {self._element.sourceline}"

    @property
    def text(self) -> str:
        """All text in it, without markup, stripped."""
        element = self._element
        return ((element.text or "") if not len(element) else "".join(element.itertext())).strip()

    @property
    def language(self) -> str:
        """Its `xml:lang`, or that of what it is in; empty where there is none."""
        tag = f"{{{_XML}}}lang"
        element = self._element
        return element.get(tag) or next((found for up in element.iterancestors() if (found := up.get(tag))), "")

    def attribute(self, *names: str) -> str:
        """The first of the attributes that is there and not blank, stripped; else empty."""
        attributes = {_key(name, self._document): value for name, value in self._element.attrib.items()}
        return next((text for name in names if (text := attributes.get(name, "").strip())), "")

    def child(self, *keys: str) -> Node | None:
        """The first child of the first of the keys that there is a child of."""
        found = self._by_key()
        return next((Node(found[key][0], self._document) for key in keys if key in found), None)

    def children(self, *keys: str) -> tuple[Node, ...]:
        """The children of these keys, all of the first key first; all elements where no key is asked for."""
        if not keys:
            return tuple(Node(element, self._document) for element in self._element)
        found = self._by_key()
        return tuple(Node(element, self._document) for key in keys for element in found.get(key, ()))

    def value(self, *keys: str) -> str:
        """The text of the first child of these keys that has some; else empty."""
        found = self._by_key()
        if not any(key in found for key in keys):
            return ""
        return next((text for node in self.children(*keys) if (text := node.text)), "")

    def values(self, *keys: str) -> tuple[str, ...]:
        """The texts of all children of these keys that have some."""
        return tuple(text for node in self.children(*keys) if (text := node.text))

    def at(self, *path: str) -> Node | None:
        """The first node down a path of keys."""
        node: Node | None = self
        for key in path:
            node = node.child(key) if node is not None else None
        return node

    def descendants(self, *keys: str) -> Iterator[Node]:
        """All elements of these keys in it, itself included, in the order of the text."""
        for element in self._element.iter():
            if _key(element.tag, self._document) in keys:
                yield Node(element, self._document)

    def steps(self, silent: frozenset[str] = frozenset()) -> Iterator[tuple[str, bool, str]]:
        """
        Tags in the order of the text, each with the text that follows it, up to its own end.

        Args:
            silent: local names, lower case, of elements that are passed over with all that is in them.

        Yields:
            Local name in lower case, whether it opens, and the text up to the next tag.
        """
        walk = _etree.iterwalk(self._element, events=("start", "end"))
        for event, element in walk:
            opens = event == "start"
            name = element.tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(element.tag, str) else ""
            if opens and name in silent:
                walk.skip_subtree()
                yield name, True, ""
            elif not opens and element is self._element:
                yield name, False, ""
            else:
                yield name, opens, (element.text if opens else element.tail) or ""

    def wrong(self, field: str, what: str) -> Unparseable:
        """The error for one field, to be raised."""
        return Unparseable(self._document.format, f"{self.place}, field {field}", what)

    def moment(self, field: str, text: str) -> tuple[datetime | None, tuple[str, ...]]:
        """A date, and a doubt where there is one that cannot be read."""
        if not text:
            return None, ()
        moment = dates.parse(text)
        return moment, () if moment else (f"{self.place}: {field} {quoted(text)} is no date that can be read.",)

    def deadline(self, field: str, text: str) -> datetime | None:
        """
        A date that must not be misread, as an embargo; None where the text is empty.

        Raises:
            Unparseable: it cannot be read.
        """
        moment = dates.parse(text) if text else None
        if text and moment is None:
            raise self.wrong(field, f"{quoted(text)} is no date that can be read: send one as 2022-06-30T03:47:00Z.")
        return moment

    def _by_key(self) -> dict[str, list[Any]]:
        if self._fields is None:
            self._fields = {}
            for element in self._element:
                self._fields.setdefault(_key(element.tag, self._document), []).append(element)
        return self._fields


def parse(
    raw: bytes,
    *,
    format: str,  # noqa: A002 (a name in the error)
    charset: str | None = None,
    prefixes: Mapping[str, str] = MappingProxyType({}),
    lenient: bool = False,
) -> Node:
    """
    The root element.

    Args:
        raw: the document, of a size that the caller has bounded.
        format: named in errors.
        charset: what the transport declares.
        prefixes: by namespace, the prefixes that keys have; `ANY` for those that it does not name.
        lenient: read what is not well-formed as far as it goes, and bytes of no known encoding somehow.

    Raises:
        Unparseable: declares entities, is not well-formed, nested too deep or in the wrong encoding; names the line.
    """
    text = xml_text.read(raw, format=format, charset=charset, lenient=lenient)
    parser: Any = _etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=lenient,
        encoding="utf-8",
    )
    try:
        root: Any = _etree.fromstring(text.encode("utf-8", "replace"), parser)
    except _etree.XMLSyntaxError as error:
        raise _not_well_formed(error, format) from None
    if root is None or not isinstance(root.tag, str):
        raise Unparseable(format, "line 1", "has no element that can be read: send the whole document.")
    _etree.strip_tags(root, _etree.Entity)
    own = root.tag[1:].partition("}")[0] if root.tag.startswith("{") else ""
    return Node(root, _Document(format, MappingProxyType({**prefixes, own: "", _XML: "xml"})))


def _key(tag: Any, document: _Document) -> str:
    if not isinstance(tag, str):
        return ""
    key = document.keys.get(tag)
    if key is None:
        namespace, separator, local = tag.rpartition("}")
        prefixes = document.prefixes
        prefix = prefixes.get(namespace[1:], prefixes.get(ANY, "?")) if separator else ""
        key = document.keys[tag] = f"{prefix}:{local}" if prefix else local
    return key


def _not_well_formed(error: Any, format: str) -> Unparseable:  # noqa: A002 (a name in the error)
    line, column = error.position
    detail = str(error.msg or "empty").partition(", line ")[0]
    if "depth" in detail:
        return Unparseable(format, f"line {line}, column {column}", "is nested too deep: send at most 256 levels.")
    detail = detail[:1].lower() + detail[1:120]
    return Unparseable(format, f"line {line}, column {column}", f"is not well-formed XML ({detail}): send it whole.")
