"""
Wire text: ANPA 1312 and IPTC 7901 messages, framed by control characters, one or several in a file.

https://iptc.org/standards/iptc-7901/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.ingest.core import decoding
from services.ingest.core.draft import Draft, Unparseable
from services.ingest.core.formats import anpa, iptc7901

FORMAT = "wire"
MEDIA_TYPES = ("application/x-anpa1312", "text/x-anpa1312", "application/x-iptc7901", "text/x-iptc7901")
MAX_BYTES = 2 * 1024 * 1024

_START = "\x01"
_BETWEEN_MESSAGES = "\x00\x04\x16\x7f \t\r\n"
"""Idle characters of the line: NUL, EOT, SYN, DEL, white space."""

_SNIFF = re.compile(rb"[\x00\x04\x16\x7f\s]{0,64}\x01[!-~]{2,24}(?:\x1f|[ \t])")


def sniff(head: bytes) -> bool:
    """Whether the bytes begin with the start of a header, whatever idles before it."""
    return _SNIFF.match(head) is not None


def parse(raw: bytes, *, charset: str | None = None) -> Iterator[Draft]:
    """
    A draft for each message.

    Raises:
        Unparseable: no start of a header, a header that is neither form's, or a message without text; names the line.
    """
    text = decoding.decode(raw, charset=charset).replace("\r\n", "\n").replace("\r", "\n")
    before, *messages = text.split(_START)
    if before.strip(_BETWEEN_MESSAGES) or not messages:
        raise Unparseable(FORMAT, "line 1", "does not begin with a header (SOH, 0x01): send the framing too.")
    line = before.count("\n") + 1
    for message in messages:
        yield _draft(message, line)
        line += message.count("\n")


def _draft(message: str, line: int) -> Draft:
    if anpa.is_message(message):
        draft = anpa.read(message)
    elif iptc7901.is_message(message):
        draft = iptc7901.read(message)
    else:
        said = message[:60].partition("\n")[0]
        raise Unparseable(
            FORMAT,
            f"line {line}, field header",
            f"{said!a} is neither ANPA 1312 nor IPTC 7901: send service and number, or source, number, priority.",
        )
    if not draft.headline and not draft.paragraphs:
        raise Unparseable(FORMAT, f"line {line}, field text", "is empty: send a headline or text after STX (0x02).")
    return draft
