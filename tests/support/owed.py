"""Deliveries that are owed, for tests of the ledger."""

from __future__ import annotations

from datetime import UTC, datetime

from events.alert import Alert
from events.delivery import DeliveryPlanned
from events.subscription import SubscriptionId
from services.webhook.core.plan import delivery_id

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SUB = SubscriptionId("s1")


def planned(
    revision: int, status: str = "revised", *, alert: str = "a1", sub: SubscriptionId = SUB, at: datetime = AT
) -> DeliveryPlanned:
    """A revision owed."""
    state = Alert.model_validate(
        {
            "id": alert,
            "event_id": f"e-{alert}",
            "revision": revision,
            "status": status,
            "severity": "urgent",
            "interrupt": True,
            "headline": "Ferry sinks",
            "score": 0.9,
            "lead": "story",
        }
    )
    return DeliveryPlanned(
        delivery_id=delivery_id(sub, state.id, revision), subscription_id=sub, alert=state, planned_at=at
    )
