from __future__ import annotations

import asyncio
import gc
import os
import signal

import pytest

from services.runtime import metrics
from services.runtime.errors import Fatal
from services.runtime.lifecycle import Part, keep_what_lives, run_parts, stop_on_signals


async def until_stopped(stop: asyncio.Event) -> None:
    """A part in good order."""
    await stop.wait()


async def run(*parts: Part, stop: asyncio.Event, budget: float = 3.0) -> None:
    """Run the parts; a test that hangs fails."""
    async with asyncio.timeout(5):
        await run_parts(parts, stop=stop, budget=budget)


async def test_parts_finish_what_they_are_at_when_asked_to_stop() -> None:
    """All run at once, none is cancelled, and the run ends with the last of them."""
    stop, order = asyncio.Event(), []
    begun = asyncio.Barrier(3)

    async def worker(name: str, steps: int, stop: asyncio.Event) -> None:
        order.append(f"{name} begins")
        await begun.wait()
        await stop.wait()
        for _ in range(steps):
            await asyncio.sleep(0)
        order.append(f"{name} ends")

    task = asyncio.create_task(
        run(Part("a", lambda stop: worker("a", 5, stop)), Part("b", lambda stop: worker("b", 0, stop)), stop=stop)
    )
    await begun.wait()
    stop.set()
    await task
    assert order == ["a begins", "b begins", "b ends", "a ends"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Fatal("the disk is broken; replace it"), "^bad: the disk is broken; replace it$"),
        (ZeroDivisionError("oh"), "^bad failed: oh$"),
        (None, "^bad ended although nothing asked it to$"),
    ],
)
async def test_a_part_that_fails_stops_all_and_is_named(error: Exception | None, said: str) -> None:
    """Whatever it fails with; a part that just ends has failed too."""
    stop, stopped = asyncio.Event(), []

    async def bad(_stop: asyncio.Event) -> None:
        if error is not None:
            raise error

    async def good(stop: asyncio.Event) -> None:
        await stop.wait()
        stopped.append("good")

    with pytest.raises(Fatal, match=said):
        await run(Part("good", good), Part("bad", bad), stop=stop)
    assert stop.is_set()
    assert stopped == ["good"]


async def test_the_first_failure_is_the_one_that_is_told() -> None:
    """What fails in stopping often fails because of it."""

    async def follows(stop: asyncio.Event) -> None:
        await stop.wait()
        raise ValueError("the log was closed under me")

    async def first(_stop: asyncio.Event) -> None:
        raise ValueError("the cause")

    with pytest.raises(Fatal, match="first failed: the cause"):
        await run(*(Part(f"p{n}", follows) for n in range(5)), Part("first", first), stop=asyncio.Event())


async def test_a_failure_in_stopping_is_told_as_well() -> None:
    """A stop that lost something is no clean stop."""
    stop = asyncio.Event()
    stop.set()

    async def bad(stop: asyncio.Event) -> None:
        await stop.wait()
        raise ValueError("could not flush")

    with pytest.raises(Fatal, match="bad failed: could not flush"):
        await run(Part("bad", bad), stop=stop)


async def test_a_part_that_is_late_is_cancelled() -> None:
    """The others have had their time; the run ends."""
    stop, ended = asyncio.Event(), []

    async def late(_stop: asyncio.Event) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("late")

    stop.set()
    await run(Part("late", late), Part("good", until_stopped), stop=stop, budget=0.0)
    assert ended == ["late"]


async def test_signals_ask_for_a_stop_and_a_second_interrupt_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM may come as often as it likes."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    asked = {}
    monkeypatch.setattr(loop, "add_signal_handler", lambda number, call, name: asked.setdefault(number, (call, name)))
    stop_on_signals(stop)
    assert set(asked) == {signal.SIGTERM, signal.SIGINT}
    for number in (signal.SIGTERM, signal.SIGTERM):
        call, name = asked[number]
        call(name)
    assert stop.is_set()
    call, name = asked[signal.SIGINT]
    with pytest.raises(SystemExit) as ended:
        call(name)
    assert ended.value.code == 130


async def test_a_real_signal_stops_a_run() -> None:
    """SIGTERM, as a container is told to end."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    stop_on_signals(stop)
    try:
        task = asyncio.create_task(run(Part("good", until_stopped), stop=stop))
        await asyncio.sleep(0)
        os.kill(os.getpid(), signal.SIGTERM)
        await task
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def test_the_lag_of_the_loop_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """How late its last timer ran, never below zero."""
    monkeypatch.setattr("services.runtime.lifecycle._LOOP_LAG_SECONDS", 0.001)
    metrics.LOOP_LAG.set(-1)
    stop = asyncio.Event()
    task = asyncio.create_task(run(Part("good", until_stopped), stop=stop))
    async with asyncio.timeout(3):
        while metrics.LOOP_LAG._value.get() < 0:
            await asyncio.sleep(0)
    stop.set()
    await task


def test_what_was_loaded_is_left_out_of_garbage_collection() -> None:
    """And new rubbish in a circle is still found."""
    before = gc.get_threshold()
    try:
        keep_what_lives()
        assert gc.get_freeze_count() > 0
        circle: list[object] = []
        circle.append(circle)
        del circle
        assert gc.collect() > 0
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
