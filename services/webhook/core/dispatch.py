"""What is to be done now about the deliveries that wait, and how the outcome of doing it is recorded."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal, TypeAlias, assert_never

from events.alert import Alert, AlertStatus
from events.delivery import DeliveryAttempted, DeliveryId, Outcome
from events.subscription import Subscription, SubscriptionId, SubscriptionSaved, SubscriptionStatus
from services.webhook.core.backoff import ATTEMPTS, next_attempt
from services.webhook.core.delivery import Ledger
from services.webhook.core.entries import RECALLS, Line, Waiting
from services.webhook.core.response import Accepted, Failed, Forbidden, Gone, Throttled, Verdict


@dataclass(frozen=True, slots=True)
class Send:
    """Attempt this delivery; record the outcome with `concluded`."""

    delivery_id: DeliveryId
    subscription_id: SubscriptionId
    alert: Alert
    attempt: int
    """Its number, from 1."""

    due: datetime


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Deliveries that end without a further attempt: write these events, in this order."""

    events: tuple[DeliveryAttempted, ...]


Action: TypeAlias = Send | Withdraw


def due(
    ledger: Ledger,
    now: datetime,
    in_flight: Container[DeliveryId],
    *,
    subscriptions: Mapping[SubscriptionId, Subscription] | None = None,
    busy: Container[SubscriptionId] = (),
    since: datetime | None = None,
    most: int | None = None,
) -> list[Action]:
    """
    What can be done now, the most urgent first: by severity, then kills and corrections, then what was not tried yet.

    Args:
        ledger: is only read.
        now: the present.
        in_flight: deliveries whose action was begun and whose event is not folded into the ledger yet.
        subscriptions: all of them, complete: a line to one that is not there is withdrawn. None: take all as active.
        busy: subscriptions at their limit of requests; nothing is done about them now.
        since: when this process took the partition over. A delivery owed before that without an attempt may have been
            sent by the process before; None holds that of all of them.
        most: how many actions to look for; None for all.
    """
    ready = (
        action
        for line in ledger.ready(now)
        if line.subscription_id not in busy and not any(held.delivery_id in in_flight for held in line.waiting)
        if (action := _action(line, _standing(line, subscriptions), now, since)) is not None
    )
    return list(islice(ready, most))


def concluded(send: Send, verdict: Verdict, at: datetime, duration: float) -> DeliveryAttempted:
    """
    How an attempt ended.

    Args:
        send: the attempt.
        verdict: what came of it.
        at: when it began.
        duration: seconds it took; of no account where nothing was sent.
    """
    outcome, again, detail = Outcome.GIVEN_UP, None, ""
    match verdict:
        case Accepted():
            outcome = Outcome.DELIVERED
        case Failed() | Throttled():
            again = _again(send, verdict, at + timedelta(seconds=duration))
            outcome = Outcome.GIVEN_UP if again is None else Outcome.RETRYING
            detail = f"{verdict.detail}; that was the last of {ATTEMPTS} attempts" if again is None else verdict.detail
        case Gone() | Forbidden():
            detail = verdict.detail
        case _:
            assert_never(verdict)
    return DeliveryAttempted(
        delivery_id=send.delivery_id,
        subscription_id=send.subscription_id,
        alert_id=send.alert.id,
        revision=send.alert.revision,
        attempt=send.attempt,
        outcome=outcome,
        status_code=None if isinstance(verdict, Forbidden) else verdict.status,
        detail=detail,
        attempted_at=at,
        duration=0.0 if isinstance(verdict, Forbidden) else duration,
        due=again,
    )


def disabled(subscription: Subscription, gone: Gone, at: datetime) -> SubscriptionSaved:
    """The subscription, taken out of service because its endpoint wants no more."""
    update = {"status": SubscriptionStatus.DISABLED, "status_reason": gone.detail, "updated": at}
    return SubscriptionSaved(subscription=subscription.model_copy(update=update))


def _again(send: Send, verdict: Failed | Throttled, failed_at: datetime) -> datetime | None:
    not_before = verdict.not_before if isinstance(verdict, Throttled) else None
    return next_attempt(send.delivery_id, send.attempt, failed_at, not_before)


@dataclass(frozen=True, slots=True)
class _Closed:
    """Nothing is sent any more, and why."""

    reason: str


_Standing: TypeAlias = Literal[SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED] | _Closed


def _standing(line: Line, subscriptions: Mapping[SubscriptionId, Subscription] | None) -> _Standing:
    if subscriptions is None:
        return SubscriptionStatus.ACTIVE
    subscription = subscriptions.get(line.subscription_id)
    if subscription is None:
        return _Closed("the subscription was deleted")
    if subscription.status is SubscriptionStatus.DISABLED:
        return _Closed(f"the subscription is disabled: {subscription.status_reason or 'no reason given'}")
    return subscription.status


def _action(line: Line, standing: _Standing, now: datetime, since: datetime | None) -> Action | None:
    """What can be done about a line with nothing in flight; None if it must wait."""
    ending = _ending(line, standing, since)
    if ending is not None:
        deliveries, reason = ending
        return _withdrawn(line, deliveries, reason, now)
    first = line.waiting[0]
    held = standing is SubscriptionStatus.PAUSED and first.alert.status not in RECALLS
    return None if held or first.due > now else _send(line, first)


def _ending(line: Line, standing: _Standing, since: datetime | None) -> tuple[Sequence[Waiting], str] | None:
    """Which deliveries end without a further attempt, and why; None if none does."""
    if isinstance(standing, _Closed):
        return line.waiting, standing.reason
    first, *later = line.waiting
    if not later:
        return None
    last, earlier = line.waiting[-1], line.waiting[:-1]
    killed = last.alert.status is AlertStatus.KILLED
    if killed and not _may_have_arrived(line, since):
        return line.waiting, "the alert was killed before anything of it was sent"
    if killed or (standing is SubscriptionStatus.PAUSED and last.alert.status in RECALLS):
        return earlier, _superseded_by(last)
    return ((first,), _superseded_by(later[0])) if first.attempts else None


def _may_have_arrived(line: Line, since: datetime | None) -> bool:
    """Whether the subscriber may have got any revision before the last."""
    return line.reached > 0 or any(held.attempts > 0 or since is None or held.due < since for held in line.waiting[:-1])


def _superseded_by(later: Waiting) -> str:
    return f"superseded by revision {later.alert.revision}"


def _send(line: Line, waiting: Waiting) -> Send:
    return Send(waiting.delivery_id, line.subscription_id, waiting.alert, waiting.attempts + 1, waiting.due)


def _withdrawn(line: Line, deliveries: Sequence[Waiting], reason: str, now: datetime) -> Withdraw:
    return Withdraw(
        tuple(
            DeliveryAttempted(
                delivery_id=held.delivery_id,
                subscription_id=line.subscription_id,
                alert_id=line.alert_id,
                revision=held.alert.revision,
                attempt=max(1, held.attempts),  # the contract counts from 1, also where there was none
                outcome=Outcome.GIVEN_UP,
                detail=reason if held.attempts else f"never attempted: {reason}",
                attempted_at=now,
                duration=0.0,
            )
            for held in deliveries
        )
    )
