from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import cache

import pytest
from eventually import eventually
from webhook_service import ground, memory, on_log, say

from events.story import Story, StoryClassified, StoryEnriched, Verdict
from events.topics import BREAKING
from services.enrich.adapters import model_file
from services.enrich.app import assemble, stage

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def judged(name: str, *, breaking: bool) -> StoryClassified:
    """A story was judged."""
    told = {
        "id": name,
        "source": "River Wire",
        "digest": name,
        "headline": "Earthquake hits Japan",
        "body": "A strong earthquake hit Japan, the prime minister said in Tokyo.",
    }
    verdict = {"story_id": name, "event_id": f"e-{name}", "breaking": breaking, "score": 0.9, "threshold": 0.5}
    return StoryClassified(
        story=Story.model_validate({**told, "language": "en", "published": AT, "first_seen": AT}),
        verdict=Verdict.model_validate({**verdict, "event_breaking": breaking}),
        classified_at=AT,
    )


async def test_the_service_names_what_is_in_breaking_stories_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A story of no breaking event goes no further. The stage has no state: no changelog, no tick."""
    bus = await memory()
    monkeypatch.setattr(model_file, "load", cache(model_file.load))  # it takes a second, and is asked for twice here
    made = stage()
    assert (made.name, made.reads, made.writes) == ("enrich", (StoryClassified,), (StoryEnriched,))
    assert made.changelog is None
    assert made.tick_seconds is None
    (part,) = assemble(ground(bus)).parts
    stop = asyncio.Event()
    running = asyncio.ensure_future(part.run(stop))
    await say(bus, judged("quiet", breaking=False), judged("loud", breaking=True))
    await eventually(lambda: on_log(bus, BREAKING.name))
    stop.set()
    await running
    (event,) = on_log(bus, BREAKING.name)
    assert isinstance(event, StoryEnriched)
    assert event.story.id == "loud"
    text = event.story.text
    assert "Japan" in {text[entity.start : entity.end] for entity in event.entities}
