"""Does what the ledger says is due, and writes down what came of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from events.delivery import DeliveryAttempted, DeliveryId
from events.subscription import Subscription, SubscriptionId
from services.runtime import metrics
from services.runtime.assembly import Ground
from services.webhook.adapters.client import Client
from services.webhook.adapters.outcomes import Outcomes
from services.webhook.adapters.subscribers import Subscribers
from services.webhook.core.delivery import Ledger
from services.webhook.core.dispatch import Send, Withdraw, concluded, due
from services.webhook.core.response import Accepted, Failed, Gone, Verdict
from services.webhook.settings import WebhookSettings

log = structlog.get_logger(__name__)

_PART = "webhook-sender"
_LOOK_SECONDS = 0.25
"""How often retries that have become due are looked for; new deliveries wake the sender at once."""

_REST = 4.0
"""After a look, the loop is left to others for so many times as long as the look took: 20 % of it at most."""

_MARGIN = 64
"""Actions looked for beyond the free places: those that end without a request need none."""

_DRAIN_SECONDS = 8.0


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

    def __init__(
        self, ground: Ground, settings: WebhookSettings, subscribers: Subscribers, *, drain: float = _DRAIN_SECONDS
    ) -> None:
        """
        Make a sender; `run` starts it.

        Args:
            ground: where outcomes are written, and when it is.
            settings: bounds on requests.
            subscribers: whom to send to; somebody else keeps them current.
            drain: seconds that requests in flight have to end, once a stop is asked for.
        """
        self._clock = ground.clock
        self._health = ground.health
        self._settings = settings
        self._subscribers = subscribers
        self._outcomes = Outcomes(ground, subscribers)
        self._drain = drain
        self._owned: dict[int, _Owned] = {}
        self._in_flight: dict[DeliveryId, tuple[int, DeliveryAttempted | None]] = {}
        self._requests: Counter[SubscriptionId] = Counter()
        self._ailing: set[SubscriptionId] = set()
        """Their last attempt failed: one request at a time, so that dead endpoints hold few places."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None
        self._wake = asyncio.Event()
        ground.health.expect(_PART)

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
        """
        Send until `stop` is set; then let the requests in flight end.

        Raises:
            Exception: an outcome could not be written, and not because the log was away.
        """
        client = Client(self._settings, self._clock)
        loop = asyncio.get_running_loop()
        try:
            while not stop.is_set():
                self._wake.clear()
                began = loop.time()
                if self._subscribers.view.loaded.is_set():
                    self._begin(client)
                self._health.progress(_PART, self._clock.now())
                await self._next_look(loop.time() - began)
                if self._failure is not None:
                    raise self._failure
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=self._drain)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await client.close()
            self._health.gone(_PART)

    def _begin(self, client: Client) -> None:
        """Start all that may be started now."""
        busy = {of for of, count in self._requests.items() if count >= self._limit(of)}
        now = self._clock.now()
        for number, owned in self._in_turn():
            free = self._settings.concurrency - self._requests.total()
            actions = due(
                owned.ledger,
                now,
                self._in_flight,
                subscriptions=self._subscribers.all,
                busy=busy,
                since=owned.since,
                most=free + _MARGIN,
            )
            ending = [action for action in actions if isinstance(action, Withdraw)]
            if ending:
                ids = [held.delivery_id for action in ending for held in action.events]
                self._start(number, self._withdraw(number, ending), *ids)
            for action in actions:
                if not isinstance(action, Send) or self._requests.total() >= self._settings.concurrency:
                    continue
                if action.subscription_id in busy:
                    self._wake.set()  # it became so just now, and hid what is behind it
                    continue
                self._requests[action.subscription_id] += 1
                if self._requests[action.subscription_id] >= self._limit(action.subscription_id):
                    busy.add(action.subscription_id)
                self._start(number, self._send(client, number, action), action.delivery_id)

    def _in_turn(self) -> list[tuple[int, _Owned]]:
        """The partitions, another one first each time: none takes all places for ever."""
        owned = list(self._owned.items())
        if owned:
            number, first = owned[0]
            del self._owned[number]
            self._owned[number] = first
        return owned

    def _limit(self, subscription_id: SubscriptionId) -> int:
        return 1 if subscription_id in self._ailing else self._settings.concurrency_per_endpoint

    def _start(self, number: int, work: Coroutine[Any, Any, None], *delivery_ids: DeliveryId) -> None:
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
            self._failure = self._failure or error

    async def _send(self, client: Client, number: int, send: Send) -> None:
        try:
            subscription = self._subscribers.all.get(send.subscription_id)
            if subscription is None:  # deleted just now: the next look withdraws what is owed to it
                self._release(send.delivery_id)
                return
            began, since = self._clock.now(), asyncio.get_running_loop().time()
            verdict = await _attempt(client, send, subscription)
            outcome = concluded(send, verdict, began, asyncio.get_running_loop().time() - since)
        finally:
            self._requests[send.subscription_id] -= 1
            if not self._requests[send.subscription_id]:
                del self._requests[send.subscription_id]
        self._note(send, verdict, outcome)
        if isinstance(verdict, Gone):
            # First: were it the other way round, a crash between the two would leave the subscription in service.
            await self._outcomes.retire(subscription, verdict, send)
        await self._outcomes.write([outcome])
        self._settle(number, outcome)

    def _note(self, send: Send, verdict: Verdict, outcome: DeliveryAttempted) -> None:
        if isinstance(verdict, Accepted):
            self._ailing.discard(send.subscription_id)
        else:
            self._ailing.add(send.subscription_id)
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

    async def _withdraw(self, number: int, actions: Sequence[Withdraw]) -> None:
        held = [(action, self._subscribers.all.get(action.events[0].subscription_id)) for action in actions]
        events: list[DeliveryAttempted] = []
        for action, stands in zip(actions, await self._outcomes.still_stand(held), strict=True):
            if stands:
                events += action.events
            else:
                self._release(*(event.delivery_id for event in action.events))
        await self._outcomes.write(events)
        for event in events:
            self._settle(number, event)

    def _release(self, *delivery_ids: DeliveryId) -> None:
        """Not in flight any longer, and nothing came of it: to be looked at anew."""
        for delivery_id in delivery_ids:
            self._in_flight.pop(delivery_id, None)

    def _settle(self, number: int, outcome: DeliveryAttempted) -> None:
        """Written; in flight until the ledger has it, which may be already, or may be once the number is back."""
        owned = self._owned.get(number)
        if owned is not None and _is_folded(owned.ledger, outcome):
            self._release(outcome.delivery_id)
        else:
            self._in_flight[outcome.delivery_id] = (number, outcome)

    async def _next_look(self, took: float) -> None:
        """Wait until there may be something to do; the longer the last look took, the later."""
        await asyncio.sleep(took * _REST)
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            pass


async def _attempt(client: Client, send: Send, subscription: Subscription) -> Verdict:
    try:
        return await client.attempt(send, subscription)
    except Exception as error:
        log.exception("attempt broke", delivery=send.delivery_id)
        return Failed(f"the sender failed: {type(error).__name__}")


def _is_folded(ledger: Ledger, outcome: DeliveryAttempted) -> bool:
    """Whether the ledger has taken account of the outcome."""
    line = ledger.line(outcome.subscription_id, outcome.alert_id)
    if line is None:
        return True
    waiting = next((held for held in line.waiting if held.delivery_id == outcome.delivery_id), None)
    return waiting is None or (outcome.due is not None and waiting.attempts >= outcome.attempt)
