"""An HTML document, as much of lxml as is needed, with types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import lxml.etree  # type: ignore[import-untyped]
import lxml.html  # type: ignore[import-untyped]

# lxml ships no types: its modules are used through names that ask for none.
_etree: Any = lxml.etree  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
_html: Any = lxml.html
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")


class Document:
    """A parsed document or fragment; parsing never reads anything from outside."""

    __slots__ = ("_root",)

    def __init__(self, root: Any) -> None:
        self._root: Any = root

    @classmethod
    def parse(cls, text: str) -> Document | None:
        """The document of the text; None where nothing in it can be read as HTML."""
        # A NUL ends libxml2's input. A parser keeps the state of its last run, so each call has its own.
        source = _XML_DECLARATION.sub("", text.replace("\x00", ""), count=1).encode("utf-8", "replace")
        parser: Any = _html.HTMLParser(encoding="utf-8", no_network=True)
        try:
            return cls(_html.document_fromstring(source, parser=parser))
        except (_etree.LxmlError, ValueError, AssertionError):
            return None

    def strings(self, path: str) -> tuple[str, ...]:
        """The strings that an XPath expression over attributes or text selects, in order."""
        return tuple(str(found) for found in self._root.xpath(path))

    def first(self, path: str) -> str:
        """The first of the strings that an XPath expression selects; empty where there is none."""
        return next(iter(self.strings(path)), "")

    def contents(self, path: str) -> tuple[str, ...]:
        """The whole text of each element that an XPath expression selects, in order."""
        return tuple(str(node.text_content()) for node in self._root.xpath(path))

    def attributes(self, tag: str) -> Iterator[dict[str, str]]:
        """The attributes of each element of that name, in order."""
        for node in self._root.iter(tag):
            # By pairs: looking up a name that is none, as `{x`, is an error.
            yield dict(node.attrib.items())

    def strip(self, tags: frozenset[str]) -> None:
        """Take out all comments and all elements of these names with what is in them; the text after them stays."""
        hidden = (_etree.Comment, _etree.ProcessingInstruction)
        _etree.strip_elements(self._root, *hidden, *sorted(tags), with_tail=False)

    def walk(self) -> Iterator[tuple[str, bool, str]]:
        """
        Tags in the order of the text, each with the text that follows it.

        Yields:
            Name, whether it opens, and the text up to the next tag.
        """
        for event, node in _etree.iterwalk(self._root, events=("start", "end")):
            opens = event == "start"
            name = node.tag if isinstance(node.tag, str) else ""
            yield name, opens, (node.text if opens else node.tail) or ""
