from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from owed import AT, SUB, planned

from events.alert import AlertId
from events.decision import NOTHING, Tick
from events.delivery import DeliveryAttempted, DeliveryPlanned, Outcome
from services.webhook.core.backoff import next_attempt
from services.webhook.core.delivery import REMEMBER, Ledger, step, was_sent
from services.webhook.core.plan import delivery_id


def attempted(revision: int, outcome: Outcome, attempt: int = 1, **fields: object) -> DeliveryAttempted:
    """An attempt of a revision of a1 to s1."""
    base: dict[str, object] = {
        "delivery_id": delivery_id(SUB, AlertId("a1"), revision),
        "subscription_id": SUB,
        "alert_id": "a1",
        "revision": revision,
        "attempt": attempt,
        "outcome": outcome,
        "attempted_at": AT,
        "duration": 0.1,
    }
    return DeliveryAttempted.model_validate(base | fields)


def folded(*events: DeliveryPlanned | DeliveryAttempted | Tick, at: datetime = AT) -> Ledger:
    """The ledger after these events."""
    ledger = Ledger()
    for event in events:
        for change in step(ledger, event, at).changes:
            ledger.apply(change)
    return ledger


def test_planned() -> None:
    """A delivery that is owed waits, due at once."""
    ledger = folded(planned(1))
    line = ledger.line(SUB, AlertId("a1"))
    assert line is not None
    assert [(held.alert.revision, held.attempts, held.due) for held in line.waiting] == [(1, 0, AT)]
    assert (ledger.open_lines, ledger.next_due) == (1, AT)


def test_a_fast_planner_delays_nothing() -> None:
    """A planner whose clock is ahead of ours does not hold its deliveries back."""
    assert folded(planned(1, at=AT + timedelta(minutes=5))).next_due == AT


@pytest.mark.parametrize("outcome", [Outcome.DELIVERED, Outcome.GIVEN_UP])
def test_ended(outcome: Outcome) -> None:
    """A delivery that ended waits no more; what stays is what was owed and what may have arrived."""
    ledger = folded(planned(1), planned(2), attempted(1, outcome))
    line = ledger.line(SUB, AlertId("a1"))
    assert line is not None
    assert [held.alert.revision for held in line.waiting] == [2]
    assert (line.planned, line.reached) == (2, 1)


def test_retrying() -> None:
    """A delivery that failed waits until it is due again."""
    moment = AT + timedelta(seconds=7)
    ledger = folded(planned(1), attempted(1, Outcome.RETRYING, due=moment))
    assert ledger.next_due == moment
    assert not list(ledger.ready(moment - timedelta(seconds=1)))
    assert [line.waiting[0].attempts for line in ledger.ready(moment)] == [1]


def test_retrying_without_a_moment() -> None:
    """Where the event does not say when, the schedule does."""
    ledger = folded(planned(1), attempted(1, Outcome.RETRYING))
    assert ledger.next_due == next_attempt(delivery_id(SUB, AlertId("a1"), 1), 1, AT)


@pytest.mark.parametrize(
    "event",
    [
        planned(1),
        planned(2),
        attempted(1, Outcome.DELIVERED),
        attempted(1, Outcome.RETRYING),
        attempted(2, Outcome.RETRYING, 3),
        attempted(2, Outcome.RETRYING, 2),
        attempted(3, Outcome.DELIVERED),
        attempted(1, Outcome.DELIVERED, alert_id="a2"),
        Tick(AT),
    ],
    ids=lambda event: f"{type(event).__name__}-{getattr(event, 'subject', '')[:4]}",
)
def test_again(event: DeliveryPlanned | DeliveryAttempted | Tick) -> None:
    """What comes again, too late or for a delivery that is not known changes nothing."""
    ledger = folded(
        planned(1),
        planned(2),
        attempted(1, Outcome.DELIVERED),
        attempted(2, Outcome.RETRYING, 3, due=AT + timedelta(hours=1)),
    )
    assert step(ledger, event, AT) == NOTHING


def test_forgetting() -> None:
    """A line is erased thirty days after its last delivery ended; one with a delivery waiting never is."""
    ledger = folded(planned(1), attempted(1, Outcome.DELIVERED), planned(1, alert="a2"))
    early, late = Tick(AT + REMEMBER - timedelta(seconds=1)), Tick(AT + REMEMBER)
    assert step(ledger, early, AT) == NOTHING
    (erased,) = step(ledger, late, AT).changes
    ledger.apply(erased)
    assert list(ledger.lines) == ["d/s1/a2"]
    assert step(ledger, Tick(AT + 10 * REMEMBER), AT) == NOTHING


def test_rebuilt() -> None:
    """The ledger is the same when it is rebuilt from the last change of each line."""
    ledger, changes = Ledger(), {}
    for event in (planned(1), attempted(1, Outcome.RETRYING, due=AT), planned(2), planned(1, alert="a2")):
        for change in step(ledger, event, AT).changes:
            ledger.apply(change)
            changes[change.key] = change
    rebuilt = Ledger()
    for change in changes.values():
        rebuilt.apply(change)
    assert rebuilt.lines == ledger.lines
    assert (rebuilt.open_lines, rebuilt.next_due) == (ledger.open_lines, ledger.next_due)


@pytest.mark.parametrize(
    ("event", "sent"),
    [
        (attempted(1, Outcome.DELIVERED), True),
        (attempted(1, Outcome.RETRYING), True),
        (attempted(1, Outcome.GIVEN_UP, 9), True),
        (attempted(1, Outcome.GIVEN_UP, status_code=410, duration=0), True),
        (attempted(1, Outcome.GIVEN_UP, duration=0), False),
    ],
)
def test_was_sent(event: DeliveryAttempted, *, sent: bool) -> None:
    """Every request counts as one that may have arrived; a delivery given up without one does not."""
    assert was_sent(event) is sent
