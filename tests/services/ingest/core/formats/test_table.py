from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.story import Notice, Story, StoryStatus
from services.ingest.core import formats, receive

FIXTURES = Path(__file__).parent / "fixtures"
AT = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
RELEASE = datetime(2026, 11, 24, 18, tzinfo=UTC)
KINDS = ("first", "revision", "correction", "kill", "embargo", "test")


@dataclass(frozen=True)
class Row:
    """How one format says each kind of message: the field, or `wording`; a sentence in `cannot` where it cannot."""

    format: str
    """The draft's."""
    content_type: str | None
    first: str
    revision: str = ""
    correction: str = ""
    kill: str = ""
    embargo: str = ""
    test: str = ""
    cannot: tuple[tuple[str, str], ...] = ()


NO_EMBARGO = ("embargo", "what it lists is public already, and it has no field to hold anything back")
TABLE = {
    "newsml-g2": Row(
        "newsml-g2",
        "application/vnd.iptc.g2.newsmessage+xml",
        first="newsItem",
        revision="guid, version",
        correction="signal sig:correction",
        kill="pubStatus stat:canceled",
        embargo="embargoed",
        test="signal sig:test",
    ),
    "nitf": Row(
        "nitf",
        "text/vnd.iptc.nitf",
        first="nitf",
        revision="du-key version",
        correction="docdata/correction",
        kill="management-status canceled",
        embargo="date.release",
        test="ed-msg msg-type",
    ),
    "anpa": Row(
        "wire",
        None,
        first="slug line",
        revision="slug line, 1st Ld-Writethru",
        correction="slug line, CORRECTIVE",
        kill="slug line, KILL",
        embargo="hold for release",
        test="wording",
    ),
    "iptc7901": Row(
        "wire",
        "text/plain",
        first="slug line",
        revision="slug line",
        correction="slug line, Correction",
        kill="slug line, KILL",
        embargo="embargoed until",
        test="wording",
    ),
    "rss": Row(
        "feed",
        "application/rss+xml",
        first="item",
        revision="guid, atom:updated",
        correction="wording",
        kill="wording",
        test="wording",
        cannot=(NO_EMBARGO,),
    ),
    "atom": Row(
        "feed",
        "application/atom+xml",
        first="entry",
        revision="id, updated",
        correction="wording",
        kill="at:deleted-entry",
        test="wording",
        cannot=(NO_EMBARGO,),
    ),
    "json-feed": Row(
        "json-feed",
        "application/feed+json",
        first="item",
        revision="id, date_modified",
        correction="wording",
        kill="wording",
        test="wording",
        cannot=(NO_EMBARGO,),
    ),
    "cap": Row(
        "cap",
        "application/cap+xml",
        first="Alert",
        revision="Update, references",
        correction="Update, references, note",
        kill="Cancel, references",
        test="status Test",
        cannot=(("embargo", "a warning is for now: effective says when it applies, not when it may be told"),),
    ),
    "sitemap": Row(
        "sitemap",
        "application/xml",
        first="news:title",
        revision="loc, lastmod",
        correction="wording",
        kill="wording",
        test="wording",
        cannot=(NO_EMBARGO,),
    ),
    "ninjs": Row(
        "ninjs",
        "application/ninjs+json",
        first="item",
        revision="uri, version",
        correction="edNote",
        kill="pubStatus canceled",
        embargo="embargoedUntil",
        test="wording",
    ),
    "json": Row(
        "json",
        "application/json",
        first="object",
        revision="id, version",
        correction="signals",
        kill="status canceled",
        embargo="embargo",
        test="status test",
    ),
    "html": Row(
        "html",
        "text/html",
        first="page",
        revision="canonical address, dateModified",
        correction="wording",
        kill="wording",
        test="wording",
        cannot=(NO_EMBARGO,),
    ),
    "text": Row(
        "text",
        None,
        first="text",
        test="wording",
        cannot=(
            ("revision", "a text has no identifier: another text is another story, and clustering joins them"),
            ("correction", "a text has no identifier; its wording is read (test_notices), of a story of its own"),
            ("kill", "a text has no identifier; its wording is read (test_notices), of a story of its own"),
            ("embargo", "a text has no field to hold it back"),
        ),
    ),
}
CELLS = [(name, kind) for name, row in TABLE.items() for kind in KINDS if kind not in dict(row.cannot)]


def _story(name: str, kind: str) -> Story:
    (path,) = (FIXTURES / name).glob(f"{kind}.*")
    (story,) = receive.stories(path.read_bytes(), content_type=TABLE[name].content_type, source="desk", at=AT)
    return story


def test_every_format_is_in_the_table() -> None:
    """No format is left out, and each says of each kind of message how it tells it or why it cannot."""
    assert {row.format for row in TABLE.values()} == {known.FORMAT for known in formats.FORMATS}
    for name, row in TABLE.items():
        cannot = dict(row.cannot)
        for kind in KINDS:
            assert bool(getattr(row, kind)) != (kind in cannot), f"{name}, {kind}: say how, or why not"
            assert bool(list((FIXTURES / name).glob(f"{kind}.*"))) != (kind in cannot), f"{name}, {kind}: a fixture"


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("content_type", [None, "text/plain", "application/octet-stream"])
def test_each_format_is_known_by_its_bytes(name: str, content_type: str | None) -> None:
    """Without a content type that says something, the bytes tell the same format."""
    (path,) = (FIXTURES / name).glob("first.*")
    drafts = formats.parse(path.read_bytes(), content_type=content_type)
    assert [draft.format for draft in drafts] == [TABLE[name].format]


@pytest.mark.parametrize("name", ["newsml-g2", "nitf", "cap", "sitemap", "rss", "atom"])
@pytest.mark.parametrize("content_type", ["application/xml", "text/xml; charset=utf-8"])
def test_xml_of_no_more_than_that_is_told_by_its_root(name: str, content_type: str) -> None:
    """The content type that all share leaves it to the root element."""
    (path,) = (FIXTURES / name).glob("first.*")
    assert [draft.format for draft in formats.parse(path.read_bytes(), content_type=content_type)] == [
        TABLE[name].format
    ]


@pytest.mark.parametrize("name", TABLE)
def test_first_report(name: str) -> None:
    """A first report is usable, with headline and text as written, furniture left out."""
    story = _story(name, "first")
    assert story.headline == "Dam breaks above Northwick, thousands told to leave"
    assert (story.status, story.notice, story.test, story.embargo) == (StoryStatus.USABLE, None, False, None)
    assert story.language.startswith("en")
    if name != "sitemap":
        assert story.body.startswith("NORTHWICK")
        assert "the bridge at Northwick was closed." in story.body
        assert not any(word in story.body for word in ("appeared first", "from the air", "Ada Writer", "not intended"))
    if name != "text":
        assert story.published == datetime(2026, 11, 24, 6, 15, tzinfo=UTC)


@pytest.mark.parametrize(("name", "kind"), [cell for cell in CELLS if cell[1] in {"revision", "correction", "kill"}])
def test_what_follows_is_of_the_same_story(name: str, kind: str) -> None:
    """Revision, correction and kill carry the identity of the first report, later, and say what they are."""
    first, later = _story(name, "first"), _story(name, kind)
    assert (later.id, later.source) == (first.id, first.source)
    assert later.digest != first.digest
    assert later.published > first.published
    assert later.version >= first.version
    meant = {"revision": None, "correction": Notice.CORRECTION, "kill": Notice.KILL}[kind]
    assert later.notice is meant
    assert later.status is (StoryStatus.CANCELED if kind == "kill" else StoryStatus.USABLE)
    assert not later.test


@pytest.mark.parametrize("name", [name for name, kind in CELLS if kind == "embargo"])
def test_embargo(name: str) -> None:
    """The moment of release is read to the second, and the story waits for that alone."""
    story = _story(name, "embargo")
    assert (story.embargo, story.status, story.notice) == (RELEASE, StoryStatus.USABLE, None)


@pytest.mark.parametrize("name", [name for name, kind in CELLS if kind == "test"])
def test_test(name: str) -> None:
    """A test is marked as one, and is no revision of the real thing."""
    story = _story(name, "test")
    assert story.test
    assert story.id != _story(name, "first").id
