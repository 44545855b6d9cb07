"""Writes down what came of deliveries: a known outcome is written however long the log is away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import structlog

from events.base import Envelope, Event, head
from events.delivery import DeliveryAttempted
from events.subscription import Subscription, SubscriptionStatus
from services.runtime.assembly import Ground
from services.runtime.errors import Transient
from services.runtime.publish import publish
from services.webhook.adapters.subscribers import Subscribers
from services.webhook.core.dispatch import Send, Withdraw, disabled
from services.webhook.core.response import Gone

log = structlog.get_logger(__name__)

_AGAIN_SECONDS = 0.5


class Outcomes:
    """The ends of deliveries, and of subscriptions whose endpoint is gone."""

    def __init__(self, ground: Ground, subscribers: Subscribers) -> None:
        self._bus = ground.bus
        self._clock = ground.clock
        self._subscribers = subscribers

    async def write(self, outcomes: Sequence[DeliveryAttempted]) -> None:
        """Return once they are on the log."""
        if outcomes:
            await self._until_written(partial(publish, self._bus, [_record(outcome) for outcome in outcomes]))

    async def retire(self, attempted: Subscription, gone: Gone, send: Send) -> None:
        """Disable the subscription as it is now, if it is there and still has the URL that said so."""

        def to(held: Subscription | None) -> Envelope[Event] | None:
            if held is None or held.url != attempted.url:
                return None
            now = self._clock.now()
            identity = "\x1f".join((held.id, "gone", send.delivery_id, str(send.attempt)))
            return head(disabled(held, gone, now), source="/webhook", time=now, identity=identity)

        await self._until_written(partial(self._subscribers.change, attempted.id, to))

    async def still_stand(self, ending: Sequence[tuple[Withdraw, Subscription | None]]) -> list[bool]:
        """
        Whether each of these ends may be written down.

        Args:
            ending: each with its subscription as it was when that was decided.

        Where a subscription is gone or disabled, all that was written by now is looked at first: another process may
        have made or enabled it, and planned the delivery, before this one saw that.
        """
        closed = any(of is None or of.status is SubscriptionStatus.DISABLED for _, of in ending)
        if closed and not await self._caught_up():
            return [False] * len(ending)
        return [self._subscribers.all.get(action.events[0].subscription_id) is of for action, of in ending]

    async def _caught_up(self) -> bool:
        try:
            return await self._subscribers.caught_up()
        except Transient as fault:
            log.warning("what ends waits for the log", error=str(fault))
            await self._clock.sleep(_AGAIN_SECONDS)
            return False

    async def _until_written(self, write: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await write()
            except Transient as fault:
                log.warning("an outcome waits to be written", error=str(fault))
                await self._clock.sleep(_AGAIN_SECONDS)
            else:
                return


def _record(outcome: DeliveryAttempted) -> Envelope[DeliveryAttempted]:
    identity = "\x1f".join((outcome.delivery_id, str(outcome.attempt), outcome.outcome))
    return head(outcome, source="/webhook", time=outcome.attempted_at, identity=identity)
