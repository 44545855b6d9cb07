"""From start to stop: run the parts of a process together, and stop them in good order within a budget."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from services.runtime import metrics
from services.runtime.errors import Fatal

log = structlog.get_logger(__name__)

_LOOP_LAG_SECONDS = 0.5
_COLLECT_AFTER = 20_000
"""New objects that survive before the youngest are looked through; Python's own 700 is for scripts."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that runs until it is told to stop."""

    name: str
    run: Callable[[asyncio.Event], Awaitable[None]]


async def run_parts(parts: Sequence[Part], *, stop: asyncio.Event, budget: float) -> None:
    """
    Run all parts until `stop` is set or one of them fails.

    Args:
        parts: run at once.
        stop: set it to ask for a stop.
        budget: seconds that the parts have to finish what they are at; then they are cancelled.

    Raises:
        Fatal: the first part that failed, named.
    """
    tasks = [asyncio.create_task(_run(part, stop), name=part.name) for part in (*parts, Part("loop-lag", _loop_lag))]
    stopping = asyncio.create_task(stop.wait())
    first, _ = await asyncio.wait({*tasks, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    stopping.cancel()
    _, late = await asyncio.wait(tasks, timeout=budget)
    for task in late:
        log.error("did not stop in time", part=task.get_name(), budget=budget)
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    # Those that fail once a stop was asked for often fail because of the first: it is the one to name.
    for task in sorted(tasks, key=lambda task: task not in first):
        if not task.cancelled() and (failure := task.exception()) is not None:
            raise failure


def keep_what_lives() -> None:
    """
    Leave what was loaded at the start out of garbage collection, and collect less often.

    Models and tables live as long as the process. Looking through them at every full collection took up to 127 ms
    of a step (measured in classify) and a part of every record's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 50)


def stop_on_signals(stop: asyncio.Event) -> None:
    """SIGTERM and SIGINT ask for a stop; a second SIGINT ends the process at once."""
    loop = asyncio.get_running_loop()

    def asked(name: str) -> None:
        if stop.is_set() and name == "SIGINT":
            raise SystemExit(130)
        log.info("stopping", signal=name)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked, number.name)


async def _run(part: Part, stop: asyncio.Event) -> None:
    try:
        await part.run(stop)
    except Fatal as error:
        log.exception("fatal", part=part.name)
        raise Fatal(f"{part.name}: {error}") from error
    except Exception as error:
        log.exception("failed", part=part.name)
        raise Fatal(f"{part.name} failed: {error}") from error
    if not stop.is_set():
        raise Fatal(f"{part.name} ended although nothing asked it to")


async def _loop_lag(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        due = loop.time() + _LOOP_LAG_SECONDS
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOP_LAG_SECONDS):
                await stop.wait()
                return
        metrics.LOOP_LAG.set(max(0.0, loop.time() - due))
