"""What an editor asks to be done to an alert, as an event."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from events.alert import AlertId
from events.base import Envelope, head
from events.editorial import CorrectAlert, EditorActed, KillAlert
from events.story import EventId
from services.websocket.adapters.ledger import SOURCE

_Text = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]


class _Order(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    reason: _Text = Field(description="Told to everyone who had the alert")
    editor: _Text = Field(description="Who decided it")


class Kill(_Order):
    """Withdraw the alert: everyone who had it is told not to use it."""

    action: Literal["kill"]


class Correct(_Order):
    """Replace the headline, because what was sent was wrong."""

    action: Literal["correct"]
    headline: Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S")]


Order: TypeAlias = Annotated[Kill | Correct, Field(discriminator="action")]


class Taken(BaseModel):
    """The action is on the log; the revision that it brings about comes with the stream."""

    id: str
    alert_id: AlertId
    action: Literal["kill", "correct"]


def acted(
    order: Kill | Correct, alert_id: AlertId, event_id: EventId, key: str | None, at: datetime
) -> Envelope[EditorActed]:
    """
    The event for an order.

    Args:
        order: what is to be done.
        alert_id: to which alert.
        event_id: the event in the world that it tells of.
        key: the client's Idempotency-Key: equal keys make the same record, which counts once.
        at: now; tells orders without a key apart.
    """
    event = EditorActed(
        event_id=event_id,
        alert_id=alert_id,
        action=KillAlert() if isinstance(order, Kill) else CorrectAlert(headline=order.headline),
        editor=order.editor,
        reason=order.reason,
        at=at,
    )
    told_apart = key or hashlib.sha256(order.model_dump_json().encode()).hexdigest() + at.isoformat()
    return head(event, source=SOURCE, time=at, identity=f"{alert_id}/{order.action}/{told_apart}")
