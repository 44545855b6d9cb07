"""What the alert service remembers, and how changes are folded into it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from events.alert import Alert
from events.base import Instant, Model
from events.decision import Change
from events.story import EventId, StoryEnriched, StoryId


class Seen(Model):
    """The newest revision of a story that the alert took account of."""

    story_id: StoryId
    source: str
    version: int
    digest: str
    withdrawn: bool = False


class AlertEntry(Model):
    """An alert as it was last published."""

    kind: Literal["alert"] = "alert"
    alert: Alert
    seen: tuple[Seen, ...] = ()
    headline_is_editors: bool = False
    """An editor's headline stays, whatever the sources send later."""

    touched: Instant
    """When it last changed, on the clock of its stories."""


class HeldEntry(Model):
    """A story under embargo, until its moment."""

    kind: Literal["held"] = "held"
    event: StoryEnriched
    until: Instant


Entry = Annotated[AlertEntry | HeldEntry, Field(discriminator="kind")]
ENTRY: TypeAdapter[AlertEntry | HeldEntry] = TypeAdapter(Entry)


def alert_key(event_id: EventId, *, test: bool) -> str:
    """Where an event's alert is kept. Tests have alerts of their own: a drill never touches the real one."""
    return f"{'t' if test else 'a'}/{event_id}"


def held_key(story_id: StoryId) -> str:
    """Where a story under embargo is kept: one revision of it, the newest."""
    return f"h/{story_id}"


class Alerts:
    """The alerts of one partition number, and the stories held back."""

    def __init__(self) -> None:
        self._alerts: dict[str, AlertEntry] = {}
        self._held: dict[str, HeldEntry] = {}

    def alert(self, event_id: EventId, *, test: bool) -> AlertEntry | None:
        """The alert of an event, if one was raised."""
        return self._alerts.get(alert_key(event_id, test=test))

    def held(self, story_id: StoryId) -> HeldEntry | None:
        """The revision of a story that is held back, if one is."""
        return self._held.get(held_key(story_id))

    def held_beside(self, event: StoryEnriched) -> list[str]:
        """Keys of what the same source has under embargo for the same event."""
        return [key for key, entry in self._held.items() if _origin(entry.event) == _origin(event)]

    def due(self, at: datetime) -> Iterator[tuple[str, HeldEntry]]:
        """Stories whose embargo ends at or before `at`, by their moment."""
        due = [(key, entry) for key, entry in self._held.items() if entry.until <= at]
        yield from sorted(due, key=lambda item: (item[1].until, item[0]))

    def untouched_since(self, before: datetime, most: int) -> list[str]:
        """Keys of up to `most` alerts that did not change since, the longest untouched first."""
        found: list[str] = []
        for key, entry in self._alerts.items():  # in the order of their last change
            if entry.touched >= before or len(found) == most:
                break
            found.append(key)
        return found

    def apply(self, change: Change) -> None:
        """Fold one change in."""
        self._alerts.pop(change.key, None)
        self._held.pop(change.key, None)
        if isinstance(change.value, AlertEntry):
            self._alerts[change.key] = change.value
        elif isinstance(change.value, HeldEntry):
            self._held[change.key] = change.value


def _origin(event: StoryEnriched) -> tuple[str, EventId, bool]:
    return event.story.source, event.verdict.event_id, event.story.test
