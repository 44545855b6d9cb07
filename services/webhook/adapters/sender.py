"""Does what the ledger says is due, and writes down what came of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import structlog

from events.base import Envelope, Event, head
from events.delivery import DeliveryAttempted, DeliveryId
from events.subscription import SubscriptionId
from services.runtime import metrics
from services.runtime.assembly import Ground
from services.runtime.errors import Transient
from services.runtime.publish import publish
from services.webhook.adapters.client import Client
from services.webhook.adapters.subscribers import Subscribers
from services.webhook.core.delivery import Ledger
from services.webhook.core.dispatch import Send, Withdraw, concluded, disabled, due
from services.webhook.core.response import Failed, Gone
from services.webhook.settings import WebhookSettings

log = structlog.get_logger(__name__)

_LOOK_SECONDS = 0.25
"""How often retries that have become due are looked for; new deliveries wake the sender at once."""

_DRAIN_SECONDS = 8.0
_AGAIN_SECONDS = 0.5


@dataclass(slots=True)
class _Owned:
    """A partition of deliveries that this process has."""

    ledger: Ledger
    since: datetime


class Sender:
    """
    Sends what is due in the partitions that this process owns.

    What is in flight is kept in memory alone: after a crash it is sent again with the same id.
    """

    def __init__(self, ground: Ground, settings: WebhookSettings, subscribers: Subscribers) -> None:
        self._bus = ground.bus
        self._clock = ground.clock
        self._health = ground.health
        self._settings = settings
        self._subscribers = subscribers
        self._owned: dict[int, _Owned] = {}
        self._in_flight: dict[DeliveryId, tuple[int, DeliveryAttempted | None]] = {}
        self._requests: Counter[SubscriptionId] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()

    def observe(self, number: int, ledger: Ledger | None) -> None:
        """Told by the runner after each commit: what is folded in need not be held in flight any longer."""
        if ledger is None:
            self._owned.pop(number, None)
            return
        owned = self._owned.get(number)
        if owned is None or owned.ledger is not ledger:
            self._owned[number] = _Owned(ledger, self._clock.now())
        for delivery_id, (at, outcome) in list(self._in_flight.items()):
            if at == number and outcome is not None and _is_folded(ledger, outcome):
                del self._in_flight[delivery_id]
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set; then let the requests in flight end."""
        client = Client(self._settings, self._clock)
        try:
            while not stop.is_set():
                if self._subscribers.view.loaded.is_set():
                    self._begin(client)
                self._health.progress("webhook-sender", self._clock.now())
                await self._next_look()
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=_DRAIN_SECONDS)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await client.close()
            self._health.gone("webhook-sender")

    def _begin(self, client: Client) -> None:
        """Start all that may be started now."""
        busy = {of for of, count in self._requests.items() if count >= self._settings.concurrency_per_endpoint}
        now = self._clock.now()
        for number, owned in self._owned.items():
            actions = due(
                owned.ledger,
                now,
                self._in_flight,
                subscriptions=self._subscribers.all,
                busy=busy,
                since=owned.since,
            )
            for action in actions:
                if isinstance(action, Withdraw):
                    self._start(number, self._withdraw(number, action), *(held.delivery_id for held in action.events))
                elif len(self._tasks) < self._settings.concurrency and action.subscription_id not in busy:
                    self._requests[action.subscription_id] += 1
                    if self._requests[action.subscription_id] >= self._settings.concurrency_per_endpoint:
                        busy.add(action.subscription_id)
                    self._start(number, self._send(client, number, action), action.delivery_id)

    def _start(self, number: int, work: object, *delivery_ids: DeliveryId) -> None:
        assert asyncio.iscoroutine(work)  # noqa: S101 (called with our own coroutines)
        for delivery_id in delivery_ids:
            self._in_flight[delivery_id] = (number, None)
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a delivery failed inside the sender", exc_info=error)

    async def _send(self, client: Client, number: int, send: Send) -> None:
        subscription = self._subscribers.all[send.subscription_id]
        began = self._clock.now()
        try:
            verdict = await client.attempt(send, subscription)
        except Exception as error:
            log.exception("attempt broke", delivery=send.delivery_id)
            verdict = Failed(f"the sender failed: {type(error).__name__}")
        finally:
            self._requests[send.subscription_id] -= 1
        now = self._clock.now()
        outcome = concluded(send, verdict, began, (now - began).total_seconds())
        metrics.ATTEMPTS.labels(outcome.outcome).inc()
        log.info(
            "attempted",
            delivery=send.delivery_id,
            subscription=send.subscription_id,
            alert=send.alert.id,
            revision=send.alert.revision,
            attempt=send.attempt,
            outcome=outcome.outcome,
            detail=outcome.detail,
        )
        written: list[Envelope[Event]] = [_record(outcome)]
        if isinstance(verdict, Gone):
            gone = disabled(subscription, verdict, now)
            identity = f"{subscription.id}\x1fgone\x1f{send.delivery_id}"
            written.append(head(gone, source="/webhook", time=now, identity=identity))
        await self._write(written)
        self._settle(number, outcome)

    async def _withdraw(self, number: int, withdraw: Withdraw) -> None:
        await self._write([_record(event) for event in withdraw.events])
        for event in withdraw.events:
            self._settle(number, event)

    def _settle(self, number: int, outcome: DeliveryAttempted) -> None:
        """Written; in flight until the ledger has it, which may be already."""
        owned = self._owned.get(number)
        if owned is None or _is_folded(owned.ledger, outcome):
            self._in_flight.pop(outcome.delivery_id, None)
        else:
            self._in_flight[outcome.delivery_id] = (number, outcome)

    async def _write(self, envelopes: list[Envelope[Event]]) -> None:
        """An outcome that is known is written however long the log is away."""
        while True:
            try:
                await publish(self._bus, envelopes)
            except Transient as fault:
                log.warning("an outcome waits to be written", error=str(fault))
                await self._clock.sleep(_AGAIN_SECONDS)
            else:
                return

    async def _next_look(self) -> None:
        self._wake.clear()
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            pass


def _record(outcome: DeliveryAttempted) -> Envelope[DeliveryAttempted]:
    identity = "\x1f".join((outcome.delivery_id, str(outcome.attempt), outcome.outcome))
    return head(outcome, source="/webhook", time=outcome.attempted_at, identity=identity)


def _is_folded(ledger: Ledger, outcome: DeliveryAttempted) -> bool:
    """Whether the ledger has taken account of the outcome."""
    line = ledger.line(outcome.subscription_id, outcome.alert_id)
    if line is None:
        return True
    waiting = next((held for held in line.waiting if held.delivery_id == outcome.delivery_id), None)
    return waiting is None or (outcome.due is not None and waiting.attempts >= outcome.attempt)
