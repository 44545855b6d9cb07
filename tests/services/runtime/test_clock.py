from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from services.runtime.clock import SystemClock, VirtualClock, pause

START = datetime(2026, 3, 1, tzinfo=UTC)


async def begun() -> None:
    """Let tasks, and those that they start, come to their first wait."""
    for _ in range(3):
        await asyncio.sleep(0)


async def test_a_virtual_clock_stands_until_it_is_advanced() -> None:
    """And then wakes sleepers in the order of their moments, each at its own."""
    clock = VirtualClock(START)
    woke: list[tuple[str, float]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woke.append((name, (clock.now() - START).total_seconds()))

    tasks = [asyncio.create_task(sleeper(*each)) for each in (("late", 3.0), ("soon", 1.0), ("tie", 3.0), ("now", 0.0))]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert woke == [("now", 0.0)]
    await clock.advance(2.5)
    assert woke == [("now", 0.0), ("soon", 1.0)]
    assert clock.now() == START + timedelta(seconds=2.5)
    await clock.advance(1.0)
    assert woke[2:] == [("late", 3.0), ("tie", 3.0)]
    await asyncio.gather(*tasks)


async def test_a_sleeper_that_was_cancelled_is_passed_over() -> None:
    """It does not keep the others asleep."""
    clock = VirtualClock(START)
    gone, stays = asyncio.create_task(clock.sleep(1)), asyncio.create_task(clock.sleep(2))
    await asyncio.sleep(0)
    gone.cancel()
    await clock.advance(2)
    assert stays.done()
    assert gone.cancelled()


async def test_a_pause_ends_with_its_time_or_with_a_stop() -> None:
    """Whichever is first; a task cancelled in it leaves nothing behind."""
    clock, stop = VirtualClock(START), asyncio.Event()
    timed = asyncio.create_task(pause(clock, 5, stop))
    await begun()
    await clock.advance(4.9)
    assert not timed.done()
    await clock.advance(0.1)
    async with asyncio.timeout(1):
        await timed
        stopped = asyncio.create_task(pause(clock, 5, stop))
        cancelled = asyncio.create_task(pause(clock, 5, asyncio.Event()))
        await begun()
        stop.set()
        await stopped
        cancelled.cancel()
        await asyncio.wait([cancelled])
    await begun()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_the_systems_clock_is_in_utc_and_goes_on() -> None:
    """Its sleep is the loop's."""
    clock = SystemClock()
    before = clock.now()
    await clock.sleep(0)
    assert before.tzinfo is UTC
    assert timedelta() <= clock.now() - before < timedelta(seconds=5)
