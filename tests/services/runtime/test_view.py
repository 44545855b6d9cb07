from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from faulty_bus import Faults, FaultyBus
from tally import AT, poison, story

from events.base import Envelope, Event
from events.topics import STORIES, TOPICS, VERDICTS
from services.runtime.bus.memory import MemoryBus
from services.runtime.bus.port import Bus, Message, Partition
from services.runtime.clock import VirtualClock
from services.runtime.errors import Transient
from services.runtime.health import Health
from services.runtime.publish import publish
from services.runtime.view import View

AWAY = Transient("the log is away")
PARTITION = Partition(STORIES.name, 0)


class Following:
    """A view at work, and what it has folded."""

    def __init__(self, bus: Bus, topics: Sequence[str], newest: int) -> None:
        self.clock = VirtualClock(AT)
        self.health = Health()
        self.folded: list[str] = []
        self.stop = asyncio.Event()
        self.view = View("list", bus, topics, self._fold, clock=self.clock, health=self.health, newest=newest)
        self.task = asyncio.create_task(self.view.follow(self.stop))

    def _fold(self, message: Message, envelope: Envelope[Event]) -> None:
        self.folded.append(envelope.data.subject)

    @property
    def problems(self) -> dict[str, str]:
        """What health says now."""
        return self.health.problems(self.clock.now())

    async def until(self, condition: Callable[[], object]) -> None:
        """Let time pass until it is so."""
        async with asyncio.timeout(10):
            while not condition():
                if self.task.done():
                    await self.task
                await self.clock.advance(0.1)


@asynccontextmanager
async def following(bus: Bus, topics: Sequence[str] = (STORIES.name,), newest: int = 0) -> AsyncIterator[Following]:
    """A view, stopped in the end."""
    view = Following(bus, topics, newest)
    try:
        yield view
    finally:
        view.stop.set()
        async with asyncio.timeout(10):
            await asyncio.wait([view.task])


async def memory(count: int = 0) -> MemoryBus:
    """A bus with all topics and so many stories."""
    bus = MemoryBus()
    await bus.declare(TOPICS)
    await publish(bus, [story(number) for number in range(count)])
    return bus


async def test_what_lay_there_is_loaded_and_what_comes_is_followed() -> None:
    """`loaded` is set once the first is done, and not before."""
    bus = await memory(3)
    async with following(bus) as run:
        assert run.problems == {"list": "starting"}
        assert not run.view.loaded.is_set()
        await run.until(run.view.loaded.is_set)
        assert run.folded == ["wire-0", "wire-1", "wire-2"]
        await publish(bus, [story(3)])
        await run.until(lambda: len(run.folded) == 4)
        await run.until(lambda: run.view.positions == {PARTITION: 4})
        assert run.problems == {}


async def test_empty_topics_are_loaded_at_once() -> None:
    """There is nothing to wait for."""
    async with following(await memory(), (STORIES.name, VERDICTS.name)) as run:
        await run.until(run.view.loaded.is_set)


async def test_reached_waits_for_ones_own_writes() -> None:
    """It returns once the view has folded what lies before the positions."""
    bus = await memory(1)
    async with following(bus) as run:
        await run.until(run.view.loaded.is_set)
        waiting = asyncio.create_task(run.view.reached({PARTITION: 2}))
        await run.clock.advance(1)
        assert not waiting.done()
        await publish(bus, [story(1)])
        await run.until(waiting.done)
        assert run.folded == ["wire-0", "wire-1"]
        await run.view.reached({PARTITION: 1})


@pytest.mark.parametrize(
    "faults",
    [
        {"bounds": [AWAY]},
        {"read": [AWAY, AWAY]},
        {"reader_poll": [AWAY]},
        {"reader_poll": [None, AWAY]},
        {"reader_poll": [None, AWAY], "reader_close": [AWAY]},
        {"reader_poll": [None, AWAY], "bounds": [None, AWAY]},
    ],
    ids=str,
)
@pytest.mark.parametrize("newest", [0, 2])
async def test_after_trouble_a_view_goes_on_where_it_was(
    faults: dict[str, list[Exception | None]], newest: int
) -> None:
    """Nothing is folded twice and nothing left out, even what a failed reader had moved past."""
    bus = await memory(3)
    async with following(FaultyBus(bus, Faults(**faults)), newest=newest) as run:
        await run.until(run.view.loaded.is_set)
        await publish(bus, [story(number) for number in range(3, 9)])
        await run.until(lambda: run.view.positions == {PARTITION: 9})
        assert run.problems == {}
    assert run.folded == [f"wire-{number}" for number in range(3 - newest if newest else 0, 9)]


async def test_trouble_is_told_while_it_lasts() -> None:
    """And a stop does not wait for the pause to end."""
    async with following(FaultyBus(await memory(), Faults(bounds=[AWAY, AWAY]))) as run:
        await run.until(lambda: run.problems == {"list": "the log is away"})
    assert run.task.exception() is None
    assert run.health.problems(AT) == {}


@pytest.mark.parametrize(("newest", "folded"), [(0, 5), (2, 2), (9, 5)])
async def test_newest_begins_so_many_before_the_end(newest: int, folded: int) -> None:
    """Or at the oldest, where there are fewer."""
    async with following(await memory(5), newest=newest) as run:
        await run.until(run.view.loaded.is_set)
        assert len(run.folded) == folded
        assert run.folded[-1] == "wire-4"


async def test_a_record_that_is_no_event_is_passed_over() -> None:
    """The stage that reads it for its work sets it aside; a view goes on."""
    bus = await memory(1)
    await bus.append([poison(1)])
    await publish(bus, [story(2)])
    async with following(bus) as run:
        await run.until(run.view.loaded.is_set)
        assert run.folded == ["wire-0", "wire-2"]


async def test_a_fold_that_fails_ends_the_view_and_closes_its_reader() -> None:
    """It is a fault of ours: the process stops, and says which part."""
    faults = Faults()
    bus = FaultyBus(await memory(1), faults)

    def fold(_message: Message, _envelope: Envelope[Event]) -> None:
        raise ZeroDivisionError

    view = View("broken", bus, (STORIES.name,), fold, clock=VirtualClock(AT), health=Health())
    with pytest.raises(ZeroDivisionError):
        await view.follow(asyncio.Event())
    assert faults.calls["reader_close"] == 1
