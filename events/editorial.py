"""What an editor did to an alert."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from events.alert import AlertId
from events.base import Event, Instant, Model
from events.story import EventId


class KillAlert(Model):
    """Withdraw the alert: whoever received it must be told not to use it."""

    action: Literal["kill"] = "kill"


class CorrectAlert(Model):
    """Replace the headline, because what was sent was wrong."""

    action: Literal["correct"] = "correct"
    headline: str = Field(min_length=1, max_length=300)


EditorialAction = Annotated[KillAlert | CorrectAlert, Field(discriminator="action")]


class EditorActed(Event):
    """An editor acted on an alert: who, what, why and when."""

    type: ClassVar[str] = "tocsin.editorial.acted.v1"
    event_id: EventId
    alert_id: AlertId
    action: EditorialAction
    editor: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    at: Instant

    @property
    def key(self) -> str:
        """The event in the world."""
        return self.event_id

    @property
    def subject(self) -> str:
        """The alert's id."""
        return self.alert_id
