"""HTML inside a field: its paragraphs as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from services.ingest.core import clean
from services.ingest.core.page.document import Document

_MARKUP = re.compile(
    r"\s*<(?:p|div|h[1-6]|ul|ol|br|blockquote|article|section|body|html|span|b|strong|em|i|a)\b[^>]*>", re.IGNORECASE
)
_MOST_STEPS = 200_000
"""A body of the most characters that are kept has fewer tags than this; what is beyond is not looked at."""

_LINE_BREAK = "\v"
"""Stands for `<br>` until white space is cleaned: line breaks of the source mean nothing."""

_TAG = re.compile(r"<[^<>]*>")
# fmt: off
_BLOCKS = frozenset((
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "blockquote", "article", "section", "pre", "tr",
    "table", "td", "th", "dd", "dt", "dl", "header", "footer", "main", "hr", "address", "fieldset", "form", "body",
    "html",
))
SILENT = frozenset((
    "script", "style", "noscript", "iframe", "object", "embed", "figure", "figcaption", "template", "svg", "video",
    "audio", "head",
))
# fmt: on
"""Elements whose text is not part of the running text."""


def is_markup(text: str) -> bool:
    """Whether a field that may be plain text or HTML is HTML: it starts with a tag of running text, or holds `</p>`."""
    return _MARKUP.match(text) is not None or "</p>" in text


def paragraphs(fragment: str) -> tuple[str, ...]:
    """The paragraphs of an HTML fragment; scripts, figures and their captions are left out."""
    document = Document.parse(fragment)
    if document is None:
        return clean.paragraphs(_TAG.sub(" ", fragment))
    document.strip(SILENT)
    return joined(document.walk())


def joined(steps: Iterable[tuple[str, bool, str]], *, blocks: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """
    The paragraphs of a walk over markup, HTML's or another's.

    Args:
        steps: name, whether it opens, and the text up to the next tag.
        blocks: names that end a paragraph, beside HTML's own.
    """
    found: list[str] = []
    current: list[str] = []
    for name, opens, text in islice(steps, _MOST_STEPS):
        if name in _BLOCKS or name in blocks:
            _close(current, found)
        elif name == "br" and opens:
            _break(current, found)
        current.append(text)
    _close(current, found)
    return tuple(found)


def _break(current: list[str], found: list[str]) -> None:
    # One line break is a space, a second one a new paragraph.
    if "".join(current).rstrip(" \t\n").endswith(_LINE_BREAK):
        _close(current, found)
    else:
        current.append(_LINE_BREAK)


def _close(current: list[str], found: list[str]) -> None:
    text = clean.line("".join(current))
    current.clear()
    if text:
        found.append(text)
