"""The subscriptions as this process sees them: a view of their compacted topic."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType

import structlog

from events.base import Envelope, Event
from events.filter import InvalidFilter
from events.subscription import Subscription, SubscriptionDeleted, SubscriptionId, SubscriptionSaved
from events.topics import SUBSCRIPTIONS
from services.runtime.assembly import Ground
from services.runtime.bus.port import Message
from services.runtime.errors import Transient
from services.runtime.publish import publish
from services.runtime.view import View
from services.webhook.core.plan import Order, order

log = structlog.get_logger(__name__)
_CATCH_UP_SECONDS = 5.0


class Subscribers:
    """All subscriptions, kept current."""

    def __init__(self, ground: Ground) -> None:
        self._bus = ground.bus
        self._all: dict[SubscriptionId, Subscription] = {}
        self._orders: dict[SubscriptionId, Order] = {}
        self._changing = asyncio.Lock()
        self.view = View(
            "subscriptions", ground.bus, [SUBSCRIPTIONS.name], self._fold, clock=ground.clock, health=ground.health
        )

    @property
    def all(self) -> Mapping[SubscriptionId, Subscription]:
        """Every subscription."""
        return MappingProxyType(self._all)

    @property
    def orders(self) -> Mapping[SubscriptionId, Order]:
        """Those whose filter this version can read, with it read."""
        return MappingProxyType(self._orders)

    async def save(self, envelope: Envelope[Event]) -> None:
        """
        Write a change, and return when this process sees it itself.

        Raises:
            Transient: it was not written.
        """
        await publish(self._bus, [envelope])
        with suppress(Transient):  # written it is; who hears of an error now would write it again
            if await self.caught_up():
                return
        log.warning("the change is saved, but not seen yet by this process")

    async def change(
        self, subscription_id: SubscriptionId, to: Callable[[Subscription | None], Envelope[Event] | None]
    ) -> None:
        """
        Change a subscription as it is now; changes of this process come one after another, so that none is lost.

        Args:
            subscription_id: which.
            to: gives the change for what is held, or None for no change; what it raises is passed on.

        Raises:
            Transient: the change was not written.
        """
        async with self._changing:
            envelope = to(self._all.get(subscription_id))
            if envelope is not None:
                await self.save(envelope)

    async def caught_up(self) -> bool:
        """
        Wait until this process sees all that was written up to now, other processes' changes included.

        Gives False if that takes more than 5 s.

        Raises:
            Transient: the log cannot say how far it goes.
        """
        ends = {at: held.end for at, held in (await self._bus.bounds(SUBSCRIPTIONS.name)).items()}
        try:
            async with asyncio.timeout(_CATCH_UP_SECONDS):
                await self.view.reached(ends)
        except TimeoutError:
            return False
        return True

    def _fold(self, _message: Message, envelope: Envelope[Event]) -> None:
        match envelope.data:
            case SubscriptionSaved(subscription=subscription):
                self._all[subscription.id] = subscription
                try:
                    self._orders[subscription.id] = order(subscription)
                except InvalidFilter as error:
                    self._orders.pop(subscription.id, None)
                    log.warning("a subscription gets nothing", subscription=subscription.id, error=str(error))
            case SubscriptionDeleted(subscription_id=subscription_id):
                self._all.pop(subscription_id, None)
                self._orders.pop(subscription_id, None)
            case _:
                pass
