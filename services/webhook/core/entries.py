"""What the webhook service remembers, as it stands in its changelogs."""

from __future__ import annotations

from pydantic import Field, TypeAdapter

from events.alert import Alert, AlertId, AlertStatus
from events.base import Instant, Model
from events.delivery import DeliveryId
from events.subscription import SubscriptionId

RECALLS = frozenset({AlertStatus.KILLED, AlertStatus.CORRECTED})
"""They take back or put right what was sent before, and so are sent to a subscriber who has paused, too."""


class Waiting(Model):
    """A delivery that has not ended."""

    delivery_id: DeliveryId
    alert: Alert
    attempts: int = Field(default=0, ge=0)
    """How many have ended, as far as the ledger knows."""

    due: Instant
    """When it may be attempted, were it the first of its line; before any attempt, when it came to be owed."""


class Line(Model):
    """The deliveries of one alert to one subscription: they go out one after another, in order of revision."""

    subscription_id: SubscriptionId
    alert_id: AlertId
    planned: int = Field(ge=1)
    """The highest revision that was ever owed."""

    reached: int = Field(default=0, ge=0)
    """The highest revision that may have arrived: one that was sent, however that ended. 0 if none was."""

    waiting: tuple[Waiting, ...] = ()
    """Ascending revisions."""

    touched: Instant

    @property
    def key(self) -> str:
        """Where it is kept."""
        return line_key(self.subscription_id, self.alert_id)


class Told(Model):
    """Which subscriptions were owed a revision of an alert: kills and corrections must reach them all."""

    alert_id: AlertId
    subscriptions: tuple[SubscriptionId, ...]
    """Ascending."""

    touched: Instant


LINE: TypeAdapter[Line] = TypeAdapter(Line)
"""Reads an entry of the delivery ledger."""

TOLD: TypeAdapter[Told] = TypeAdapter(Told)
"""Reads an entry of the plan."""


def line_key(subscription_id: SubscriptionId, alert_id: AlertId) -> str:
    """Where a line is kept in the ledger."""
    return f"d/{subscription_id}/{alert_id}"


def told_key(alert_id: AlertId) -> str:
    """Where it is kept who was told of an alert."""
    return f"p/{alert_id}"
