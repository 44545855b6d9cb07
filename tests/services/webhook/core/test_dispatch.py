from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from events.alert import Alert, AlertId
from events.delivery import DeliveryAttempted, DeliveryPlanned, Outcome
from events.subscription import SigningSecret, Subscription, SubscriptionId, SubscriptionStatus
from services.webhook.core.backoff import ATTEMPTS, delay
from services.webhook.core.delivery import Ledger, step
from services.webhook.core.dispatch import Send, Withdraw, concluded, disabled, due
from services.webhook.core.plan import delivery_id
from services.webhook.core.response import Accepted, Failed, Forbidden, Gone, Throttled, Verdict

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
SUB = SubscriptionId("s1")


def planned(
    revision: int,
    status: str = "revised",
    *,
    alert: str = "a1",
    sub: SubscriptionId = SUB,
    at: datetime = AT,
    severity: str = "urgent",
) -> DeliveryPlanned:
    """A revision owed."""
    state = Alert.model_validate(
        {
            "id": alert,
            "event_id": f"e-{alert}",
            "revision": revision,
            "status": status,
            "severity": severity,
            "interrupt": True,
            "headline": "Ferry sinks",
            "score": 0.9,
            "lead": "story",
        }
    )
    return DeliveryPlanned(
        delivery_id=delivery_id(sub, state.id, revision), subscription_id=sub, alert=state, planned_at=at
    )


def failed(revision: int, attempt: int = 1, *, until: datetime = LATER) -> DeliveryAttempted:
    """An attempt of a1 that will be made again."""
    return DeliveryAttempted(
        delivery_id=delivery_id(SUB, AlertId("a1"), revision),
        subscription_id=SUB,
        alert_id=AlertId("a1"),
        revision=revision,
        attempt=attempt,
        outcome=Outcome.RETRYING,
        attempted_at=AT,
        duration=0.1,
        due=until,
    )


def folded(*events: DeliveryPlanned | DeliveryAttempted) -> Ledger:
    """The ledger after these events."""
    ledger = Ledger()
    for event in events:
        for change in step(ledger, event, AT).changes:
            ledger.apply(change)
    return ledger


def subscription(status: str = "active", reason: str = "") -> dict[SubscriptionId, Subscription]:
    """The subscription s1."""
    return {
        SUB: Subscription(
            id=SUB,
            url="https://example.org/",
            status=SubscriptionStatus(status),
            status_reason=reason,
            secrets=(SigningSecret(value="whsec_x"),),
            created=AT,
            updated=AT,
        )
    }


def shown(actions: list[Send | Withdraw]) -> list[str]:
    """Actions in short: +alert.revision#attempt for a send, -alert.revision for a withdrawal."""
    return [
        f"+{action.alert.id}.{action.alert.revision}#{action.attempt}"
        if isinstance(action, Send)
        else " ".join(f"-{event.alert_id}.{event.revision}" for event in action.events)
        for action in actions
    ]


R1, R2, R3 = planned(1, "raised"), planned(2), planned(3)
CORRECTION, KILL = planned(3, "corrected"), planned(3, "killed")


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((), []),
        ((R1,), ["+a1.1#1"]),
        ((R1, R2), ["+a1.1#1"]),
        ((R1, failed(1)), []),
        ((R1, failed(1, until=AT)), ["+a1.1#2"]),
        ((R1, R2, failed(1)), ["-a1.1"]),
        ((R1, failed(1), R2, R3), ["-a1.1"]),
        ((R1, R2, CORRECTION), ["+a1.1#1"]),
        ((R1, R2, KILL), ["-a1.1 -a1.2 -a1.3"]),
        ((R1, failed(1), R2, KILL), ["-a1.1 -a1.2"]),
        ((KILL,), ["+a1.3#1"]),
    ],
)
def test_order(events: tuple[DeliveryPlanned | DeliveryAttempted, ...], expected: list[str]) -> None:
    """Revisions go one after another; a later one replaces one that failed, and a kill all that were not sent."""
    assert shown(due(folded(*events), AT, (), since=AT)) == expected


def test_the_kill_follows_what_arrived() -> None:
    """What lies between a revision that was sent and the kill is dropped, and the kill goes out."""
    ledger = folded(R1, R2)
    (send,) = due(ledger, AT, ())
    assert isinstance(send, Send)
    for event in (concluded(send, Accepted(200), AT, 0.1), KILL):
        for change in step(ledger, event, AT).changes:
            ledger.apply(change)
    (withdrawal,) = due(ledger, AT, (), since=AT)
    assert shown([withdrawal]) == ["-a1.2"]
    assert isinstance(withdrawal, Withdraw)
    for change in step(ledger, withdrawal.events[0], AT).changes:
        ledger.apply(change)
    assert shown(due(ledger, AT, (), since=AT)) == ["+a1.3#1"]


@pytest.mark.parametrize("since", [None, AT + timedelta(seconds=1)])
def test_the_kill_follows_what_may_have_arrived(since: datetime | None) -> None:
    """What an earlier process may have sent counts as sent, so its kill stays."""
    assert shown(due(folded(R1, R2, KILL), AT, (), since=since)) == ["-a1.1 -a1.2"]


@pytest.mark.parametrize("revision", [1, 2])
def test_in_flight(revision: int) -> None:
    """Nothing is done about a line while something of it is under way; other lines go on."""
    ledger = folded(R1, R2, planned(1, alert="a2"))
    assert shown(due(ledger, AT, {delivery_id(SUB, AlertId("a1"), revision)})) == ["+a2.1#1"]


def test_withdrawal_says_why() -> None:
    """The record of a withdrawal gives the reason, and whether anything had been tried."""
    (first,) = due(folded(R1, failed(1, 3), R2), AT, ())
    assert isinstance(first, Withdraw)
    (event,) = first.events
    assert (event.outcome, event.attempt, event.detail) == (Outcome.GIVEN_UP, 3, "superseded by revision 2")
    assert event.duration == 0
    (second,) = due(folded(R1, R2, KILL), AT, (), since=AT)
    assert isinstance(second, Withdraw)
    assert {event.detail for event in second.events} == {
        "never attempted: the alert was killed before anything of it was sent"
    }


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((R1,), []),
        ((R1, failed(1, until=AT)), []),
        ((R1, R2), []),
        ((CORRECTION,), ["+a1.3#1"]),
        ((R1, R2, CORRECTION), ["-a1.1 -a1.2"]),
        ((R1, failed(1), KILL), ["-a1.1"]),
        ((KILL,), ["+a1.3#1"]),
    ],
)
def test_paused(events: tuple[DeliveryPlanned | DeliveryAttempted, ...], expected: list[str]) -> None:
    """A paused subscription gets kills and corrections, past what waits for it; all else is held."""
    assert shown(due(folded(*events), AT, (), subscriptions=subscription("paused"), since=AT)) == expected


@pytest.mark.parametrize(
    ("subscriptions", "reason"),
    [
        ({}, "the subscription was deleted"),
        (subscription("disabled", "HTTP 410 Gone"), "the subscription is disabled: HTTP 410 Gone"),
        (subscription("disabled"), "the subscription is disabled: no reason given"),
    ],
)
def test_nobody_to_send_to(subscriptions: dict[SubscriptionId, Subscription], reason: str) -> None:
    """Deliveries to a subscription that is gone end, with the reason."""
    (action,) = due(folded(R1, R2), AT, (), subscriptions=subscriptions)
    assert isinstance(action, Withdraw)
    assert [(event.revision, event.detail) for event in action.events] == [
        (1, f"never attempted: {reason}"),
        (2, f"never attempted: {reason}"),
    ]


def test_busy() -> None:
    """A subscription at its limit gets nothing now, and holds no other back."""
    ledger = folded(planned(1), planned(1, sub=SubscriptionId("s2")))
    assert [a.subscription_id for a in due(ledger, AT, (), busy={SUB}) if isinstance(a, Send)] == ["s2"]


def test_urgency() -> None:
    """The most severe goes first; among equals kills and corrections, then first attempts, then the oldest."""
    ledger = folded(
        planned(1),
        failed(1, until=AT),
        planned(1, alert="routine", severity="routine"),
        planned(1, alert="new"),
        planned(1, alert="old", at=AT - timedelta(minutes=1)),
        planned(2, "corrected", alert="recall"),
        planned(1, alert="flash", severity="flash"),
    )
    assert shown(due(ledger, AT, ())) == [
        "+flash.1#1",
        "+recall.2#1",
        "+old.1#1",
        "+new.1#1",
        "+a1.1#2",
        "+routine.1#1",
    ]
    assert shown(due(ledger, AT, (), most=2)) == ["+flash.1#1", "+recall.2#1"]


def _send(attempt: int = 1) -> Send:
    return Send(R1.delivery_id, SUB, R1.alert, attempt, AT)


@pytest.mark.parametrize(
    ("verdict", "attempt", "outcome", "status", "detail"),
    [
        (Accepted(204), 1, Outcome.DELIVERED, 204, ""),
        (Failed("timeout"), 1, Outcome.RETRYING, None, "timeout"),
        (Failed("HTTP 500", 500), ATTEMPTS - 1, Outcome.RETRYING, 500, "HTTP 500"),
        (Failed("HTTP 500", 500), ATTEMPTS, Outcome.GIVEN_UP, 500, "HTTP 500; that was the last of 9 attempts"),
        (Throttled("HTTP 429", 429), 2, Outcome.RETRYING, 429, "HTTP 429"),
        (Gone("HTTP 410", 410), 1, Outcome.GIVEN_UP, 410, "HTTP 410"),
        (Forbidden("10.0.0.1 is private"), 1, Outcome.GIVEN_UP, None, "10.0.0.1 is private"),
    ],
)
def test_concluded(verdict: Verdict, attempt: int, outcome: Outcome, status: int | None, detail: str) -> None:
    """Each verdict becomes the record of how the attempt ended."""
    event = concluded(_send(attempt), verdict, AT, 0.5)
    assert (event.outcome, event.status_code, event.detail, event.attempt) == (outcome, status, detail, attempt)
    assert (event.due is not None) is (outcome is Outcome.RETRYING)
    assert event.duration == (0 if isinstance(verdict, Forbidden) else 0.5)
    assert (event.delivery_id, event.alert_id, event.revision) == (R1.delivery_id, "a1", 1)


def test_the_wait_begins_when_the_attempt_ended() -> None:
    """A slow failure is not followed by an attempt at once."""
    event = concluded(_send(), Failed("timeout"), AT, 15)
    assert event.due == AT + timedelta(seconds=15) + delay(R1.delivery_id, 1)


def test_retry_after_is_obeyed() -> None:
    """The moment that a throttling receiver asked for is kept."""
    assert concluded(_send(), Throttled("HTTP 429", 429, LATER), AT, 0.1).due == LATER


def test_disabled() -> None:
    """A subscription whose endpoint is gone is disabled with the reason."""
    saved = disabled(subscription()[SUB], Gone("HTTP 410 Gone", 410), LATER).subscription
    assert (saved.status, saved.status_reason, saved.updated) == (SubscriptionStatus.DISABLED, "HTTP 410 Gone", LATER)
