from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial

from eventually import eventually
from webhook_service import ground, memory, on_log, say

from events.story import Story, StoryClassified, StoryIngested
from events.topics import VERDICTS
from services.classify.app import assemble, stage
from services.classify.settings import ClassifySettings
from services.runtime.bus.memory import MemoryBus

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def told(headline: str, body: str = "", **fields: object) -> StoryIngested:
    """A story came in."""
    named = {"id": headline, "source": "River Wire", "digest": headline, "headline": headline, "body": body}
    story = Story.model_validate({**named, "language": "en", "published": AT, "first_seen": AT, **fields})
    return StoryIngested(story=story)


BREAKING = told(
    "BREAKING: Explosion kills at least 40 at hotel in Norvik",
    "A blast tore through a hotel in Norvik, killing at least 40 people, police said.",
    severity="flash",
)


def test_the_stage_reads_stories_and_writes_verdicts() -> None:
    """With a changelog, and ticks for what is forgotten."""
    made = stage(ClassifySettings())
    assert (made.name, made.reads, made.writes) == ("classify", (StoryIngested,), (StoryClassified,))
    assert made.changelog is not None
    assert made.changelog.name == "tocsin.classify.state"
    assert made.tick_seconds is not None


def test_the_settings_reach_the_judgement() -> None:
    """The threshold decides what is breaking, and is told with each verdict."""
    for threshold, breaking in ((0.5, True), (1.0, False)):
        made = stage(ClassifySettings(threshold=threshold))
        decision = made.step(made.state.initial(), BREAKING, AT)
        (event,) = decision.events
        assert isinstance(event, StoryClassified)
        assert (event.verdict.breaking, event.verdict.threshold) == (breaking, threshold)


def _has(bus: MemoryBus, count: int) -> bool:
    return len(on_log(bus, VERDICTS.name)) == count


async def test_the_service_judges_every_story() -> None:
    """Breaking or not: both are on the log, and its state after a restart is what it was before."""
    bus = await memory()
    again = told(
        "At least 40 dead in blast at Norvik hotel", "Police said 40 people died in the hotel blast in Norvik."
    )
    for events in ((BREAKING, told("Ten recipes with pumpkin for a slow weekend")), (again,)):
        count = len(on_log(bus, VERDICTS.name)) + len(events)
        base = ground(bus)
        (part,) = assemble(base, ClassifySettings()).parts
        stop = asyncio.Event()
        running = asyncio.ensure_future(part.run(stop))
        await say(bus, *events)
        await eventually(partial(_has, bus, count))
        stop.set()
        await running
    verdicts = [event.verdict for event in on_log(bus, VERDICTS.name) if isinstance(event, StoryClassified)]
    assert [verdict.breaking for verdict in verdicts[:2]] == [True, False]
    assert verdicts[2].event_id == verdicts[0].event_id
    assert all(verdict.reasons for verdict in verdicts[::2])
