from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from events.alert import Alert, AlertId
from events.delivery import AlertBroadcast, DeliveryAttempted, DeliveryPlanned, Outcome

_TIME = "2026-11-24T06:30:00Z"
_ALERT = Alert.model_validate(
    {
        "id": "a-1",
        "event_id": "e-1",
        "revision": 2,
        "status": "killed",
        "severity": "flash",
        "interrupt": True,
        "headline": "Dam breaks",
        "score": 1,
        "lead": "s-1",
    }
)


def _attempted(**changes: Any) -> DeliveryAttempted:
    minimal = {
        "delivery_id": "d-1",
        "subscription_id": "sub-1",
        "alert_id": "a-1",
        "revision": 2,
        "attempt": 3,
        "outcome": "retrying",
        "attempted_at": _TIME,
        "duration": 0.25,
    }
    return DeliveryAttempted.model_validate({**minimal, **changes})


def test_the_ledger_of_an_endpoint_is_in_order() -> None:
    """Plans and attempts are keyed by subscription and named for the delivery; attempts are numbered."""
    planned = DeliveryPlanned.model_validate(
        {"delivery_id": "d-1", "subscription_id": "sub-1", "alert": _ALERT, "planned_at": _TIME}
    )
    assert (planned.key, planned.subject, planned.sequence) == ("sub-1", "d-1", None)
    assert (_attempted().key, _attempted().subject, _attempted().sequence) == ("sub-1", "d-1", 3)


def test_a_broadcast_belongs_to_its_gateway() -> None:
    """The gateway's ledger is in order, and says which alert."""
    broadcast = AlertBroadcast.model_validate(
        {"gateway": "gw-1", "alert_id": "a-1", "revision": 2, "recipients": 0, "broadcast_at": _TIME}
    )
    assert (broadcast.key, broadcast.subject, broadcast.alert_id) == ("gw-1", "a-1", AlertId("a-1"))


def test_an_attempt_ends_in_one_of_three_ways() -> None:
    """The values that the ledger's readers rely on."""
    assert set(Outcome) == {"delivered", "retrying", "given_up"}


@pytest.mark.parametrize(
    "changes",
    [
        {"attempt": 0},
        {"revision": 0},
        {"duration": -0.1},
        {"duration": float("inf")},
        {"outcome": "lost"},
        {"attempted_at": "2026-11-24T06:30:00"},
    ],
    ids=str,
)
def test_an_impossible_attempt_is_refused(changes: dict[str, Any]) -> None:
    """Attempts and revisions count from 1, a duration is a finite number of seconds, a date has a zone."""
    with pytest.raises(ValidationError, match=next(iter(changes))):
        _attempted(**changes)
