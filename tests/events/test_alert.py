from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from events.alert import Alert, AlertRevised, AlertStatus, Report

_TIME = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


def _alert(**changes: Any) -> Alert:
    minimal = {
        "id": "a-1",
        "event_id": "e-1",
        "revision": 4,
        "status": "raised",
        "severity": "urgent",
        "interrupt": True,
        "headline": "Dam breaks",
        "score": 0.9,
        "lead": "s-1",
    }
    return Alert.model_validate({**minimal, **changes})


def test_a_revision_is_keyed_by_event_and_numbered() -> None:
    """The partition is the event's, so the revisions of an alert keep their order; subject and sequence name each."""
    event = AlertRevised(alert=_alert())
    assert (event.key, event.subject, event.sequence, event.is_tombstone) == ("e-1", "a-1", 4, False)


def test_the_life_of_an_alert() -> None:
    """The values that clients and scripts rely on."""
    assert list(AlertStatus) == ["raised", "revised", "corrected", "killed"]


@pytest.mark.parametrize("changes", [{"revision": 0}, {"score": 1.5}, {"status": "withdrawn"}, {"severity": "minor"}])
def test_an_impossible_alert_is_refused(changes: dict[str, Any]) -> None:
    """The first revision is 1; score, status and severity are of their ranges."""
    with pytest.raises(ValidationError, match=next(iter(changes))):
        _alert(**changes)


def test_clocks_and_reports_need_zones() -> None:
    """A time per stage is an instant."""
    with pytest.raises(ValidationError, match=r"clocks\.raised"):
        _alert(clocks={"raised": "2026-11-24T06:30:00"})
    with pytest.raises(ValidationError, match="published"):
        Report.model_validate(
            {"story_id": "s-1", "source": "wire", "headline": "h", "published": "2026-11-24T06:30:00"}
        )


def test_an_alert_carries_what_the_interface_promises() -> None:
    """The fields that users, tests and scripts rely on are there by these names."""
    promised = {
        "id",
        "revision",
        "status",
        "headline",
        "summary",
        "entities",
        "places",
        "topics",
        "stories",
        "reasons",
        "clocks",
    }
    assert promised <= set(_alert(clocks={"raised": _TIME}).model_dump(mode="json"))
