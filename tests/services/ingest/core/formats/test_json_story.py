from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from events.story import Notice, StoryStatus
from services.ingest.core.draft import Draft, Unparseable
from services.ingest.core.formats import json_story


def _one(**fields: object) -> Draft:
    (draft,) = json_story.parse(json.dumps(fields).encode())
    return draft


def test_the_documented_shape() -> None:
    """Every documented field arrives where it belongs."""
    draft = _one(
        id="r1",
        source="wire",
        published="2022-06-30T03:47Z",
        first_published="2022-06-29",
        headline="Dam breaks",
        body="One.\n\nTwo.",
        language="en",
        url="https://n.example/a",
        urgency=2,
        status="usable",
        section="world",
        keywords=["dam", "flood"],
        embargo="2022-07-01T00:00Z",
        dateline="GENEVA, June 30",
        unknown={"deep": [1]},
    )
    assert (draft.id, draft.source, draft.headline, draft.paragraphs) == ("r1", "wire", "Dam breaks", ("One.", "Two."))
    assert draft.published == datetime(2022, 6, 30, 3, 47, tzinfo=UTC)
    assert draft.first_published == datetime(2022, 6, 29, tzinfo=UTC)
    assert draft.embargo == datetime(2022, 7, 1, tzinfo=UTC)
    assert (draft.priority_scheme, draft.priority) == ("ninjs", "2")
    assert (draft.section, draft.keywords, draft.url) == ("world", ("dam", "flood"), "https://n.example/a")


def test_aliases() -> None:
    """Other common names of the same fields are read too."""
    draft = _one(title="Dam breaks", text="One.", time="1987-02-26T15:01:01", lang="de", id=7, urgency="u")
    assert (draft.headline, draft.paragraphs, draft.language, draft.id) == ("Dam breaks", ("One.",), "de", "7")
    assert draft.published == datetime(1987, 2, 26, 15, 1, 1, tzinfo=UTC)
    assert (draft.priority_scheme, draft.priority) == ("anpa", "u")


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("usable", (StoryStatus.USABLE, None, False)),
        ("withheld", (StoryStatus.WITHHELD, None, False)),
        ("canceled", (StoryStatus.CANCELED, Notice.KILL, False)),
        ("Cancelled", (StoryStatus.CANCELED, Notice.KILL, False)),
        ("test", (StoryStatus.USABLE, None, True)),
        ("", (StoryStatus.USABLE, None, False)),
        (None, (StoryStatus.USABLE, None, False)),
    ],
)
def test_status(status: str | None, meaning: tuple[StoryStatus, Notice | None, bool]) -> None:
    """Each status means what it says; none means usable."""
    draft = _one(headline="a", status=status)
    assert (draft.status, draft.notice, draft.test) == meaning


@pytest.mark.parametrize(
    "raw",
    [
        b'{"headline":"a"}\n{"headline":"b"}\n',
        b'\n{"headline":"a"}\r\n\r\n{"headline":"b"}',
        b'[{"headline":"a"},\n{"headline":"b"}]',
        b'\xef\xbb\xbf[{"headline":"a"},{"headline":"b"}]',
        b'\x1e{"headline":"a"}\n\x1e{"headline":"b"}\n',
        '[{"headline":"a"},{"headline":"b"}]'.encode("utf-16"),
    ],
)
def test_many(raw: bytes) -> None:
    """Lines, arrays and sequences of objects all give their stories in order."""
    assert [draft.headline for draft in json_story.parse(raw)] == ["a", "b"]
    assert json_story.sniff(raw)


def test_line_separators_inside_strings_part_nothing() -> None:
    """A JSON string may hold U+2028, which is no end of line in JSON lines."""
    raw = '{"headline":"a\u2028b"}\n{"headline":"c"}'.encode()
    assert [draft.headline for draft in json_story.parse(raw)] == ["a\u2028b", "c"]


@pytest.mark.parametrize(
    ("raw", "where", "what"),
    [
        (b"", "document", "empty"),
        (b"[]", "document", "at least one"),
        (b"[1]", "item 1", "a number"),
        (b'{"headline":"a"}\n"b"', "line 2", "a string"),
        (b'{"headline":"a"}\n{"headline":}', "line 2, column 13", "not valid JSON"),
        (b'{"headline":"a"}\n{"headline":5}', "line 2, field headline", "a number"),
        (b'{"headline":""}', "field headline", "missing"),
        (b'{"headline":"  ","body":"\\u200b"}', "field headline", "missing"),
        (b'{"headline":"a","published":1656560820}', "field published", "a number"),
        (b'{"headline":"a","urgency":[1]}', "field urgency", "a list"),
        (b'{"headline":"a","urgency":true}', "field urgency", "a boolean"),
        (b'{"headline":"a","keywords":{"a":1},"status":"live"}', "field status", "usable, withheld, canceled, test"),
        (b'{"headline":"a","keywords":[1]}', "field keywords", "strings"),
        (b'{"headline":"a","keywords":5}', "field keywords", "a number"),
        (b'{"headline":"a","test":"yes"}', "field test", "a string"),
        (b'{"headline":"a","embargo":"tomorrow"}', "field embargo", "no date"),
        (b'{"headline":"a","id":"a\\u0000b"}', "field id", "printable"),
        (b'{"headline":"\xff"}', "byte 13", "UTF-8"),
        (b'{"a":' * 100_000, "document", "too deep"),
        (b'{\n"headline": "a",\n}', "line 3", "not valid JSON"),
    ],
)
def test_refusals_name_the_place(raw: bytes, where: str, what: str) -> None:
    """What cannot be read is refused with its line, its field, and what is wrong."""
    with pytest.raises(Unparseable) as error:
        list(json_story.parse(raw))
    assert where in error.value.where
    assert what in error.value.what


def test_a_date_that_cannot_be_read_is_doubted() -> None:
    """A story is not lost for its date; its sender can be told."""
    draft = _one(headline="a", published="yesterday")
    assert draft.published is None
    assert "'yesterday'" in draft.doubts[0]


def test_html_bodies() -> None:
    """A body of HTML becomes paragraphs of text."""
    assert _one(headline="a", body="<p>One &amp; only.</p><p>Two.</p>").paragraphs == ("One & only.", "Two.")


def test_ninjs_items_among_stories() -> None:
    """An item of ninjs on a line is read as one."""
    draft = _one(uri="urn:1", headlines=[{"value": "a"}], versionCreated="2026-01-01T00:00:00Z")
    assert (draft.format, draft.headline, draft.guid) == ("ninjs", "a", "urn:1")


@pytest.mark.parametrize(
    ("head", "ours"), [(b' {"a"', True), (b"[1]", False), (b"[{", True), (b"<html", False), (b"", False)]
)
def test_sniff(head: bytes, *, ours: bool) -> None:
    """JSON begins with an object or a list of them."""
    assert json_story.sniff(head) is ours
