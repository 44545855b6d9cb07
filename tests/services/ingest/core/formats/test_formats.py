from __future__ import annotations

import pytest

from services.ingest.core import formats
from services.ingest.core.draft import TooLarge, UnknownFormat, Unparseable

STORY = b'{"headline":"Dam breaks"}'
ITEM = b'{"uri":"urn:1","headline":"Dam breaks","versioncreated":"2026-01-01T00:00:00Z"}'
PAGE = b"<html><head><title>Dam breaks</title></head><body><p>The dam broke on Sunday.</p></body></html>"
TEXT = b"Dam breaks\n\nThe northern dam broke on Sunday after a week of rain, officials said."


@pytest.mark.parametrize(
    ("raw", "content_type", "name"),
    [
        (STORY, "application/json", "json"),
        (STORY, "Application/JSON; charset=utf-8", "json"),
        (STORY, "application/x-ndjson", "json"),
        (STORY, None, "json"),
        (STORY, "text/plain", "json"),
        (STORY, "application/x-www-form-urlencoded", "json"),
        (ITEM, "application/json", "ninjs"),
        (ITEM, "application/ninjs+json", "ninjs"),
        (ITEM, None, "ninjs"),
        (PAGE, "text/html", "html"),
        (PAGE, None, "html"),
        (PAGE, "application/octet-stream", "html"),
        (TEXT, None, "text"),
        (TEXT, "text/plain", "text"),
    ],
)
def test_which_format(raw: bytes, content_type: str | None, name: str) -> None:
    """A content type that says something decides; one that says nothing leaves it to the bytes."""
    (draft,) = formats.parse(raw, content_type=content_type)
    assert draft.format == name


@pytest.mark.parametrize(
    ("raw", "content_type"),
    [(b"\x89PNG\r\n\x1a\n\x00\x00\x00", None), (STORY, "image/png"), (b"", None), (b"\x00" * 9, "text/plain")],
)
def test_unknown(raw: bytes, content_type: str | None) -> None:
    """What no parser knows is refused, with the formats that are known."""
    with pytest.raises(UnknownFormat, match=r"ninjs, json, html, text"):
        formats.parse(raw, content_type=content_type)


def test_a_known_type_with_other_bytes() -> None:
    """Bytes that do not keep to the declared type are refused as that type."""
    with pytest.raises(Unparseable, match=r"^json: "):
        formats.parse(PAGE, content_type="application/json")


def test_too_large() -> None:
    """More than a format allows is refused before it is read."""
    with pytest.raises(TooLarge):
        formats.parse(b"<html>" + b" " * 9_000_000, content_type="text/html")


def test_charset_parameter() -> None:
    """The charset of the content type is used."""
    (draft,) = formats.parse(
        '{"headline":"Zürich"}'.encode("latin-1"), content_type='application/json; charset="iso-8859-1"'
    )
    assert draft.headline == "Zürich"


def test_formats_have_names_of_their_own() -> None:
    """Each format has a name and a limit."""
    assert len({known.FORMAT for known in formats.FORMATS}) == len(formats.FORMATS)
    assert all(known.MAX_BYTES > 0 for known in formats.FORMATS)
