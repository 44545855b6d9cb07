from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.story import Story, StoryIngested
from services.ingest.core import receive
from services.ingest.core.draft import Refused, Unparseable

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIXTURES = sorted((Path(__file__).parent / "formats" / "fixtures").rglob("*.*"))
LONGEST = 1.0
"""Seconds of processor time that one document may take."""

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


# fmt: off
_tokens = st.sampled_from((
    b"<", b">", b"</", b"/>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?", b"&amp;", b"&nbsp;", b"&#0;", b"&#xD800;",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"<!DOCTYPE rss>", b"xmlns=''", b" xml:lang=''", b'"', b"'", b"\x00", b"\xff",
    b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\x01", b"\x02", b"\x03", b"\x1f", b"\r\n", b"^", b"\t", b"{", b"}", b"[", b"]",
    b",", b"null", b"1e999", b"-1", b"9" * 400, b" " * 2000, b"a" * 2000, b"<p>" * 300, b"0001-01-01",
    b"9999-12-31T23:59:59Z",
))
# fmt: on
_mutations = st.lists(
    st.tuples(st.integers(0, 9999), st.integers(0, 400), st.just(b"") | _tokens | st.binary(max_size=4)), max_size=6
)


def _mutated(raw: bytes, mutations: list[tuple[int, int, bytes]]) -> bytes:
    """Each mutation replaces a slice, at some ten-thousandth of the document, with a token."""
    for position, length, token in mutations:
        start = position * len(raw) // 10_000
        raw = raw[:start] + token + raw[start + length :]
    return raw


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(path=st.sampled_from(FIXTURES), mutations=_mutations, lengthen=st.booleans())
def test_mutated_documents(path: Path, mutations: list[tuple[int, int, bytes]], *, lengthen: bool) -> None:
    """A damaged document of any format is read or refused, nothing else, and in a bounded time."""
    raw = _mutated(path.read_bytes(), mutations)
    raw = raw * 5 if lengthen else raw
    started = time.process_time()
    found = _taken_in(raw, None)
    assert time.process_time() - started < LONGEST
    for story in found:
        assert StoryIngested.model_validate_json(StoryIngested(story=story).model_dump_json()).story == story


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
