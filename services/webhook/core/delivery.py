"""
The state of every delivery of one partition: what is owed, what has ended, what may arrive late or never.

    (planned) --> waiting --attempt--> delivered
                   ^   |  `--attempt--> given up            the receiver is gone, or the schedule is exhausted
           retrying `--'  `-withdrawn-> given up            superseded, killed before it was sent, or nobody to send to

Deliveries of one alert to one subscription form a line and go out one after another. `dispatch.due` says what to do
next; what was done comes back as `DeliveryAttempted` and is folded in here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import product
from types import MappingProxyType
from typing import assert_never

from events.alert import AlertId
from events.decision import NOTHING, Change, Decision, Tick
from events.delivery import DeliveryAttempted, DeliveryPlanned, Outcome
from events.story import Severity
from events.subscription import SubscriptionId
from services.webhook.core.agenda import Agenda
from services.webhook.core.backoff import next_attempt
from services.webhook.core.entries import RECALLS, Line, Waiting, line_key

REMEMBER = timedelta(days=30)
"""How long a line whose deliveries have all ended is kept: as long as the alert can still change."""

_ERASED_PER_TICK = 100
_RANKS = MappingProxyType({severity: severity.rank for severity in Severity})


class Ledger:
    """The lines of one partition, with an agenda of those to look at. Changed by `apply` alone."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        self._open = {urgency: Agenda() for urgency in product(range(len(Severity)), (False, True), (False, True))}
        self._ended = Agenda()

    @property
    def lines(self) -> Mapping[str, Line]:
        """All lines, by key."""
        return self._lines

    @property
    def open_lines(self) -> int:
        """How many have a delivery that has not ended."""
        return sum(map(len, self._open.values()))

    @property
    def next_due(self) -> datetime | None:
        """When there is something to look at again; already past while something waits for its turn."""
        return min((agenda.first for agenda in self._open.values() if agenda.first is not None), default=None)

    def line(self, subscription_id: SubscriptionId, alert_id: AlertId) -> Line | None:
        """The line of an alert to a subscription."""
        return self._lines.get(line_key(subscription_id, alert_id))

    def ready(self, now: datetime) -> Iterable[Line]:
        """Lines that something can be done about: the most urgent first, among equals those that are ready longest."""
        return (self._lines[key] for agenda in self._open.values() for key in agenda.until(now))

    def ended_before(self, moment: datetime, most: int) -> list[str]:
        """Keys of up to `most` ended lines that nothing touched since, longest untouched first."""
        return [key for key, _ in zip(self._ended.until(moment), range(most), strict=False)]

    def apply(self, change: Change) -> None:
        """Fold one change in."""
        key, line = change.key, change.value
        before = self._lines.pop(key, None)
        if before is not None and before.waiting:
            self._open[_urgency(before)].put(key, None)
        self._ended.put(key, None)
        if not isinstance(line, Line):
            return
        self._lines[key] = line
        if line.waiting:
            self._open[_urgency(line)].put(key, _ready_at(line))
        else:
            self._ended.put(key, line.touched)


def _urgency(line: Line) -> tuple[int, bool, bool]:
    """Severity first, flash at 0; then what recalls; then what was not tried yet. Lower is sooner."""
    first, last = line.waiting[0], line.waiting[-1]
    return _RANKS[first.alert.severity], last.alert.status not in RECALLS, first.attempts > 0


def _ready_at(line: Line) -> datetime:
    """
    When to look at a line with deliveries.

    The moment of its last one: alone that is when it is due; behind others it was never attempted, and so that is
    when it was owed: from then on there is something to do about those before it.
    """
    return line.waiting[-1].due


def step(ledger: Ledger, event: DeliveryPlanned | DeliveryAttempted | Tick, at: datetime) -> Decision:
    """
    Fold an event into the ledger. Only changes come of it: what is to be done, `dispatch.due` says.

    Events that come again change nothing. Those of one line must come in order of revision, as their topic keeps them.
    """
    match event:
        case DeliveryPlanned():
            return _planned(ledger, event, at)
        case DeliveryAttempted():
            return _attempted(ledger, event)
        case Tick():
            old = ledger.ended_before(event.at - REMEMBER, _ERASED_PER_TICK)
            return Decision(changes=tuple(Change(key, None) for key in old))
        case _:
            assert_never(event)


def _planned(ledger: Ledger, event: DeliveryPlanned, at: datetime) -> Decision:
    alert = event.alert
    line = ledger.line(event.subscription_id, alert.id)
    if line is not None and alert.revision <= line.planned:
        return NOTHING
    owed = Waiting(delivery_id=event.delivery_id, alert=alert, due=min(event.planned_at, at))
    if line is None:
        line = Line(
            subscription_id=event.subscription_id,
            alert_id=alert.id,
            planned=alert.revision,
            touched=event.planned_at,
        )
    update = {"planned": alert.revision, "waiting": (*line.waiting, owed), "touched": event.planned_at}
    return _changed(line.model_copy(update=update))


def _attempted(ledger: Ledger, event: DeliveryAttempted) -> Decision:
    line = ledger.line(event.subscription_id, event.alert_id)
    waiting = None if line is None else _find(line, event)
    if line is None or waiting is None:
        return NOTHING
    others = tuple(held for held in line.waiting if held is not waiting)
    update: dict[str, object] = {"waiting": others, "touched": event.attempted_at}
    if was_sent(event):
        update["reached"] = max(line.reached, event.revision)
    if event.outcome is Outcome.RETRYING:
        if event.attempt <= waiting.attempts:
            return NOTHING
        due = event.due or next_attempt(event.delivery_id, event.attempt, event.attempted_at) or event.attempted_at
        retry = waiting.model_copy(update={"attempts": event.attempt, "due": due})
        update["waiting"] = tuple(retry if held is waiting else held for held in line.waiting)
    return _changed(line.model_copy(update=update))


def was_sent(event: DeliveryAttempted) -> bool:
    """
    Whether anything may have arrived.

    A delivery given up without a request has taken no time. Every request counts, since one that failed may have
    been read before it did: at least once means that maybe counts as yes.
    """
    return event.outcome is not Outcome.GIVEN_UP or event.status_code is not None or event.duration > 0


def _find(line: Line, event: DeliveryAttempted) -> Waiting | None:
    return next((held for held in line.waiting if held.delivery_id == event.delivery_id), None)


def _changed(line: Line) -> Decision:
    return Decision(changes=(Change(line.key, line),))
