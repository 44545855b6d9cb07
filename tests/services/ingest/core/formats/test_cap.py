from __future__ import annotations

from datetime import UTC, datetime

import pytest

from events.story import Notice, StoryStatus
from services.ingest.core.draft import Draft, Unparseable
from services.ingest.core.formats import cap

INFO = (
    "<info><category>Met</category><event>Flood</event><urgency>Expected</urgency><severity>Severe</severity>"
    "<certainty>Likely</certainty><headline>River rises</headline><description>One.\n\nTwo.</description>"
    "<area><areaDesc>Northwick</areaDesc></area><area><areaDesc>Harrow</areaDesc></area></info>"
)


def _text(infos: str = INFO, version: str = "1.2", **fields: str) -> str:
    known = {
        "identifier": "A2",
        "sender": "w@n.example",
        "sent": "2026-11-24T06:15:00-01:00",
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
    } | fields
    told = "".join(f"<{name}>{value}</{name}>\n" for name, value in known.items() if value)
    return f'<alert xmlns="urn:oasis:names:tc:emergency:cap:{version}">\n{told}{infos}</alert>'


def _one(text: str) -> Draft:
    (draft,) = cap.parse(text.encode())
    return draft


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_alert(version: str) -> None:
    """An alert is a story of its sender, its areas named, its three axes one code of the ladder."""
    draft = _one(_text(version=version))
    assert (draft.guid, draft.source, draft.headline) == ("w@n.example,A2", "w@n.example", "River rises")
    assert draft.paragraphs == ("One.", "Two.", "Areas: Northwick; Harrow.")
    assert (draft.priority_scheme, draft.priority) == ("cap", "Severe/Expected/Likely")
    assert draft.published == datetime(2026, 11, 24, 7, 15, tzinfo=UTC)
    assert (draft.language, draft.slug, draft.keywords) == ("en-US", "Flood", ("Flood", "Met"))
    assert (draft.status, draft.notice, draft.test) == (StoryStatus.USABLE, None, False)


def test_update_and_cancel() -> None:
    """Both are of the story of the earliest alert that they refer to, in whatever order; a cancellation kills it."""
    references = "w@n.example,A1,2026-11-24T06:00:00-01:00 o@n.example,A0,2026-11-24T05:00:00+01:00"
    update = _one(_text(msgType="Update", references=references, note="More rain"))
    assert (update.guid, update.source, update.notice) == ("o@n.example,A0", "o@n.example", None)
    assert update.editorial_note == "More rain"
    cancel = _one(_text("", msgType="Cancel", references=references, note="All safe. Go home."))
    assert (cancel.guid, cancel.status, cancel.notice) == ("o@n.example,A0", StoryStatus.CANCELED, Notice.KILL)
    assert cancel.headline == "All safe."
    assert "A2" in _one(_text("", msgType="Cancel", references=references)).headline


def test_references_without_dates() -> None:
    """Where a date cannot be read the first one named is taken for the earliest, and a damaged one is passed over."""
    references = "A9 w@n.example,A1,then w@n.example,A0,2026-11-24T05:00:00Z"
    assert _one(_text(msgType="Update", references=references)).guid == "w@n.example,A1"


@pytest.mark.parametrize(("status", "test"), [("Actual", False), ("Exercise", True), ("Test", True)])
def test_status(status: str, *, test: bool) -> None:
    """Tests and exercises are marked, so that they never alert anybody else."""
    assert _one(_text(status=status)).test is test


@pytest.mark.parametrize("scope", ["Restricted", "Private"])
def test_scope(scope: str) -> None:
    """What is not for the public is held."""
    assert _one(_text(scope=scope)).status is StoryStatus.WITHHELD


def test_languages() -> None:
    """One draft: in English where there is that, else in the first language, the gravest block first, areas of all."""
    welsh = INFO.replace("<info>", "<info><language>cy</language>").replace("River rises", "Afon")
    grave = INFO.replace("Severe", "Extreme").replace("River rises", "Dam breaks").replace("Northwick", "Lowick")
    assert _one(_text(welsh + INFO)).headline == "River rises"
    assert _one(_text(welsh)).language == "cy"
    both = _one(_text(INFO + grave))
    assert both.headline == "Dam breaks"
    assert both.paragraphs[-1] == "Areas: Lowick; Harrow; Northwick."


def test_what_stands_in() -> None:
    """Without a headline the event and its areas tell; the expiry is part of the text; missing axes are unknown."""
    info = "<info><event>Flood</event><expires>2026-11-24T18:00:00Z</expires><web>https://n.example</web>"
    draft = _one(_text(f"{info}<area><areaDesc>Northwick</areaDesc></area></info>"))
    assert (draft.headline, draft.url) == ("Flood: Northwick", "https://n.example")
    assert draft.paragraphs[-1] == "Expires: 2026-11-24 18:00 UTC."
    assert draft.priority == "Unknown/Unknown/Unknown"
    assert _one(_text(f"{info}<severity>Dire</severity></info>")).headline == "Flood"


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        (_text(identifier=""), "line 1, field identifier", "missing"),
        (_text(sender=""), "field sender", "missing"),
        (_text(status="Draft"), "line 5, field status", "draft"),
        (_text(status="System"), "field status", "alerting systems"),
        (_text(status="Real"), "field status", "not one of Actual, Exercise, Test"),
        (_text(msgType="Ack"), "field msgType", "not one of Alert, Update, Cancel"),
        (_text(msgType="Update"), "field references", "names no earlier alert"),
        (_text(msgType="Cancel", references="A1"), "line 8, field references", "names no earlier alert"),
        ("<warning/>", "field warning", "no CAP"),
    ],
)
def test_refusals(text: str, where: str, what: str) -> None:
    """What is no alert, or does not say of what, is refused with line and field."""
    with pytest.raises(Unparseable, match=what) as error:
        list(cap.parse(text.encode()))
    assert where in error.value.where


def test_sniff() -> None:
    """Root and namespace tell, in any encoding."""
    assert cap.sniff(_text().encode())
    assert cap.sniff(_text().encode("utf-16"))
    assert not cap.sniff(b"<alert/>")
