"""The delivery ledger: what was owed to whom, every attempt, every outcome."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, NewType

from pydantic import Field

from events.alert import Alert, AlertId
from events.base import Event, Instant
from events.subscription import SubscriptionId

DeliveryId = NewType("DeliveryId", str)
"""Stable per (subscription, alert, revision): the `webhook-id` that a receiver dedupes on."""


class Outcome(StrEnum):
    """How an attempt ended."""

    DELIVERED = "delivered"
    RETRYING = "retrying"
    """It failed and another attempt is due."""

    GIVEN_UP = "given_up"
    """It failed for good, or was superseded by a later revision while waiting."""


class DeliveryPlanned(Event):
    """An alert revision is owed to a subscription."""

    type: ClassVar[str] = "tocsin.delivery.planned.v1"
    delivery_id: DeliveryId
    subscription_id: SubscriptionId
    alert: Alert
    planned_at: Instant

    @property
    def key(self) -> str:
        """The subscription's id: one owner for an endpoint."""
        return self.subscription_id

    @property
    def subject(self) -> str:
        """The delivery's id."""
        return self.delivery_id


class DeliveryAttempted(Event):
    """An attempt was made, and how it ended."""

    type: ClassVar[str] = "tocsin.delivery.attempted.v1"
    delivery_id: DeliveryId
    subscription_id: SubscriptionId
    alert_id: AlertId
    revision: int = Field(ge=1)
    attempt: int = Field(ge=1)
    outcome: Outcome
    status_code: int | None = None
    detail: str = ""
    """Why it failed, in words; never the body of a blocked target."""

    attempted_at: Instant
    duration: float = Field(ge=0)
    """Seconds."""

    due: Instant | None = None
    """When the next attempt is due."""

    @property
    def key(self) -> str:
        """The subscription's id."""
        return self.subscription_id

    @property
    def subject(self) -> str:
        """The delivery's id."""
        return self.delivery_id

    @property
    def sequence(self) -> int:
        """The number of the attempt."""
        return self.attempt


class AlertBroadcast(Event):
    """A gateway wrote an alert revision to its open streams."""

    type: ClassVar[str] = "tocsin.delivery.broadcast.v1"
    gateway: str
    alert_id: AlertId
    revision: int = Field(ge=1)
    recipients: int = Field(ge=0)
    broadcast_at: Instant

    @property
    def key(self) -> str:
        """The gateway: its ledger is in order."""
        return self.gateway

    @property
    def subject(self) -> str:
        """The alert's id."""
        return self.alert_id
