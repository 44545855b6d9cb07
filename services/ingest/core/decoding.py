"""Bytes to text: by byte order mark, by the declared charset, as UTF-8, and at last as Windows-1252."""

from __future__ import annotations

import codecs

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_TEXT_CONTROLS = frozenset(b"\t\n\v\f\r\x1b")
_BINARY_SHARE = 0.02


def decode(raw: bytes, *, charset: str | None = None) -> str:
    """The text, whatever the bytes: what cannot be read becomes U+FFFD."""
    try:
        return decode_strictly(raw, charset=charset)
    except UnicodeDecodeError:
        pass
    if raw.count(b"\xc3") + raw.count(b"\xe2") > len(raw) // 100:
        return raw.decode("utf-8", "replace")
    return raw.decode("windows-1252", "replace")


def decode_strictly(raw: bytes, *, charset: str | None = None) -> str:
    """
    The text of bytes that keep to their byte order mark, to the declared charset, or to UTF-8.

    Raises:
        UnicodeDecodeError: they do not; says at which byte.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding)
    if charset and (known := known_charset(charset)):
        try:
            return raw.decode(known)
        except UnicodeDecodeError:
            if known == "utf-8":
                raise
    return raw.decode("utf-8")


def known_charset(charset: str) -> str | None:
    """Python's name of a text encoding; None for an unknown one and for those that are no charsets (`zip`, `rot13`)."""
    if not charset.isascii() or not charset.isprintable():
        return None
    try:
        info = codecs.lookup(charset)
    except (LookupError, ValueError):
        return None
    is_charset = getattr(info, "_is_text_encoding", True) and info.name not in {"idna", "punycode", "undefined"}
    # By the web's rules (WHATWG) Latin-1 means Windows-1252.
    name = "windows-1252" if info.name in {"iso8859-1", "ascii"} else info.name
    return name if is_charset and "escape" not in name else None


def is_binary(head: bytes) -> bool:
    """Whether the bytes are no text: control characters that no text has."""
    if any(head.startswith(mark) for mark, _ in _BYTE_ORDER_MARKS):
        return False
    controls = sum(byte < ord(" ") and byte not in _TEXT_CONTROLS for byte in head)
    return controls > len(head) * _BINARY_SHARE
