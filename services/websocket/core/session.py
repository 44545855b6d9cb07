"""
One connection, without its socket: what its client asked for, and what it is told.

A session has one position in the log, which every alert that it is offered moves on. A subscription that begins
in the past takes the whole connection back there; the others have a floor, below which they were told already.
So the cursor of any message is safe to resume all subscriptions from: nothing before it is owed to any of them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from events.alert import AlertId
from events.filter import Filter, InvalidFilter, format, parse  # noqa: A004 (the verb for it)
from services.websocket.core import messages
from services.websocket.core.board import Entry
from services.websocket.core.cursor import CannotReplay, Cursor, Held, Offsets, encode, highest, lowest, resumable
from services.websocket.core.matching import Matching
from services.websocket.core.messages import Control

POLICY_VIOLATION = 1008
SERVICE_RESTART = 1012
UNAUTHENTICATED = 4401


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may do."""

    subscriptions: int = 64
    strikes: int = 3
    """Messages that are no messages of ours before the connection is closed."""

    messages: int = 60
    """Messages in each `per`."""

    per: timedelta = timedelta(seconds=10)
    remembered: int = 1000
    """Alerts that the session remembers having sent."""


@dataclass(frozen=True, slots=True)
class Send:
    """Put a message in the outbox."""

    control: Control


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection, after what is in the outbox."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Begin:
    """Find out what the log holds, and call `Session.begin` with it."""

    id: str
    wanted: Filter
    since: str | None


@dataclass(frozen=True, slots=True)
class Judge:
    """Find out whether the key is known, and call `Session.judged`."""

    key: str


Effect: TypeAlias = Send | Close | Begin | Judge


@dataclass(frozen=True, slots=True)
class Told:
    """An alert revision that is due to the client."""

    entry: Entry
    subscriptions: tuple[str, ...]
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class _Subscription:
    wanted: Filter
    floor: Offsets


class Session:
    """The state of one connection."""

    def __init__(self, matching: Matching, log_id: str, *, authenticated: bool, limits: Limits) -> None:
        self._matching = matching
        self._log_id = log_id
        self._limits = limits
        self._subscriptions: dict[str, _Subscription] = {}
        self._position: dict[int, int] | None = None
        self._sent: OrderedDict[AlertId, tuple[str, ...]] = OrderedDict()
        self._strikes = 0
        self._window: datetime | None = None
        self._received = 0
        self.authenticated = authenticated
        self.rewound = False
        """Whether the position was taken back; whoever reads along must begin again, and clears it."""

    @property
    def position(self) -> Offsets | None:
        """The next offset that it may be offered, per partition number; None before the first subscription."""
        return self._position

    @property
    def cursor(self) -> Cursor | None:
        """Its position as a cursor; safe to resume from once all that it was offered has been sent."""
        return None if self._position is None else encode(self._log_id, self._position)

    @property
    def subscriptions(self) -> Sequence[str]:
        """The ids of the open subscriptions."""
        return tuple(self._subscriptions)

    def behind(self, live: Offsets) -> bool:
        """Whether there is something before the live position that it was not offered."""
        position = self._position
        return position is not None and any(position.get(number, 0) < offset for number, offset in live.items())

    def receive(self, text: str, at: datetime) -> list[Effect]:
        """What is to be done about a message."""
        if self._too_fast(at):
            return self._strike("too_fast", f"send at most {self._limits.messages} messages in {self._limits.per}")
        message = messages.read(text)
        if not self.authenticated and not isinstance(message, messages.Auth):
            return [Close(UNAUTHENTICATED, "the first message must be auth, with your API key")]
        return self._answer(message, at)

    def judged(self, refusal: str | None) -> list[Effect]:
        """The key was found good, or refused for a reason."""
        if refusal is not None:
            return [Close(UNAUTHENTICATED, refusal)]
        self.authenticated = True
        return [Send(messages.authenticated())]

    def begin(self, order: Begin, live: Offsets, held: Held | None) -> list[Effect]:
        """
        Open a subscription.

        Args:
            order: as `receive` gave it.
            live: where the board is.
            held: what the log holds; needed only with a cursor.
        """
        floor: Offsets = dict(live)  # the board moves on; where this subscription began does not
        if order.since is not None and held is not None:
            where = resumable(order.since, held)
            if isinstance(where, CannotReplay):
                return [Send(messages.cannot_replay(order.id, where, encode(self._log_id, live)))]
            floor = where.offsets
        self._remove(order.id)
        self._rewind(floor)
        self._matching.use(order.wanted)
        self._subscriptions[order.id] = _Subscription(order.wanted, floor)
        return [Send(messages.subscribed(order.id, format(order.wanted), self.cursor or Cursor("")))]

    def offer(self, entry: Entry, shared: tuple[Offsets, Cursor] | None = None) -> Told | None:
        """
        What the client is told of a revision, if anything; moves the position past it.

        Args:
            entry: the next revision in its partition.
            shared: the live position and its cursor, which is used where the session is exactly there.
        """
        position = self._position
        if position is None or entry.offset < position.get(entry.partition, 0):
            return None
        position[entry.partition] = entry.offset + 1
        sent = self._sent.get(entry.alert_id, ())
        due = tuple(
            name
            for name, subscription in self._subscriptions.items()
            if entry.offset >= subscription.floor.get(entry.partition, 0)
            and (name in sent or self._matching.matched(subscription.wanted, entry))
        )
        if not due:
            return None
        self._remember(entry.alert_id, due if due == sent else tuple(dict.fromkeys((*sent, *due))))
        cursor = shared[1] if shared is not None and position == shared[0] else encode(self._log_id, position)
        return Told(entry, due, cursor)

    def passed(self, offsets: Offsets) -> None:
        """Everything before these offsets was offered or is nothing for a client."""
        if self._position is not None:
            self._position = highest(self._position, offsets)

    def lost(self, detail: str, live: Offsets) -> list[Effect]:
        """Records that were still to come are no longer kept: all subscriptions end, and are told so."""
        why, now = CannotReplay("expired", detail), encode(self._log_id, live)
        names = self.subscriptions
        for name in names:
            self._remove(name)
        return [Send(messages.cannot_replay(name, why, now)) for name in names]

    def close(self) -> None:
        """The connection has ended."""
        for name in self.subscriptions:
            self._remove(name)

    def _answer(self, message: messages.Inbound | messages.Refusal, at: datetime) -> list[Effect]:
        match message:
            case messages.Subscribe():
                return self._subscribe(message)
            case messages.Unsubscribe():
                return self._unsubscribe(message.id)
            case messages.Ping():
                return [Send(messages.pong(at.isoformat(), self.cursor))]
            case messages.Auth():
                return [Send(messages.authenticated())] if self.authenticated else [Judge(message.key)]
            case messages.Refusal():
                return self._strike(message.code, message.detail)
            case _:
                assert_never(message)

    def _subscribe(self, message: messages.Subscribe) -> list[Effect]:
        full = len(self._subscriptions) >= self._limits.subscriptions
        if full and message.id not in self._subscriptions:
            detail = f"a connection has at most {self._limits.subscriptions} subscriptions; unsubscribe from one"
            return [Send(messages.error("too_many_subscriptions", detail, message.id))]
        try:
            wanted = parse(message.filter)
        except InvalidFilter as problem:
            return [Send(messages.invalid_filter(message.id, problem))]
        return [Begin(message.id, wanted, message.since)]

    def _unsubscribe(self, name: str) -> list[Effect]:
        if name not in self._subscriptions:
            return [Send(messages.error("unknown_subscription", f"there is no subscription {name!r}", name))]
        self._remove(name)
        return [Send(messages.unsubscribed(name))]

    def _remove(self, name: str) -> None:
        subscription = self._subscriptions.pop(name, None)
        if subscription is not None:
            self._matching.drop(subscription.wanted)

    def _rewind(self, floor: Offsets) -> None:
        """Go back as far as `floor`; what the others were told already is below their floors."""
        before = self._position
        if before is None or not self._subscriptions:
            self._position = dict(floor)
        else:
            self._position = lowest(before, floor)
            for name, subscription in self._subscriptions.items():
                self._subscriptions[name] = replace(subscription, floor=highest(subscription.floor, before))
        self.rewound = self.rewound or self._position != before

    def _remember(self, alert_id: AlertId, due: tuple[str, ...]) -> None:
        self._sent[alert_id] = due
        self._sent.move_to_end(alert_id)
        if len(self._sent) > self._limits.remembered:
            self._sent.popitem(last=False)

    def _too_fast(self, at: datetime) -> bool:
        if self._window is None or at - self._window >= self._limits.per:
            self._window, self._received = at, 0
        self._received += 1
        return self._received > self._limits.messages

    def _strike(self, code: str, detail: str) -> list[Effect]:
        self._strikes += 1
        told: list[Effect] = [Send(messages.error(code, detail))]
        if self._strikes >= self._limits.strikes:
            told.append(Close(POLICY_VIOLATION, f"{self._strikes} messages could not be understood, the last: {code}"))
        return told
