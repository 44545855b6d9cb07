"""Alerts: what a newsroom is told, revision by revision."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, NewType

from pydantic import Field

from events.base import Event, Instant, Model
from events.entity import Entity, Place, Topic
from events.story import EventId, Reason, Severity, StoryId

AlertId = NewType("AlertId", str)
"""One per event in the world, for ever."""


class AlertStatus(StrEnum):
    """Where an alert is in its life."""

    RAISED = "raised"
    REVISED = "revised"
    CORRECTED = "corrected"
    KILLED = "killed"


class Report(Model):
    """One source's latest telling of the event."""

    story_id: StoryId
    source: str
    headline: str
    url: str | None = None
    published: Instant


class Alert(Model):
    """
    One revision of the alert for one event.

    A subscriber that keeps the highest `revision` for each `id` has the present state, whatever it missed.
    """

    id: AlertId
    event_id: EventId
    revision: int = Field(ge=1)
    status: AlertStatus
    severity: Severity
    test: bool = False
    interrupt: bool
    """Worth interrupting someone: raised, escalated, corrected, killed. A further source is not."""

    headline: str
    summary: str = ""
    language: str = "und"
    url: str | None = None
    score: float = Field(ge=0, le=1)
    reasons: tuple[Reason, ...] = ()
    entities: tuple[Entity, ...] = ()
    """Offsets count into the text of the story `lead`."""

    places: tuple[Place, ...] = ()
    topics: tuple[Topic, ...] = ()
    lead: StoryId
    """The story that headline, summary and entities are taken from."""

    stories: tuple[StoryId, ...] = ()
    reports: tuple[Report, ...] = ()
    changes: tuple[str, ...] = ()
    """What this revision changed and why, one sentence each."""

    clocks: dict[str, Instant] = Field(default_factory=dict)
    """When each stage was reached: published, first_seen, classified, enriched, raised, revised."""


class AlertRevised(Event):
    """An alert was raised, revised, corrected or killed: its whole new state."""

    type: ClassVar[str] = "tocsin.alert.revised.v1"
    alert: Alert

    @property
    def key(self) -> str:
        """The event in the world."""
        return self.alert.event_id

    @property
    def subject(self) -> str:
        """The alert's id."""
        return self.alert.id

    @property
    def sequence(self) -> int:
        """The revision number."""
        return self.alert.revision
