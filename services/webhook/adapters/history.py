"""The latest attempts of each subscription, for whoever asks what became of a delivery."""

from __future__ import annotations

from collections import OrderedDict, deque

from events.base import Envelope, Event
from events.delivery import DeliveryAttempted
from events.subscription import SubscriptionId
from events.topics import DELIVERIES
from services.runtime.assembly import Ground
from services.runtime.bus.port import Message
from services.runtime.view import View

_NEWEST_RECORDS = 20_000
_PER_SUBSCRIPTION = 200
_SUBSCRIPTIONS = 5_000


class History:
    """A bounded view of the ledger."""

    def __init__(self, ground: Ground) -> None:
        self._attempts: OrderedDict[SubscriptionId, deque[DeliveryAttempted]] = OrderedDict()
        self.view = View(
            "deliveries",
            ground.bus,
            [DELIVERIES.name],
            self._fold,
            clock=ground.clock,
            health=ground.health,
            newest=_NEWEST_RECORDS,
        )

    def of(self, subscription_id: SubscriptionId) -> list[DeliveryAttempted]:
        """Up to 200 attempts, newest first."""
        return list(reversed(self._attempts.get(subscription_id, ())))

    def _fold(self, _message: Message, envelope: Envelope[Event]) -> None:
        event = envelope.data
        if not isinstance(event, DeliveryAttempted):
            return
        held = self._attempts.setdefault(event.subscription_id, deque(maxlen=_PER_SUBSCRIPTION))
        held.append(event)
        self._attempts.move_to_end(event.subscription_id)
        if len(self._attempts) > _SUBSCRIPTIONS:
            self._attempts.popitem(last=False)
