from __future__ import annotations

import pytest

from services.ingest.core.draft import Unparseable
from services.ingest.core.formats import wire

ANPA = "\x16\x16\x01a1200\x1fharr-\r\nb i\x13\x11 BC-EU--Dam 11-24 0042\r\n\x02^Dam breaks<\r\n\tOne.\r\n\x03\r\n\x04"
IPTC = "\x01hra0123 4 pl 42 x\n\nDam/Harrow/\n\x02Dam bricht =\n\nIn Zürich.\n\x03\n241530 Nov 26\n\x04"


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
def test_several_messages(encoding: str) -> None:
    """A file holds messages of both forms, in either encoding, with idle characters between them."""
    drafts = list(wire.parse(f"\x00\n{ANPA}\x00\x7f\n{IPTC}".encode(encoding)))
    assert [(draft.headline, draft.paragraphs) for draft in drafts] == [
        ("Dam breaks", ("One.",)),
        ("Dam bricht", ("In Zürich.",)),
    ]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Dam breaks", "line 1"),
        (f"x{ANPA}", "line 1"),
        (f"{ANPA}\n\x01what is this\n", "line 7, field header"),
        (f"{IPTC}\n\x01hra0124 4 pl 42\n\x02 \n\x03", "line 10, field text"),
    ],
)
def test_refusals(text: str, where: str) -> None:
    """What is no message, or one without text, is refused with the line where it begins."""
    with pytest.raises(Unparseable) as error:
        list(wire.parse(text.encode()))
    assert error.value.where == where


def test_sniff() -> None:
    """The start of a header tells, whatever idles before it."""
    assert wire.sniff(ANPA.encode())
    assert wire.sniff(b"\x00\r\n" + IPTC.encode())
    assert not wire.sniff(b"\x89PNG\x01")
    assert not wire.sniff(b"hra0123 4 pl 42")
