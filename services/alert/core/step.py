"""The alert service's step: a story of a breaking event, an editor's action or the passing of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from events.alert import Alert, AlertRevised
from events.base import Event
from events.decision import NOTHING, Change, Decision, Tick
from events.editorial import CorrectAlert, EditorActed, KillAlert
from events.story import EventId, Notice, Story, StoryEnriched, StoryStatus
from services.alert.core import lifecycle
from services.alert.core.entries import AlertEntry, Alerts, HeldEntry, Seen, alert_key, held_key

_ERASED_PER_TICK = 100


@dataclass(frozen=True, slots=True)
class Rules:
    """What can be set."""

    remember: timedelta = timedelta(days=30)
    """How long an alert that nothing changes can still be revised or killed: as long as the topic keeps it."""


def step(rules: Rules, alerts: Alerts, event: StoryEnriched | EditorActed | Tick, at: datetime) -> Decision:
    """Decide the next revisions."""
    match event:
        case StoryEnriched():
            return _on_story(alerts, event, at)
        case EditorActed():
            return _on_editor(alerts, event, at)
        case Tick():
            return _on_tick(rules, alerts, event, at)
        case _:
            assert_never(event)


def _on_story(alerts: Alerts, event: StoryEnriched, at: datetime) -> Decision:
    story = event.story
    key = held_key(story.id)
    if story.embargo is not None and story.embargo > story.first_seen:
        return Decision(changes=(Change(key, HeldEntry(event=event, until=story.embargo)),))
    decision = _admit(alerts, event, at)
    if alerts.holds(key):  # the embargo was lifted early, or the story withdrawn under it
        return Decision(decision.events, (Change(key, None), *decision.changes))
    return decision


def _admit(alerts: Alerts, event: StoryEnriched, at: datetime) -> Decision:
    """Take a story into account that may be published now."""
    story = event.story
    entry = alerts.alert(event.verdict.event_id, test=story.test)
    if entry is None:
        return _publish(None, lifecycle.raised(event, at), story, at) if event.verdict.breaking else NOTHING
    known = next((seen for seen in entry.seen if seen.story_id == story.id), None)
    if known is not None and (known.digest == story.digest or known.version > story.version):
        return NOTHING
    if entry.alert.status == "killed":
        return NOTHING
    revision = _revision(entry, known, event, at)
    return NOTHING if revision is None else _publish(entry, revision, story, at)


def _revision(entry: AlertEntry, known: Seen | None, event: StoryEnriched, at: datetime) -> Alert | None:
    story = event.story
    counted = next((held for held in entry.seen if held.source == story.source), None) if known is None else known
    if is_withdrawal(story):
        if counted is None:
            return None
        return lifecycle.withdrawn(entry.alert, story.model_copy(update={"id": counted.story_id}), at)
    if known is None:
        return lifecycle.reported(entry.alert, event, at, keep_headline=entry.headline_is_editors)
    correction = story.notice is Notice.CORRECTION
    return lifecycle.updated(entry.alert, event, at, keep_headline=entry.headline_is_editors, correction=correction)


def is_withdrawal(story: Story) -> bool:
    """Whether the story takes back what its source sent before."""
    return story.status is not StoryStatus.USABLE or story.notice is Notice.KILL


def _publish(entry: AlertEntry | None, revision: Alert, story: Story, at: datetime) -> Decision:
    seen = Seen(
        story_id=story.id,
        source=story.source,
        version=story.version,
        digest=story.digest,
        withdrawn=is_withdrawal(story),
    )
    others = () if entry is None else tuple(held for held in entry.seen if held.story_id != story.id)
    updated = AlertEntry(
        alert=revision,
        seen=(*others, seen),
        headline_is_editors=entry is not None and entry.headline_is_editors,
        touched=at,
    )
    return _revised(updated)


def _revised(entry: AlertEntry, *more: Change) -> Decision:
    key = alert_key(entry.alert.event_id, test=entry.alert.test)
    return Decision(events=(AlertRevised(alert=entry.alert),), changes=(*more, Change(key, entry)))


def _on_editor(alerts: Alerts, event: EditorActed, at: datetime) -> Decision:
    entry = next(
        (
            found
            for test in (False, True)
            if (found := alerts.alert(event.event_id, test=test)) is not None and found.alert.id == event.alert_id
        ),
        None,
    )
    if entry is None or entry.alert.status == "killed":
        return NOTHING
    why = f"{event.editor}: {event.reason}"
    match event.action:
        case KillAlert():
            revision = lifecycle.killed(entry.alert, f"Killed by {why}", at)
            return _revised(entry.model_copy(update={"alert": revision, "touched": at}))
        case CorrectAlert(headline=headline):
            revision = lifecycle.corrected_by_editor(entry.alert, headline, f"Corrected by {why}", at)
            update = {"alert": revision, "touched": at, "headline_is_editors": True}
            return _revised(entry.model_copy(update=update))
        case _:
            assert_never(event.action)


def _on_tick(rules: Rules, alerts: Alerts, tick: Tick, at: datetime) -> Decision:
    """Let stories go whose embargo has ended, and forget alerts that nothing changed for long."""
    changes = [Change(key, None) for key in alerts.untouched_since(tick.at - rules.remember, _ERASED_PER_TICK)]
    released: list[Event] = []
    admitted: set[EventId] = set()
    for key, held in alerts.due(tick.at):
        event_id = held.event.verdict.event_id
        if event_id in admitted:  # it must see what this tick changes: the next tick lets it go
            continue
        admitted.add(event_id)
        decision = _admit(alerts, held.event, at)
        released.extend(decision.events)
        changes += [Change(key, None), *decision.changes]
    return Decision(released, changes)
