"""Stories of one event as the alert stage gets them, and an alert service without a runtime to tell them to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from events.alert import Alert, AlertId, AlertRevised
from events.base import Model
from events.decision import Change, Decision, Tick
from events.editorial import CorrectAlert, EditorActed, KillAlert
from events.entity import Entity, EntityType, Place, Topic
from events.story import EventId, Severity, Story, StoryEnriched, StoryId, Verdict
from services.alert.core.entries import ENTRY, Alerts
from services.alert.core.lifecycle import alert_id
from services.alert.core.step import Rules, step

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENT = EventId("quake")


def told(
    story_id: str = "ap-1",
    text: str = "Quake strikes coast",
    *,
    source: str | None = None,
    severity: str = "urgent",
    breaking: bool = True,
    event_id: str = EVENT,
    **fields: Any,
) -> StoryEnriched:
    """A story of the event; its source is what its id begins with, its digest follows from what it says."""
    story = Story(
        id=StoryId(story_id),
        source=source or story_id.partition("-")[0],
        digest=repr((text, sorted(fields.items()))),
        headline=text,
        **{"body": f"{text}. More follows.", "language": "en", "published": AT, "first_seen": AT, **fields},
    )
    verdict = Verdict(
        story_id=story.id,
        event_id=EventId(event_id),
        breaking=breaking,
        score=0.9 if breaking else 0.3,
        threshold=0.5,
        severity=Severity(severity),
        event_breaking=True,
    )
    return StoryEnriched(
        story=story,
        verdict=verdict,
        entities=(Entity(text=text[:5], type=EntityType.EVENT, start=0, end=5),),
        places=(Place(name=f"place of {story_id}"),),
        topics=(Topic(id="medtop:03000000", name=f"topic of {story_id}", score=1),),
        classified_at=AT + timedelta(seconds=1),
        enriched_at=AT + timedelta(seconds=2),
    )


def kills(*, test: bool = False, reason: str = "not confirmed") -> EditorActed:
    """An editor kills the alert."""
    return _acted(KillAlert(), test, reason)


def corrects(headline: str, *, test: bool = False, reason: str = "wrong coast") -> EditorActed:
    """An editor replaces the headline."""
    return _acted(CorrectAlert(headline=headline), test, reason)


def _acted(action: KillAlert | CorrectAlert, test: bool, reason: str) -> EditorActed:  # noqa: FBT001 (ours alone)
    return EditorActed(
        event_id=EVENT, alert_id=AlertId(alert_id(EVENT, test=test)), action=action, editor="Ana", reason=reason, at=AT
    )


def after(**time: float) -> datetime:
    """So long after the first story."""
    return AT + timedelta(**time)


class Desk:
    """The alert stage's step and state, with a changelog like the runtime's."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self.state = Alerts()
        self.changelog: dict[str, bytes | None] = {}

    def hear(self, event: StoryEnriched | EditorActed | Tick, at: datetime | None = None) -> list[Alert]:
        """Step, fold, and give the revisions."""
        decision = self.decide(event, at)
        for change in decision.changes:
            self.state.apply(change)
            self._log(change.key, change.value)
        return [written.alert for written in decision.events if isinstance(written, AlertRevised)]

    def decide(self, event: StoryEnriched | EditorActed | Tick, at: datetime | None = None) -> Decision:
        """Step only."""
        return step(self.rules, self.state, event, at or (event.at if isinstance(event, Tick) else AT))

    def hear_all(self, *events: StoryEnriched | EditorActed | Tick) -> list[Alert]:
        """All revisions of several events."""
        return [alert for event in events for alert in self.hear(event)]

    def restarted(self) -> Desk:
        """Another, whose state is rebuilt from the changelog."""
        desk = Desk(self.rules)
        for key, value in self.changelog.items():
            desk.state.apply(Change(key, None if value is None else ENTRY.validate_json(value)))
            desk.changelog[key] = value
        return desk

    def _log(self, key: str, value: Model | None) -> None:
        self.changelog.pop(key, None)  # as compaction leaves it: by the last change of each key
        self.changelog[key] = None if value is None else value.model_dump_json().encode()
