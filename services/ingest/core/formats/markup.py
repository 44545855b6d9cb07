"""HTML inside a field: its paragraphs as plain text."""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

from services.ingest.core import clean

_MARKUP = re.compile(
    r"\s*<(?:p|div|h[1-6]|ul|ol|br|blockquote|article|section|body|html|span|b|strong|em|i|a)\b[^>]*>", re.I
)
_BLOCKS = frozenset(
    "p div h1 h2 h3 h4 h5 h6 li ul ol blockquote article section pre table tr td th dd dt dl header footer main hr "
    "address fieldset form body html".split()
)
_SILENT = frozenset("script style noscript iframe object embed figure figcaption template svg video audio".split())


def is_markup(text: str) -> bool:
    """Whether a field that may be plain text or HTML is HTML: it starts with a tag of running text, or holds `</p>`."""
    return _MARKUP.match(text) is not None or "</p>" in text


def paragraphs(fragment: str) -> tuple[str, ...]:
    """The paragraphs of an HTML fragment; scripts, figures and their captions are left out."""
    # A NUL ends libxml2's input, and an XML declaration in a str is an error to lxml.
    text = re.sub(r"^\s*<\?xml[^>]*>", "", fragment.replace("\x00", ""))
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=_parser())
    except (etree.LxmlError, ValueError, AssertionError):
        return clean.paragraphs(re.sub(r"<[^>]*>", " ", text))
    etree.strip_elements(root, *_SILENT, with_tail=False)
    found: list[str] = []
    current: list[str] = []
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if node.tag in _BLOCKS:
            _close(current, found)
        if event == "start":
            if node.tag == "br":
                _break(current, found)
            current.append(node.text or "")
        else:
            current.append(node.tail or "")
    _close(current, found)
    return tuple(found)


def _parser() -> lxml_html.HTMLParser:
    # A parser keeps the state of its last run, so each call has its own.
    return lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)


def _break(current: list[str], found: list[str]) -> None:
    # One line break is a space, a second one a new paragraph.
    if current and current[-1] == "\n":
        _close(current, found)
    else:
        current.append("\n")


def _close(current: list[str], found: list[str]) -> None:
    text = clean.line("".join(current))
    current.clear()
    if text:
        found.append(text)
