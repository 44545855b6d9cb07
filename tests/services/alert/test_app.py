from __future__ import annotations

import asyncio

from told import AT, corrects, told

from events.alert import AlertRevised
from events.base import head
from events.codec import decode
from events.topics import ALERTS, TOPICS
from services.alert.app import assemble, stage
from services.alert.core.step import Rules
from services.runtime.access import Access
from services.runtime.assembly import Ground
from services.runtime.bus.memory import MemoryBus
from services.runtime.bus.port import Partition
from services.runtime.clock import VirtualClock
from services.runtime.health import Health
from services.runtime.publish import publish


def test_the_stage_reads_stories_and_editors_and_writes_alerts() -> None:
    """From two topics with one key, the event, so that they meet in one state."""
    made = stage(Rules())
    assert [topic.name for topic in made.topics] == ["tocsin.breaking", "tocsin.editorial"]
    assert made.writes == (AlertRevised,)
    assert made.changelog is not None
    assert made.changelog.name == "tocsin.alert.state"


async def test_the_service_turns_stories_into_alerts_on_the_log() -> None:
    """Under the runtime, from two topics, until it is stopped: an embargo ends on the service's own ticks."""
    clock = VirtualClock(AT)
    bus = MemoryBus(clock=clock)
    await bus.declare(TOPICS)
    assembly = assemble(Ground(bus, clock, Health(), Access(())))
    (part,) = assembly.parts
    stop = asyncio.Event()
    task = asyncio.create_task(part.run(stop))
    log = bus.log(Partition(ALERTS.name, 0))

    async def heard(event: object, identity: str, count: int) -> None:
        await publish(bus, [head(event, source="/test", time=AT, identity=identity)])
        async with asyncio.timeout(10):
            while len(log) < count:
                await clock.advance(1)

    await heard(told(), "1", 1)
    await heard(corrects("Quake off coast"), "2", 2)
    held_until = clock.now().replace(year=2027)
    await publish(bus, [head(told("afp-1", embargo=held_until), source="/test", time=AT, identity="3")])
    while bus._groups["alert"].positions[Partition("tocsin.breaking", 0)] < 2:
        await clock.advance(1)
    assert len(log) == 2
    await clock.advance((held_until - clock.now()).total_seconds())
    async with asyncio.timeout(10):
        while len(log) < 3:
            await clock.advance(1)
    stop.set()
    await task
    found = [decode(message.key, message.value, message.headers).data for message in log]
    assert [(e.alert.revision, e.alert.headline) for e in found if isinstance(e, AlertRevised)] == [
        (1, "Quake strikes coast"),
        (2, "Quake off coast"),
        (3, "Quake off coast"),
    ]
