"""
What waits for one client: bounded in bytes, in the order of the log.

While little waits nothing is left out. Once `pressed` bytes wait, a revision takes the place of the earlier one of
the same alert, and a kill or an interrupting flash goes ahead of the rest. Neither moves the client's cursor past
what still waits: a replaced message keeps the cursor of its place, and one that overtakes carries the cursor of
the last message that was sent in order. So a client that resumes may get a revision twice, and never misses one.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

from events.alert import AlertId
from services.websocket.core.cursor import Cursor
from services.websocket.core.messages import Control
from services.websocket.core.session import Told

ENVELOPE_BYTES = 256
"""Counted for each message on top of the alert itself."""


@dataclass(frozen=True, slots=True)
class Revision:
    """An alert revision as it leaves the outbox."""

    told: Told
    cursor: Cursor


Outgoing: TypeAlias = Revision | Control


@dataclass(slots=True)
class _Slot:
    """A place in the queue; empty once its message was overtaken."""

    message: Told | Control | None
    cursor: Cursor | None
    size: int


class Outbox:
    """A queue that would rather lose what is outdated than the client, and the client than the memory."""

    def __init__(self, limit: int, *, pressed: int | None = None) -> None:
        """
        An empty outbox.

        Args:
            limit: bytes that may wait.
            pressed: bytes from which on outdated revisions are replaced and urgent ones overtake.
        """
        self._limit = limit
        self._pressed = limit // 8 if pressed is None else pressed
        self._cursor: Cursor | None = None
        self._places = 0
        self._ahead: deque[_Slot] = deque()
        self._queue: deque[_Slot] = deque()
        self._latest: dict[AlertId, _Slot] = {}
        self.waiting = 0
        """Bytes."""

    def __bool__(self) -> bool:
        return bool(self._ahead or self._queue)

    @property
    def roomy(self) -> bool:
        """Whether so little waits that what is read from the log may be added without leaving anything out."""
        return self.waiting < self._pressed

    def tell(self, told: Told) -> bool:
        """Add an alert revision; False where there is no room, and then the client is too slow."""
        size = len(told.entry.json) + ENVELOPE_BYTES
        if self.roomy:
            return self._append(told, told.cursor, size)
        if told.entry.urgent and self._overtakes(told):
            self._ahead.append(_Slot(told, None, size))
            self.waiting += size
            return self.waiting <= self._limit
        slot = self._latest.get(told.entry.alert_id)
        if slot is not None and isinstance(slot.message, Told) and _outdates(told, slot.message):
            self.waiting += size - slot.size
            slot.message, slot.size = told, size
            return self.waiting <= self._limit
        return self._append(told, told.cursor, size)

    def control(self, control: Control) -> bool:
        """Add another message; False where there is no room."""
        self._places += control.cursor is not None
        return self._append(control, control.cursor, len(control.json))

    def pop(self) -> Outgoing | None:
        """The next message, with the cursor that it is to carry; None when nothing waits."""
        while self._ahead or self._queue:
            in_order = not self._ahead
            slot = self._queue.popleft() if in_order else self._ahead.popleft()
            message = slot.message
            if message is None:
                continue
            self.waiting -= slot.size
            if slot.cursor is not None:
                self._cursor = slot.cursor
            if isinstance(message, Control):
                self._places -= message.cursor is not None
                return message
            if in_order and self._latest.get(message.entry.alert_id) is slot:
                del self._latest[message.entry.alert_id]
            return Revision(message, self._cursor or message.cursor)
        return None

    def _append(self, message: Told | Control, cursor: Cursor | None, size: int) -> bool:
        if self.waiting and self.waiting + size > self._limit:
            return False
        slot = _Slot(message, cursor, size)
        self._queue.append(slot)
        self.waiting += size
        if isinstance(message, Told):
            self._latest[message.entry.alert_id] = slot
        return True

    def _overtakes(self, told: Told) -> bool:
        """
        Empty the places of what it outdates.

        False where something of its alert would come after it, or where the client waits to be told from where it
        is being served: until then the last cursor it has may be past what it asked for.
        """
        if self._cursor is None or self._places:
            return False
        own = [slot for slot in self._queue if isinstance(slot.message, Told) and _same_alert(slot.message, told)]
        if not all(isinstance(slot.message, Told) and _outdates(told, slot.message) for slot in own):
            return False
        for slot in own:
            self.waiting -= slot.size
            slot.message = None
        self._latest.pop(told.entry.alert_id, None)
        return True


def _same_alert(one: Told, other: Told) -> bool:
    return one.entry.alert_id == other.entry.alert_id


def _outdates(newer: Told, older: Told) -> bool:
    """Whether a client that gets the newer one need not get the older one."""
    return newer.entry.revision > older.entry.revision and set(older.subscriptions) <= set(newer.subscriptions)
