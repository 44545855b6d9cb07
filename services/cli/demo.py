"""`tocsin demo`: everything in one process, sample stories fed in one by one, alerts shown as they arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib import resources
from typing import Any

from services.cli.client import Instance, instance
from services.cli.errors import Declined, Unreachable
from services.cli.process import up
from services.cli.settings import SERVICES, Settings
from services.cli.tail import tail
from services.runtime.errors import Fatal

_BETWEEN_STORIES_SECONDS = 1.5
_READY_SECONDS = 60.0
_MOST_REMINDED = 10


async def demo(
    settings: Settings, stop: asyncio.Event, say: Callable[[str], None], on_alert: Callable[[dict[str, Any]], None]
) -> None:
    """
    Run until `stop` is set.

    Args:
        settings: as for `up`.
        stop: set it to end.
        say: told what is going on.
        on_alert: given each alert as a subscriber gets it.

    Raises:
        Fatal: it could not start; the message says why.
    """
    running = asyncio.create_task(up(SERVICES, settings, stop))
    feeding = asyncio.create_task(_feed(settings, say, on_alert))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({running, feeding, stopping}, return_when=asyncio.FIRST_COMPLETED)
    # Whoever stops first, the feeding ends before what it feeds: it must not find nobody there.
    feeding.cancel()
    stopping.cancel()
    fed, _ = await asyncio.gather(feeding, stopping, return_exceptions=True)
    stop.set()
    await running
    if isinstance(fed, Exception):
        raise fed


async def _feed(settings: Settings, say: Callable[[str], None], on_alert: Callable[[dict[str, Any]], None]) -> None:
    await _ready(settings)
    say(f"dashboard   {settings.http_address}/")
    say(f"stream      {settings.stream_address}")
    lines = (resources.files("services.cli.samples") / "night.jsonl").read_text(encoding="utf-8").splitlines()
    say(f"stories     {len(lines)} invented ones, one every {_BETWEEN_STORIES_SECONDS} seconds; stop with Ctrl-C\n")
    watching = asyncio.create_task(tail(settings, "", None, lambda alert, _cursor: on_alert(alert), say))
    try:
        async with instance(settings) as there:
            await _remind(there, settings, say, on_alert)
            for line in lines:
                headers = {"content-type": "application/json"}
                await there.ask("POST", "/v1/stories", data=line.encode(), headers=headers)
                await asyncio.sleep(_BETWEEN_STORIES_SECONDS)
        await watching
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _remind(
    there: Instance, settings: Settings, say: Callable[[str], None], on_alert: Callable[[dict[str, Any]], None]
) -> None:
    """Show what an earlier run raised: the same stories do not raise it again."""
    items = (await there.ask("GET", "/v1/alerts", params={"limit": _MOST_REMINDED}))["items"]
    if items:
        log = settings.data if settings.bus == "embedded" else "the log"
        say(f"{log} holds alerts of an earlier run, and a story that is known raises nothing anew. They are:\n")
    for alert in items:
        on_alert(alert)


async def _ready(settings: Settings) -> None:
    """Wait until every part has started."""
    try:
        async with asyncio.timeout(_READY_SECONDS), instance(settings) as there:
            while True:
                try:
                    await there.ask("GET", "/readyz")
                except (Unreachable, Declined):
                    await asyncio.sleep(0.1)
                else:
                    return
    except TimeoutError as error:
        raise Fatal(f"not ready after {_READY_SECONDS:.0f} s; see 'tocsin doctor'") from error
