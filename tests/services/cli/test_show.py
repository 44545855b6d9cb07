from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from events.alert import Alert, AlertStatus
from events.story import EventId, Notice, Reason, Severity, Story, StoryId, StoryStatus, Verdict
from services.cli import show

_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
_STORY = Story(
    id=StoryId("s1"),
    source="Coast Wire",
    digest="d",
    headline="Quake [strikes] :coast: of Nowhere",
    language="en",
    published=_AT,
    first_seen=_AT,
)
_VERDICT = Verdict(
    story_id=StoryId("s1"),
    event_id=EventId("e1"),
    breaking=True,
    score=0.912,
    threshold=0.5,
    reasons=(
        Reason(signal="marker", weight=1.9, evidence="BREAKING [red]"),
        Reason(signal="age", weight=-0.25, evidence="2 h"),
    ),
)


def _shown(shows: Any, value: object) -> list[str]:
    file = io.StringIO()
    shows(Console(file=file, highlight=False, soft_wrap=True, markup=False, emoji=False, width=40), value)
    return file.getvalue().splitlines()


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({}, "story    Quake [strikes] :coast: of Nowhere  Coast Wire en"),
        ({"status": StoryStatus.WITHHELD}, "story    Quake [strikes] :coast: of Nowhere  Coast Wire en  withheld"),
        (
            {"status": StoryStatus.CANCELED, "notice": Notice.KILL},
            "story    Quake [strikes] :coast: of Nowhere  Coast Wire en  canceled, kill",
        ),
        ({"test": True}, "story     TEST Quake [strikes] :coast: of Nowhere  Coast Wire en"),
        (
            {"embargo": _AT},
            "story    Quake [strikes] :coast: of Nowhere  Coast Wire en  embargo 2026-03-01 12:00 UTC",
        ),
    ],
)
def test_a_story_is_one_line(changed: dict[str, Any], line: str) -> None:
    """As wide as it is, with what is special about it; brackets and colons in it are text."""
    assert _shown(show.show, _STORY.model_copy(update=changed)) == [line]


def test_a_verdict_has_its_reasons() -> None:
    """Each with its weight and the words it saw."""
    assert _shown(show.show, _VERDICT) == [
        "verdict  breaking  0.91 of 0.50 needed",
        "           +1.90  marker: BREAKING [red]",
        "           -0.25  age: 2 h",
    ]
    calm = _VERDICT.model_copy(update={"breaking": False, "reasons": ()})
    assert _shown(show.show, calm) == ["verdict  not breaking  0.91 of 0.50 needed"]


def test_an_alert(alert: Alert) -> None:
    """Headline, what changed, each name once in its fullest form, and the id."""
    assert _shown(show.show, alert) == [
        "REVISED urgent Quake [strikes] coast of Nowhere",
        "           Second Wire reports it too.",
        "           Republic of Nowhere",
        "           alert a1 revision 2",
    ]


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("status", AlertStatus)
def test_every_alert_can_be_shown(alert: Alert, severity: Severity, status: AlertStatus) -> None:
    """Whatever its state."""
    changed = alert.model_copy(update={"severity": severity, "status": status, "test": True, "entities": ()})
    first, *_ = _shown(show.show, changed)
    assert first == f"{status.upper()} {severity}  TEST Quake [strikes] coast of Nowhere"


def test_what_is_received_is_shown_as_an_alert(alert: Alert) -> None:
    """From the stream, and from a webhook's payload."""
    message = alert.model_dump(mode="json")
    assert _shown(show.show_received, message) == _shown(show.show, alert)
    assert _shown(show.show_webhook, {"type": "x", "data": {"alert": message}}) == _shown(show.show, alert)


@pytest.mark.parametrize(
    ("payload", "line"),
    [
        ({"data": {"alert": {"id": "é"}}}, '{"data": {"alert": {"id": "é"}}}'),
        ({"data": 1}, '{"data": 1}'),
        ([1], "[1]"),
        (None, "null"),
    ],
)
def test_what_is_no_alert_is_shown_as_it_is(payload: object, line: str) -> None:
    """A receiver for trying things out refuses nobody's test."""
    assert _shown(show.show_webhook, payload) == [line]
    assert _shown(show.show_received, payload) == [line]
