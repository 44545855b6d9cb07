from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from events.story import Notice, StoryStatus
from services.ingest.core.draft import Draft, Unparseable
from services.ingest.core.formats import ninjs

V1 = {
    "uri": "https://n.example/1",
    "type": "text",
    "version": "3",
    "versioncreated": "2026-01-02T03:04:05Z",
    "pubstatus": "usable",
    "urgency": 3,
    "language": "en",
    "headline": "Dam breaks",
    "body_html": "<p>One.</p><p>Two.</p>",
    "byline": "A. Writer",
    "slugline": "dam",
}
V2 = {
    "uri": "urn:2",
    "versioncreated": "2026-01-02T03:04:05Z",
    "embargoed": "2026-01-03T00:00:00Z",
    "pubstatus": "withheld",
    "urgency": 3.0,
    "ednote": "Corrects the name of the river",
    "headlines": [{"role": "short", "value": "Dam"}, {"role": "main", "value": "Dam breaks"}],
    "bodies": [
        {"role": "summary", "value": "Short."},
        {"role": "main", "contenttype": "text/html", "value": "<p>One.</p>"},
    ],
}
V3 = {
    "uri": "urn:3",
    "standard": {"name": "ninjs", "version": "3.1"},
    "versionCreated": "2026-01-02T03:04:05+01:00",
    "firstCreated": "2026-01-01T00:00:00Z",
    "embargoedUntil": "2026-01-03T00:00:00Z",
    "pubStatus": "canceled",
    "urgency": 1,
    "edNote": "A kill is mandatory.",
    "headlines": [{"value": "Dam breaks"}],
    "bodies": [{"contentType": "text/plain", "value": "One.\n\nTwo."}],
    "by": "A. Writer",
}
SUPERDESK = {
    "guid": "tag:desk:1",
    "headline": "Dam breaks",
    "body_html": "<p>One.</p>",
    "urgency": 3,
    "priority": 6,
    "signal": [{"name": "Correction", "code": "sig:correction"}],
    "evolvedfrom": "tag:desk:0",
    "source": "DESK",
    "versioncreated": "2026-01-02T03:04:05+0000",
}


def _one(item: dict[str, object]) -> Draft:
    (draft,) = ninjs.parse(json.dumps(item).encode())
    return draft


def test_version_1() -> None:
    """The flat fields of 1.x arrive."""
    draft = _one(V1)
    assert (draft.guid, draft.version, draft.headline) == ("https://n.example/1", 3, "Dam breaks")
    assert draft.paragraphs == ("One.", "Two.")
    assert (draft.priority_scheme, draft.priority, draft.slug, draft.byline) == ("ninjs", "3", "dam", "A. Writer")
    assert draft.url == "https://n.example/1"


def test_version_2() -> None:
    """The lower-case lists of 2.x arrive, the main ones first, and a whole float is its number."""
    draft = _one(V2)
    assert (draft.headline, draft.paragraphs, draft.priority) == ("Dam breaks", ("One.",), "3")
    assert draft.embargo == datetime(2026, 1, 3, tzinfo=UTC)
    assert (draft.status, draft.editorial_note) == (StoryStatus.WITHHELD, "Corrects the name of the river")


def test_version_3() -> None:
    """The camel-case fields of 3.x arrive."""
    draft = _one(V3)
    assert draft.published == datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)
    assert draft.first_published == datetime(2026, 1, 1, tzinfo=UTC)
    assert draft.embargo == datetime(2026, 1, 3, tzinfo=UTC)
    assert (draft.status, draft.notice) == (StoryStatus.CANCELED, Notice.KILL)
    assert draft.paragraphs == ("One.", "Two.")


def test_superdesk() -> None:
    """Superdesk's own priority goes before the urgency that it sends with everything."""
    draft = _one(SUPERDESK)
    assert (draft.guid, draft.source) == ("tag:desk:1", "DESK")
    assert (draft.priority_scheme, draft.priority) == ("superdesk", "6")
    assert draft.signals == ("sig:correction",)


@pytest.mark.parametrize(
    ("embargo", "status"), [("2026-01-03T00:00:00Z", StoryStatus.USABLE), (None, StoryStatus.WITHHELD)]
)
def test_embargoed_status(embargo: str | None, status: StoryStatus) -> None:
    """AP's status `embargoed` with a date waits for it; without one the story is held."""
    assert _one(V1 | {"pubstatus": "embargoed", "embargoed": embargo}).status is status


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"uri": None}, "field uri"),
        ({"uri": 5}, "field uri"),
        ({"pubstatus": "stat:lost"}, "field pubStatus"),
        ({"type": "planning"}, "field type"),
        ({"headline": "", "body_html": "<p> </p>"}, "field headline"),
        ({"headline": None, "headlines": "Dam"}, "field headlines"),
        ({"headline": None, "headlines": ["Dam"]}, "field headlines"),
        ({"headline": None, "headlines": [{"value": 1}]}, "field value"),
        ({"embargoed": "soon"}, "field embargoed"),
        ({"urgency": {}}, "field urgency"),
    ],
)
def test_refusals(change: dict[str, object], where: str) -> None:
    """A field of the wrong shape is refused by name."""
    with pytest.raises(Unparseable) as error:
        _one(V1 | change)
    assert where in error.value.where


@pytest.mark.parametrize("item", [V1, V2, V3, SUPERDESK])
def test_sniff(item: dict[str, object]) -> None:
    """Each version is known by its beginning, and our own shape is not taken for one."""
    assert ninjs.sniff(json.dumps(item).encode())
    assert not ninjs.sniff(b'{"id":"1","headline":"a","url":"https://n.example"}')
