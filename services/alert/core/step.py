"""The alert service's step: a story of a breaking event, an editor's action or the passing of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from events.alert import Alert, AlertRevised, AlertStatus
from events.base import Event
from events.decision import NOTHING, Change, Decision, Tick
from events.editorial import CorrectAlert, EditorActed, KillAlert
from events.story import EventId, Notice, Story, StoryEnriched, StoryId, StoryStatus
from services.alert.core import lifecycle, text
from services.alert.core.entries import AlertEntry, Alerts, HeldEntry, Seen, alert_key, held_key

_ERASED_PER_TICK = 100
_SEEN = 500
"""Stories that an alert knows again: its entry in the state is one record, to stay well below a megabyte."""


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
    held = alerts.held(story.id)
    if held is not None and _is_known(held.event.story, story):
        return NOTHING
    if story.embargo is not None and story.embargo > story.first_seen and not is_withdrawal(story):
        return Decision(changes=(Change(held_key(story.id), HeldEntry(event=event, until=story.embargo)),))
    decision = _admit(alerts, event, at)
    freed = _freed(alerts, event, held)
    return Decision(decision.events, (*freed, *decision.changes)) if freed else decision


def _freed(alerts: Alerts, event: StoryEnriched, held: HeldEntry | None) -> tuple[Change, ...]:
    """What need not be held any longer: the embargo was lifted early, or the story withdrawn under it."""
    story = event.story
    if held is not None:
        return (Change(held_key(story.id), None),)
    entry = alerts.alert(event.verdict.event_id, test=story.test)
    if not is_withdrawal(story) or (entry is not None and _seen(entry, story.id) is not None):
        return ()
    # A notice with an id of its own names no story: it takes back all that its source has waiting for the event.
    return tuple(Change(key, None) for key in alerts.held_beside(event))


def _admit(alerts: Alerts, event: StoryEnriched, at: datetime) -> Decision:
    """Take a story into account that may be published now."""
    story = event.story
    entry = alerts.alert(event.verdict.event_id, test=story.test)
    if entry is None:
        raises = event.verdict.breaking and not is_withdrawal(story)
        return _publish(None, lifecycle.raised(event, at), story, at) if raises else NOTHING
    known = _seen(entry, story.id)
    if known is not None and _is_known(known, story):
        return NOTHING
    if entry.alert.status is AlertStatus.KILLED:
        # Forgotten, it would be raised anew: it is remembered for as long as its event goes on.
        return Decision(changes=(Change(_key(entry), entry.model_copy(update={"touched": at})),))
    if is_withdrawal(story):
        return _withdraw(entry, known, story, at)
    return _publish(entry, _revision(entry, known, event, at), story, at)


def _revision(entry: AlertEntry, known: Seen | None, event: StoryEnriched, at: datetime) -> Alert:
    correction, keep = event.story.notice is Notice.CORRECTION, entry.headline_is_editors
    if known is None or known.withdrawn:
        correction = correction and _standing(entry, event.story.source) is not None
        return lifecycle.reported(entry.alert, event, at, keep_headline=keep, correction=correction)
    return lifecycle.updated(entry.alert, event, at, keep_headline=keep, correction=correction)


def _withdraw(entry: AlertEntry, known: Seen | None, story: Story, at: datetime) -> Decision:
    """Take back the story itself; or, where a notice has an id of its own, the latest story of its source."""
    meant = _standing(entry, story.source) if known is None else known
    if meant is None or meant.withdrawn:
        return NOTHING
    revision = lifecycle.withdrawn(entry.alert, story, meant.story_id, at, keep_headline=entry.headline_is_editors)
    seen = tuple(held.model_copy(update={"withdrawn": True}) if held is meant else held for held in entry.seen)
    return _publish(entry.model_copy(update={"seen": seen}), revision, story, at)


def is_withdrawal(story: Story) -> bool:
    """Whether the story takes back what its source sent before."""
    return story.status is not StoryStatus.USABLE or story.notice is Notice.KILL


def _is_known(before: Seen | Story, story: Story) -> bool:
    """Whether this revision of the story, or a newer one, was taken into account before."""
    return before.digest == story.digest or before.version > story.version


def _seen(entry: AlertEntry, story_id: StoryId) -> Seen | None:
    return next((seen for seen in entry.seen if seen.story_id == story_id), None)


def _standing(entry: AlertEntry, source: str) -> Seen | None:
    """The latest story of a source that it has not withdrawn."""
    return next((seen for seen in reversed(entry.seen) if seen.source == source and not seen.withdrawn), None)


def _publish(entry: AlertEntry | None, revision: Alert, story: Story, at: datetime) -> Decision:
    newest = Seen(
        story_id=story.id,
        source=story.source,
        version=story.version,
        digest=story.digest,
        withdrawn=is_withdrawal(story),
    )
    others = [] if entry is None else [seen for seen in entry.seen if seen.story_id != story.id]
    # The lead's is kept whatever its age: a kill of it must be known for what it is.
    latest = len(others) - _SEEN
    kept = [seen for index, seen in enumerate(others) if index > latest or seen.story_id == revision.lead]
    updated = AlertEntry(
        alert=revision,
        seen=(*kept, newest),
        headline_is_editors=entry is not None and entry.headline_is_editors,
        touched=at,
    )
    return _revised(updated)


def _revised(entry: AlertEntry) -> Decision:
    return Decision(events=(AlertRevised(alert=entry.alert),), changes=(Change(_key(entry), entry),))


def _key(entry: AlertEntry) -> str:
    return alert_key(entry.alert.event_id, test=entry.alert.test)


def _on_editor(alerts: Alerts, event: EditorActed, at: datetime) -> Decision:
    entry = next(
        (
            found
            for test in (False, True)
            if (found := alerts.alert(event.event_id, test=test)) is not None and found.alert.id == event.alert_id
        ),
        None,
    )
    if entry is None or entry.alert.status is AlertStatus.KILLED:
        return NOTHING
    why = f"{event.editor}: {event.reason}"
    match event.action:
        case KillAlert():
            revision = lifecycle.killed(entry.alert, f"Killed by {why}", at)
            return _revised(entry.model_copy(update={"alert": revision, "touched": at}))
        case CorrectAlert(headline=wanted):
            headline = text.headline(wanted)
            if entry.headline_is_editors and headline == entry.alert.headline:
                return NOTHING  # said before
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
