"""Who is owed which revision of an alert."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.alert import Alert, AlertId, AlertRevised, AlertStatus
from events.base import derived_id
from events.decision import Change, Decision, Tick
from events.delivery import DeliveryId, DeliveryPlanned
from events.filter import Facts, Filter, facts, holds, parse
from events.filter.match import names
from events.filter.tree import Field, Has
from events.subscription import Subscription, SubscriptionId, SubscriptionStatus
from services.webhook.core.agenda import Agenda
from services.webhook.core.entries import RECALLS, Told, told_key

REMEMBER = timedelta(days=30)
"""How long it is kept who was told of an alert that did not change since."""

_REFRESH = timedelta(days=1)
"""How old an entry with the same subscriptions may become before it is written anew."""

_ERASED_PER_TICK = 100
_KILLED = Has(Field.STATUS, AlertStatus.KILLED.value)


@dataclass(frozen=True, slots=True)
class Order:
    """A subscription with its filter read."""

    subscription: Subscription
    filter: Filter


class Planned:
    """Who was told of which alert, of one partition. Changed by `apply` alone."""

    def __init__(self) -> None:
        self._told: dict[str, Told] = {}
        self._touched = Agenda()

    def of(self, alert_id: AlertId) -> Told | None:
        """Who was owed an earlier revision of the alert."""
        return self._told.get(told_key(alert_id))

    def touched_before(self, moment: datetime, most: int) -> list[str]:
        """Keys of up to `most` entries that nothing touched since, longest untouched first."""
        return [key for key, _ in zip(self._touched.until(moment), range(most), strict=False)]

    def apply(self, change: Change) -> None:
        """Fold one change in."""
        told = change.value
        if isinstance(told, Told):
            self._told[change.key] = told
            self._touched.put(change.key, told.touched)
        else:
            self._told.pop(change.key, None)
            self._touched.put(change.key, None)


def order(subscription: Subscription) -> Order:
    """
    Read the subscription's filter.

    Raises:
        InvalidFilter: it was saved with a filter that this version cannot read.
    """
    return Order(subscription, parse(subscription.filter))


def delivery_id(subscription_id: SubscriptionId, alert_id: AlertId, revision: int) -> DeliveryId:
    """The id of a delivery: the same however often it is planned or attempted."""
    return DeliveryId(derived_id("delivery", subscription_id, alert_id, str(revision)))


def plan(
    orders: Mapping[SubscriptionId, Order], alert: Alert, told: Collection[SubscriptionId], at: datetime
) -> list[DeliveryPlanned]:
    """
    Deliveries of a revision, by subscription id.

    An active subscription is owed it if its filter matches, or if it was told an earlier revision, whatever its
    filter says now. A kill is owed only to those who were told, and to those who ask for `status:killed` by name:
    to others it would be news of something that they never heard. A paused subscription that was told is owed
    kills and corrections. A disabled one is owed nothing.

    Args:
        orders: the subscriptions.
        alert: the revision.
        told: who was owed an earlier revision of it.
        at: the present.
    """
    known = facts(alert)
    return [
        DeliveryPlanned(
            delivery_id=delivery_id(subscription_id, alert.id, alert.revision),
            subscription_id=subscription_id,
            alert=alert,
            planned_at=at,
        )
        for subscription_id in sorted(orders)
        if _is_owed(orders[subscription_id], alert, known, was_told=subscription_id in told)
    ]


def step(
    planned: Planned, orders: Mapping[SubscriptionId, Order], event: AlertRevised | Tick, at: datetime
) -> Decision:
    """
    Plan the deliveries of a revision and remember who is told; on a tick forget alerts that are long at rest.

    A revision that comes again is planned again, with the same ids.
    """
    if isinstance(event, Tick):
        old = planned.touched_before(event.at - REMEMBER, _ERASED_PER_TICK)
        return Decision(changes=tuple(Change(key, None) for key in old))
    told = planned.of(event.alert.id)
    before = frozenset(() if told is None else told.subscriptions)
    deliveries = plan(orders, event.alert, before, at)
    now = before | {delivery.subscription_id for delivery in deliveries}
    if now == before and (told is None or at - told.touched < _REFRESH):
        return Decision(events=deliveries)
    entry = Told(alert_id=event.alert.id, subscriptions=tuple(sorted(now)), touched=at)
    return Decision(events=deliveries, changes=(Change(told_key(entry.alert_id), entry),))


def _is_owed(candidate: Order, alert: Alert, known: Facts, *, was_told: bool) -> bool:
    status = candidate.subscription.status
    if status is SubscriptionStatus.DISABLED:
        return False
    if status is SubscriptionStatus.PAUSED:
        return was_told and alert.status in RECALLS
    if was_told:
        return True
    if alert.status is AlertStatus.KILLED and not names(candidate.filter, _KILLED):
        return False
    return holds(candidate.filter, known)
