from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.alert import Alert, AlertId, AlertRevised
from events.decision import Tick
from events.delivery import DeliveryPlanned
from events.filter import InvalidFilter
from events.subscription import SigningSecret, Subscription, SubscriptionId, SubscriptionStatus
from services.webhook.core.entries import Told
from services.webhook.core.plan import REMEMBER, Order, Planned, delivery_id, order, plan, step

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
S1, S2, S3 = SubscriptionId("s1"), SubscriptionId("s2"), SubscriptionId("s3")


def alert(revision: int = 1, status: str = "raised", **fields: Any) -> Alert:
    """A revision."""
    base = {
        "id": "a1",
        "event_id": "e1",
        "revision": revision,
        "status": status,
        "severity": "urgent",
        "interrupt": True,
        "headline": "Ferry sinks",
        "score": 0.9,
        "lead": "story",
    }
    return Alert.model_validate(base | fields)


def orders(*, s1: str = "", s2: str = "severity:flash") -> dict[SubscriptionId, Order]:
    """Two subscriptions by their filters."""
    filters = {S1: s1, S2: s2}
    return {
        name: order(
            Subscription(
                id=name,
                url="https://example.org/",
                filter=text,
                secrets=(SigningSecret(value="whsec_x"),),
                created=AT,
                updated=AT,
            )
        )
        for name, text in filters.items()
    }


def receivers(
    wanted: dict[SubscriptionId, Order], revision: Alert, told: tuple[SubscriptionId, ...] = ()
) -> list[SubscriptionId]:
    """Who is owed the revision."""
    return [delivery.subscription_id for delivery in plan(wanted, revision, told, AT)]


@pytest.mark.parametrize(
    ("filters", "revision", "told", "expected"),
    [
        ({}, alert(), (), [S1]),
        ({}, alert(severity="flash"), (), [S1, S2]),
        ({}, alert(2, "revised"), (S1, S2), [S1, S2]),
        ({"s1": "nothing"}, alert(2, "corrected"), (S1,), [S1]),
        ({"s1": "nothing"}, alert(2, "killed"), (S1,), [S1]),
        ({}, alert(2, "corrected"), (), [S1]),
        ({}, alert(2, "killed"), (), []),
        ({"s1": "status:killed"}, alert(2, "killed"), (), [S1]),
        ({"s1": "status:killed topic:sport"}, alert(2, "killed"), (), []),
        ({"s1": "not status:raised"}, alert(2, "killed"), (), []),
        ({}, alert(test=True), (), []),
        ({"s1": "test:true"}, alert(test=True), (), [S1]),
        ({}, alert(2, "killed", test=True), (S2,), [S2]),
        ({}, alert(2, "revised"), (S3,), [S1]),
    ],
)
def test_who(
    filters: dict[str, str], revision: Alert, told: tuple[SubscriptionId, ...], expected: list[SubscriptionId]
) -> None:
    """Who asked gets it, and whoever was told gets what follows; a kill is no news to others."""
    assert receivers(orders(s1=filters.get("s1", "")), revision, told) == expected


@pytest.mark.parametrize(
    ("status", "revision", "told", "expected"),
    [
        ("paused", alert(), (), []),
        ("paused", alert(2, "revised"), (S1,), []),
        ("paused", alert(2, "corrected"), (S1,), [S1]),
        ("paused", alert(2, "killed"), (S1,), [S1]),
        ("paused", alert(2, "killed"), (), []),
        ("disabled", alert(2, "killed"), (S1,), []),
        ("disabled", alert(), (), []),
    ],
)
def test_pause_and_end(
    status: str, revision: Alert, told: tuple[SubscriptionId, ...], expected: list[SubscriptionId]
) -> None:
    """A pause holds news back but neither kills nor corrections; a disabled subscription gets nothing."""
    wanted = orders()
    changed = wanted[S1].subscription.model_copy(update={"status": SubscriptionStatus(status)})
    wanted[S1] = Order(changed, wanted[S1].filter)
    assert receivers(wanted, revision, told) == expected


def test_ids_are_stable_and_apart() -> None:
    """A delivery has the same id however often it is planned, and no two share one."""
    ids = {delivery_id(s, AlertId(a), r) for s in (S1, S2) for a in ("a", "b") for r in (1, 2)}
    assert len(ids) == 8
    assert delivery_id(S1, AlertId("a"), 1) in ids
    (delivery,) = plan(orders(), alert(), (), AT)
    assert delivery.delivery_id == delivery_id(S1, AlertId("a1"), 1)


def _advance(
    planned: Planned, wanted: dict[SubscriptionId, Order], event: AlertRevised | Tick, at: datetime = AT
) -> tuple[list[tuple[SubscriptionId, int]], int]:
    decision = step(planned, wanted, event, at)
    for change in decision.changes:
        planned.apply(change)
    owed = [
        (event.subscription_id, event.alert.revision) for event in decision.events if isinstance(event, DeliveryPlanned)
    ]
    return owed, len(decision.changes)


def test_the_kill_reaches_whoever_was_told() -> None:
    """Through any change of filters, who was told of an alert is told that it was killed, and nobody else is."""
    planned = Planned()
    assert _advance(planned, orders(s1="ferry", s2="plane"), AlertRevised(alert=alert())) == ([(S1, 1)], 1)
    changed = orders(s1="plane", s2="ferry")
    assert _advance(planned, changed, AlertRevised(alert=alert(2, "revised"))) == ([(S1, 2), (S2, 2)], 1)
    neither = orders(s1="plane", s2="plane")
    assert _advance(planned, neither, AlertRevised(alert=alert(3, "killed"))) == ([(S1, 3), (S2, 3)], 0)
    told = planned.of(AlertId("a1"))
    assert told == Told(alert_id=AlertId("a1"), subscriptions=(S1, S2), touched=AT)


def test_again() -> None:
    """A revision that comes again is planned with the same ids, and nothing more is remembered."""
    planned = Planned()
    first = step(planned, orders(), AlertRevised(alert=alert()), AT)
    for change in first.changes:
        planned.apply(change)
    again = step(planned, orders(), AlertRevised(alert=alert()), AT)
    assert again.events == first.events
    assert not again.changes


def test_nobody() -> None:
    """An alert that nobody wants leaves no trace."""
    planned = Planned()
    assert _advance(planned, orders(s1="plane"), AlertRevised(alert=alert())) == ([], 0)
    assert planned.of(AlertId("a1")) is None


def test_forgetting() -> None:
    """An alert is forgotten thirty days after its last change, refreshed at most once a day."""
    planned, wanted = Planned(), orders()
    _advance(planned, wanted, AlertRevised(alert=alert()))
    day = timedelta(days=1)
    assert _advance(planned, wanted, AlertRevised(alert=alert(2, "revised")), AT + day / 2)[1] == 0
    assert _advance(planned, wanted, AlertRevised(alert=alert(3, "revised")), AT + day)[1] == 1
    assert _advance(planned, wanted, Tick(AT + day + REMEMBER - timedelta(seconds=1))) == ([], 0)
    assert _advance(planned, wanted, Tick(AT + day + REMEMBER)) == ([], 1)
    assert planned.of(AlertId("a1")) is None


def test_step_reads_only() -> None:
    """A step leaves the state as it is."""
    planned = Planned()
    step(planned, orders(), AlertRevised(alert=alert()), AT)
    assert planned.of(AlertId("a1")) is None


def test_order_refuses_what_it_cannot_read() -> None:
    """A saved filter that this version cannot read is an error with its place."""
    with pytest.raises(InvalidFilter):
        order(orders()[S1].subscription.model_copy(update={"filter": "a or"}))
