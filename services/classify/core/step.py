"""The stage's step: one story in, one verdict out, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from events.decision import NOTHING, Change, Decision, Tick
from events.story import EventId, Reason, Story, StoryClassified, StoryIngested, StoryStatus, Verdict
from services.classify.core import cluster
from services.classify.core.context import Context
from services.classify.core.entries import DIGESTS_KEPT, EventEntry, StoryEntry, event_key, story_key
from services.classify.core.reading import Reading, headline_key, read
from services.classify.core.rules import Rules
from services.classify.core.score import probability, severity
from services.classify.core.signals import SIGNALS
from services.classify.core.window import Window


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a story belongs: its event, and that event as it was before."""

    event_id: EventId
    event: EventEntry | None
    similarity: float = 0.0


def step(window: Window, rules: Rules, event: StoryIngested | Tick, at: datetime) -> Decision:
    """
    The decision on one event; reads the window and changes nothing.

    Args:
        at: stamps the verdict. Nothing is decided by it: the story's own times are.

    Returns:
        One `StoryClassified` and the changes to remember it by; nothing for a revision that was judged before.
        For a tick, the erasure of what is older than the window.
    """
    match event:
        case Tick():
            erased = tuple(_erasures(window, event.at, rules, rules.expiries_per_tick, None, None))
            return Decision(changes=erased) if erased else NOTHING
        case StoryIngested(story=story):
            known = window.story(story.id)
            if known is not None and _is_repetition(known, story):
                return NOTHING
            return _judge(window, rules, story, known, at)
        case _ as unreachable:
            assert_never(unreachable)


def _judge(window: Window, rules: Rules, story: Story, known: StoryEntry | None, at: datetime) -> Decision:
    reading = read(story, rules.knowledge)
    weighed = cluster.weighing(reading, window, rules.knowledge)
    place = _place(window, rules, reading, known, weighed)
    reasons = _reasons(reading, Context(event=place.event, similarity=place.similarity, earlier=known))
    score = probability(rules.bias, reasons)
    breaking = score >= rules.threshold and _may_break(story)
    broke = (place.event is not None and place.event.breaking_since is not None) or _was_breaking(known)
    verdict = Verdict(
        story_id=story.id,
        event_id=place.event_id,
        breaking=breaking,
        score=score,
        threshold=rules.threshold,
        reasons=reasons,
        severity=severity(story, breaking=breaking),
        first_of_event=place.event is None and known is None and _may_break(story),
        event_breaking=breaking or broke,
    )
    changes = (
        *_erasures(window, story.first_seen, rules, rules.expiries_per_step, story, place.event_id),
        *_remembered(rules, reading, known, place, weighed, breaking=breaking),
    )
    return Decision(events=(StoryClassified(story=story, verdict=verdict, classified_at=at),), changes=changes)


def _place(
    window: Window, rules: Rules, reading: Reading, known: StoryEntry | None, weighed: cluster.Weighing
) -> _Place:
    story = reading.story
    if known is not None:
        return _Place(known.event_id, window.event(known.event_id))
    withdraws = not _may_break(story)
    if withdraws:
        named = _named(window, reading)
        if named is not None:
            return _Place(named.event_id, window.event(named.event_id))
    extra = rules.clustering.notice if withdraws else 0.0
    match = cluster.nearest(reading, window, rules, weighed, extra=extra)
    if match is not None:
        return _Place(match.event.event_id, match.event, match.similarity)
    event_id = cluster.event_of(story.id)
    return _Place(event_id, window.event(event_id))


def _named(window: Window, reading: Reading) -> StoryEntry | None:
    """The story that a kill or correction without a known id is about: same source, same headline or slug."""
    story = reading.story
    key = headline_key(reading.headline)
    by_headline = window.named(story.source, f"h/{key}") if key else None
    return by_headline or (window.named(story.source, f"l/{story.slug}") if story.slug else None)


def _reasons(reading: Reading, context: Context) -> tuple[Reason, ...]:
    found = [reason for signal in SIGNALS for reason in signal(reading, context)]
    return tuple(sorted(found, key=lambda reason: (-abs(reason.weight), reason.signal, reason.evidence)))


def _is_repetition(known: StoryEntry, story: Story) -> bool:
    """Whether this was judged before. An earlier text that its source sends anew, as a newer revision, was not."""
    if story.digest not in known.digests:
        return False
    newer = story.version > known.version or story.published > known.published
    return story.digest == known.digests[-1] or not newer


def _may_break(story: Story) -> bool:
    """A kill, a correction or a story that may not be used is never itself breaking."""
    return story.notice is None and story.status is StoryStatus.USABLE


def _was_breaking(known: StoryEntry | None) -> bool:
    return known is not None and known.breaking


def _remembered(
    rules: Rules,
    reading: Reading,
    known: StoryEntry | None,
    place: _Place,
    weighed: cluster.Weighing,
    *,
    breaking: bool,
) -> Iterator[Change]:
    story, withdraws = reading.story, not _may_break(reading.story)
    newest = known is None or story.version >= known.version
    digests = (*(known.digests if known else ()), story.digest)[-DIGESTS_KEPT:]
    if known is not None and not newest:
        entry = known.model_copy(update={"digests": digests, "breaking": known.breaking or breaking})
    else:
        entry = StoryEntry(
            story_id=story.id,
            event_id=place.event_id,
            source=story.source,
            version=story.version,
            digests=digests,
            headline=known.headline if known and withdraws else headline_key(reading.headline),
            slug=known.slug if known and withdraws else story.slug,
            published=story.published,
            seen=max(known.seen, story.first_seen) if known else story.first_seen,
            breaking=breaking or _was_breaking(known),
        )
    yield Change(story_key(story.id), entry)
    if newest and not withdraws:
        kept = cluster.Kept(rules.clustering.terms_kept, rules.clustering.memory, again=known is not None)
        told = cluster.told(place.event, reading, place.event_id, weighed, kept=kept)
    elif place.event is not None:
        told = place.event
    else:
        return
    if breaking and told.breaking_since is None:
        told = told.model_copy(update={"breaking_since": reading.at})
    if told != place.event:
        yield Change(event_key(place.event_id), told)


def _erasures(
    window: Window, clock: datetime, rules: Rules, most: int, story: Story | None, event_id: EventId | None
) -> Iterator[Change]:
    """Stories last seen before the window, and events that lose their last story with them."""
    gone: dict[EventId, int] = {}
    for entry in window.expired(clock - rules.window, most):
        if story is not None and entry.story_id == story.id:
            continue
        gone[entry.event_id] = gone.get(entry.event_id, 0) + 1
        yield Change(story_key(entry.story_id), None)
    for emptied, count in sorted(gone.items()):
        if emptied != event_id and count >= window.members(emptied) and window.event(emptied) is not None:
            yield Change(event_key(emptied), None)
