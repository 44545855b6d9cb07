"""The text of an XML document of strangers, ready to be parsed: decoded, and without its document type."""

from __future__ import annotations

import html.entities
import re

from services.ingest.core import decoding
from services.ingest.core.draft import Unparseable

# Possessive, so that a prolog of many comments is tried in one way only.
_BEFORE = r"\A(?>\s+|<\?.*?\?>|<!--.*?-->)*+"
_DOCTYPE = re.compile(rf"(?s)({_BEFORE})<!DOCTYPE(?>[^<>\"'\[]|\"[^\"]*\"|'[^']*')*+(\[)?")
_ROOT = re.compile(
    rf"(?s){_BEFORE}(?:<!DOCTYPE(?>[^<>\"'\[]|\"[^\"]*\"|'[^']*')*+(?:\[[^\]]*\]\s*)?>)?"
    rf"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<(?:[\w.-]{{1,64}}:)?([A-Za-z_][\w.-]{{0,64}})"
)
_DECLARATION = re.compile(r"\A\s*<\?xml\s[^>]{0,300}?\?>")
_ENCODING = re.compile(rb"\A\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']\s*([A-Za-z0-9._:-]{1,40})\s*[\"']")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_BARE_AMPERSAND = re.compile(r"&(?!#[0-9]{1,7};|#x[0-9A-Fa-f]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
_NUMBERED = re.compile(r"&#(?:[xX]([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_LAST = 0x10FFFF
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})


def read(raw: bytes, *, format: str, charset: str | None = None, lenient: bool = False) -> str:  # noqa: A002 (a name in the error)
    """
    The text, its lines counting as in the bytes.

    Args:
        raw: the document.
        format: named in errors.
        charset: what the transport declares.
        lenient: make well-formed what can be, and read bytes of no known encoding somehow.

    Raises:
        Unparseable: the bytes are not of their encoding, or the document type declares something; names the line.
    """
    text, has_doctype = _without_doctype(_decoded(raw, format, charset, lenient=lenient), format)
    if lenient:
        text = _BARE_AMPERSAND.sub("&amp;", _NUMBERED.sub(_numbered, _NO_XML.sub("", text)))
    if lenient or has_doctype:
        # HTML's entities are those that the document types of NITF and RSS 0.91 declare.
        text = _NAMED.sub(_character, text)
    return text


def root_name(head: bytes) -> str:
    """The local name of the root element of what begins like this; empty where it is no XML."""
    start = head.replace(b"\x00", b"") if b"\x00" in head[:64] else head
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n")
    if not start.startswith(b"<"):
        return ""
    match = _ROOT.match(start.decode("latin-1"))
    return match[1] if match else ""


def _decoded(raw: bytes, format: str, charset: str | None, *, lenient: bool) -> str:  # noqa: A002 (a name in the error)
    declared = _ENCODING.match(raw.removeprefix(b"\xef\xbb\xbf"))
    inner = declared[1].decode("ascii") if declared else None
    if raw.startswith((b"<\x00", b"\x00<")):
        charset, inner = ("utf-16-le" if raw.startswith(b"<") else "utf-16-be"), None
    # Servers declare Latin-1 for everything; the document knows better.
    meant = inner if inner and (charset is None or decoding.known_charset(charset) == "windows-1252") else charset
    try:
        text = decoding.decode_strictly(raw, charset=meant)
    except UnicodeDecodeError as error:
        if not lenient:
            line = raw.count(b"\n", 0, error.start) + 1
            raise Unparseable(
                format, f"line {line}", f"holds bytes that are not {error.encoding}: declare the encoding that is used."
            ) from None
        text = decoding.decode(raw, charset=meant)
    return text


def _without_doctype(text: str, format: str) -> tuple[str, bool]:  # noqa: A002 (a name in the error)
    """The text without XML declaration and document type, lines counting as before; whether there was a type."""
    if declaration := _DECLARATION.match(text):
        text = "\n" * declaration[0].count("\n") + text[declaration.end() :]
    match = _DOCTYPE.match(text)
    if match is None:
        return text, False
    line = text.count("\n", 0, match.end()) + 1
    if match[2]:
        raise Unparseable(
            format, f"line {line}", "declares entities or elements of its own (<!DOCTYPE … [): send it without."
        )
    if text[match.end() : match.end() + 1] != ">":
        raise Unparseable(format, f"line {line}", "has a document type (<!DOCTYPE) without an end: send it without.")
    lines = "\n" * text.count("\n", match.end(1), match.end())
    return match[1] + lines + text[match.end() + 1 :], True


def _character(match: re.Match[str]) -> str:
    name = match[1]
    return match[0] if name in _OF_XML else html.entities.html5.get(f"{name};", "")


def _numbered(match: re.Match[str]) -> str:
    # Some of those that XML does not have get past libxml2 when it recovers, and then break the tree.
    number = int(match[1], 16) if match[1] else int(match[2])
    return "" if number > _LAST or _NO_XML.match(chr(number)) else match[0]
