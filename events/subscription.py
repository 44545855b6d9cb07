"""Who wants which alerts, and where."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal, NewType, Self

from pydantic import Field

from events.base import Event, Instant, Model

SubscriptionId = NewType("SubscriptionId", str)


class SubscriptionStatus(StrEnum):
    """Whether deliveries are attempted."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"
    """By us: the endpoint answered 410 Gone."""


class SigningSecret(Model):
    """A Standard Webhooks secret, `whsec_` and base64; several may sign while one is being rotated out."""

    value: str = Field(repr=False)
    expires: Instant | None = None


class Subscription(Model):
    """A standing order for alerts."""

    id: SubscriptionId
    channel: Literal["webhook"] = "webhook"
    url: str
    filter: str = ""
    """An expression of the filter language; empty is every alert."""

    description: str = ""
    status: SubscriptionStatus = SubscriptionStatus.ACTIVE
    status_reason: str = ""
    secrets: tuple[SigningSecret, ...] = Field(min_length=1, repr=False)
    """Newest first."""

    created: Instant
    updated: Instant


class SubscriptionSaved(Event):
    """A subscription was created or changed: its whole new state."""

    type: ClassVar[str] = "tocsin.subscription.saved.v1"
    subscription: Subscription

    @property
    def key(self) -> str:
        """The subscription's id."""
        return self.subscription.id


class SubscriptionDeleted(Event):
    """A subscription was deleted."""

    type: ClassVar[str] = "tocsin.subscription.deleted.v1"
    subscription_id: SubscriptionId

    @property
    def key(self) -> str:
        """The subscription's id."""
        return self.subscription_id

    @property
    def is_tombstone(self) -> bool:
        """Erases the subscription from its compacted topic."""
        return True

    @classmethod
    def from_tombstone(cls, key: str) -> Self:
        """The key is all there is."""
        return cls(subscription_id=SubscriptionId(key))
