from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core import decoding


@pytest.mark.parametrize(
    ("raw", "charset", "text"),
    [
        ("Zürich".encode(), None, "Zürich"),
        ("Zürich".encode("utf-8-sig"), None, "Zürich"),
        ("Zürich".encode("utf-16"), None, "Zürich"),
        ("Zürich".encode("utf-32"), None, "Zürich"),
        ("Zürich".encode("windows-1252"), None, "Zürich"),
        ("Москва".encode("koi8-r"), "koi8-r", "Москва"),
        ("“quoted”".encode("windows-1252"), "iso-8859-1", "“quoted”"),
        ("Zürich".encode(), "no-such-charset", "Zürich"),
        ("Zürich".encode(), "rot13", "Zürich"),
    ],
)
def test_decode(raw: bytes, charset: str | None, text: str) -> None:
    """A mark goes before the declared charset, that before UTF-8, that before Windows-1252."""
    assert decoding.decode(raw, charset=charset) == text


@given(st.binary(), st.none() | st.text(max_size=12))
def test_any_bytes(raw: bytes, charset: str | None) -> None:
    """Any bytes become some text, whatever charset is claimed."""
    assert isinstance(decoding.decode(raw, charset=charset), str)


def test_strict_decoding_says_where() -> None:
    """Where bytes must be right, the error names the byte that is not."""
    with pytest.raises(UnicodeDecodeError) as error:
        decoding.decode_strictly(b"abc\xff")
    assert error.value.start == 3


@pytest.mark.parametrize(
    ("head", "binary"),
    [(b"text\n", False), ("日本".encode("utf-16"), False), (b"\x89PNG\r\n\x1a\n\x00\x00", True), (b"", False)],
)
def test_is_binary(head: bytes, *, binary: bool) -> None:
    """Bytes with control characters that no text has are no text, unless a mark says that they are UTF-16."""
    assert decoding.is_binary(head) is binary
