"""How many streams each alert revision was written to, put on the log in batches, never in the way of delivery."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

import structlog

from events.alert import AlertId
from events.base import Envelope, head
from events.delivery import AlertBroadcast
from services.runtime.bus.port import Bus
from services.runtime.clock import Clock, pause
from services.runtime.errors import Transient
from services.runtime.health import Health
from services.runtime.publish import publish
from services.websocket.core.board import Entry

log = structlog.get_logger(__name__)

SOURCE = "/websocket"
_MOST_WAITING = 10_000
"""Revisions whose count waits while the log is away."""


class Ledger:
    """
    Counts, and writes the counts down.

    Each new revision gets one entry, with 0 where nobody listened. Whoever gets it later, since they were slow or
    resumed, is counted in a further entry: the recipients of a revision are the sum of its entries.
    """

    name = "websocket-ledger"

    def __init__(self, gateway: str, bus: Bus, clock: Clock, health: Health, seconds: float) -> None:
        self._gateway = gateway
        self._bus = bus
        self._clock = clock
        self._health = health
        self._seconds = seconds
        self._counts: OrderedDict[tuple[AlertId, int], int] = OrderedDict()
        health.expect(self.name)

    def raised(self, entry: Entry) -> None:
        """A revision has just come in; it gets an entry even if nobody is there."""
        self._counts.setdefault((entry.alert_id, entry.revision), 0)

    def wrote(self, entry: Entry) -> None:
        """A revision was written to one stream."""
        key = (entry.alert_id, entry.revision)
        self._counts[key] = self._counts.get(key, 0) + 1
        if len(self._counts) > _MOST_WAITING:
            lost, recipients = self._counts.popitem(last=False)
            log.error("the ledger is behind, an entry was dropped", alert=lost[0], revision=lost[1], count=recipients)

    async def keep(self, stop: asyncio.Event) -> None:
        """Write until `stop` is set, and once more then."""
        while not stop.is_set():
            await pause(self._clock, self._seconds, stop)
            await self.flush()
        self._health.gone(self.name)

    async def flush(self) -> None:
        """Write what was counted; what cannot be written is kept for the next time."""
        counts, self._counts = self._counts, OrderedDict()
        at = self._clock.now()
        try:
            if counts:
                await publish(self._bus, [self._entry(*key, recipients) for key, recipients in counts.items()])
        except Transient as fault:
            log.warning("will try again", part=self.name, error=str(fault))
            self._health.trouble(self.name, str(fault))
            for key, recipients in counts.items():
                self._counts[key] = self._counts.get(key, 0) + recipients
        else:
            self._health.progress(self.name, at)

    def _entry(self, alert_id: AlertId, revision: int, recipients: int) -> Envelope[AlertBroadcast]:
        at = self._clock.now()
        broadcast = AlertBroadcast(
            gateway=self._gateway, alert_id=alert_id, revision=revision, recipients=recipients, broadcast_at=at
        )
        return head(
            broadcast, source=SOURCE, time=at, identity=f"{self._gateway}/{alert_id}/{revision}/{at.isoformat()}"
        )
