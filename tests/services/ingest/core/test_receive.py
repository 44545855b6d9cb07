from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.story import Story, StoryIngested
from services.ingest.core import receive
from services.ingest.core.draft import Refused, Unparseable

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
CONTENT_TYPES = (
    None,
    "",
    "application/json",
    "application/x-ndjson",
    "text/html",
    "text/plain; charset=utf-16",
    "image/png",
)

_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
# fmt: off
_fields = st.sampled_from((
    "id", "uri", "guid", "headline", "headlines", "body", "bodies", "body_html", "published", "versionCreated", "url",
    "urgency", "priority", "status", "pubStatus", "embargo", "embargoed", "language", "keywords", "signal", "version",
))
# fmt: on
_objects = st.dictionaries(_fields, _values, max_size=8).map(lambda fields: json.dumps(fields).encode())
# fmt: off
_pieces = st.sampled_from((
    b"<html>", b"<p>", b"</p>", b"<h1>Dam breaks</h1>", b"<script type='application/ld+json'>", b"{", b"}", b"[", b'"',
    b":", b"headline", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\n\n", b"\xed\xa0\x80",
    b"The dam broke, officials said on Sunday. ",
))
# fmt: on
_soup = st.lists(_pieces | st.binary(max_size=8), max_size=20).map(b"".join)


def _taken_in(raw: bytes, content_type: str | None) -> list[Story]:
    try:
        return receive.stories(raw, content_type=content_type, source="wire", at=AT)
    except Refused:
        return []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200) | _objects | _soup, st.sampled_from(CONTENT_TYPES))
def test_any_bytes(raw: bytes, content_type: str | None) -> None:
    """Any bytes give stories that the contract can write down, or a declared refusal; the same each time."""
    found = _taken_in(raw, content_type)
    for story in found:
        assert story.headline
        assert StoryIngested.model_validate_json(StoryIngested(story=story).model_dump_json()).story == story
    assert _taken_in(raw, content_type) == found


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 200_000,
        b'{"headline":"a","body":' + b"[" * 200_000,
        b'{"headline":"\\ud800"}',
        b'{"headline":"a\\u0000b","urgency":1e999,"version":NaN}',
        b"<html>" + b"<div>" * 50_000,
        b"<html><p>" + b"&#0;&#xd800;" * 1000,
        b"\xff\xfe" + b"\x00\xd8" * 100,
        b'{"id":1' + b"0" * 5000 + b"}",
        b'{"headline":"a","language":"\\u0000"}',
        b"<" * 50_000,
    ],
)
def test_traps(raw: bytes) -> None:
    """Depth bombs, lone surrogates, NULs and absurd numbers end in a story or a declared refusal."""
    for story in _taken_in(raw, None):
        assert story.model_dump_json()


@pytest.mark.parametrize(
    ("raw", "content_type"),
    [
        (b'{"headline":"Dam breaks"}', "application/json"),
        (b"<html><title>Dam breaks</title><p>The dam broke on Sunday.</p></html>", "text/html"),
        (b"Northern dam breaks\n\nThe northern dam broke on Sunday, officials said.", None),
    ],
)
def test_one_story(raw: bytes, content_type: str | None) -> None:
    """Each format gives a story with a headline, dated by its arrival where it says nothing."""
    (story,) = receive.stories(raw, content_type=content_type, source="wire", at=AT)
    assert "dam breaks" in story.headline.lower()
    assert (story.source, story.published, story.first_seen) == ("wire", AT, AT)


def test_the_ladder_of_a_source() -> None:
    """The scheme that is asked for is used."""
    (story,) = receive.stories(
        b'{"headline":"a","urgency":2}', content_type=None, source="w", at=AT, scheme="superdesk"
    )
    assert story.raw_priority == "superdesk:2"


def test_nothing_visible() -> None:
    """A story whose text is all invisible is refused."""
    item = b'{"uri":"urn:1","versioncreated":"2026-01-01","headline":"","body_text":"\\u200b"}'
    with pytest.raises(Unparseable, match="visible"):
        receive.stories(item, content_type=None, source="wire", at=AT)
