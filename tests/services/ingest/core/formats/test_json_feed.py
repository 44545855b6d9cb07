from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from services.ingest.core.draft import Draft, Unparseable
from services.ingest.core.formats import json_feed

VERSION = "https://jsonfeed.org/version/1.1"


def _parse(*items: object, **fields: object) -> list[Draft]:
    return list(json_feed.parse(json.dumps({"version": VERSION, "items": list(items)} | fields).encode()))


def test_item() -> None:
    """Title, text, address, dates, language, authors and tags arrive; without an id of its own the address names it."""
    (draft,) = _parse(
        {
            "id": "https://n.example/1",
            "url": "http://n.example:80/1",
            "title": "Dam breaks",
            "content_html": "<p>One.</p><p>Two.</p>",
            "date_published": "2026-11-24T06:00:00Z",
            "date_modified": "2026-11-24T07:00:00Z",
            "tags": ["dams"],
        },
        language="en-GB",
        authors=[{"name": "Ada"}, {"url": "x"}, {"name": "Bo"}],
    )
    assert (draft.headline, draft.paragraphs, draft.byline) == ("Dam breaks", ("One.", "Two."), "Ada, Bo")
    assert draft.published == datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert draft.first_published == datetime(2026, 11, 24, 6, tzinfo=UTC)
    assert (draft.guid, draft.language, draft.keywords) == ("https://n.example/1", "en-GB", ("dams",))


@pytest.mark.parametrize(
    ("fields", "guid", "url"),
    [
        (
            {"id": "https://n.example/1", "url": "https://n.example/1?utm_source=x"},
            None,
            "https://n.example/1?utm_source=x",
        ),
        ({"id": "https://n.example/1#v2"}, "https://n.example/1", "https://n.example/1#v2"),
        ({"id": 17, "external_url": "https://o.example"}, "17", "https://o.example"),
        ({}, None, None),
    ],
)
def test_identity(fields: dict[str, object], guid: str | None, url: str | None) -> None:
    """An id that is the address in another spelling is none of its own; its fragment counts revisions."""
    (draft,) = _parse({"title": "a"} | fields)
    assert (draft.guid, draft.url) == (guid, url)


def test_text() -> None:
    """Plain text and summaries stand in, an old single author too; an item of nothing is passed over."""
    drafts = _parse(
        {"content_text": "One.\n\nTwo.", "author": {"name": "Ada"}},
        {"summary": "Short.", "language": "de"},
        {"id": "3", "image": "a.png"},
    )
    assert [(draft.paragraphs, draft.byline, draft.language) for draft in drafts] == [
        (("One.", "Two."), "Ada", None),
        (("Short.",), None, "de"),
    ]


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (b'{"version":"https://jsonfeed.org/version/1"}', "field items"),
        (b'{"items":[1]}', "field items"),
        (b'{"items":[{"title":1}]}', "item 1, field title"),
        (b'{"items":[' + b"{}," * 10_000 + b"{}]}", "field items"),
        (b'{"items":', "line 1"),
    ],
)
def test_refusals(raw: bytes, where: str) -> None:
    """What is no feed is refused with item and field."""
    with pytest.raises(Unparseable) as error:
        list(json_feed.parse(raw))
    assert where in error.value.where


def test_sniff() -> None:
    """The version tells, escaped slashes or not."""
    assert json_feed.sniff(b'{"version": "https://jsonfeed.org/version/1"}')
    assert json_feed.sniff(b'{"version": "https:\\/\\/jsonfeed.org\\/version\\/1"}')
    assert not json_feed.sniff(b'{"version": "1"}')
