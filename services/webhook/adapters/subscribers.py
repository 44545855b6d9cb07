"""The subscriptions as this process sees them: a view of their compacted topic."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

import structlog

from events.base import Envelope, Event
from events.filter import InvalidFilter
from events.subscription import Subscription, SubscriptionDeleted, SubscriptionId, SubscriptionSaved
from events.topics import SUBSCRIPTIONS
from services.runtime.assembly import Ground
from services.runtime.bus.port import Message
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

    async def save(self, *envelopes: Envelope[Event]) -> None:
        """
        Write changes, and return when this process sees them itself.

        Raises:
            Transient: they were not written.
        """
        await publish(self._bus, envelopes)
        ends = {at: held.end for at, held in (await self._bus.bounds(SUBSCRIPTIONS.name)).items()}
        try:
            async with asyncio.timeout(_CATCH_UP_SECONDS):
                await self.view.reached(ends)
        except TimeoutError:
            log.warning("the change is saved, but not seen yet by this process")

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
