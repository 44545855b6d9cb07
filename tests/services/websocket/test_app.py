from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from events.alert import Alert
from events.topics import TOPICS
from services.runtime.access import Access
from services.runtime.assembly import Ground
from services.runtime.bus.memory import MemoryBus
from services.runtime.clock import SystemClock
from services.runtime.errors import Fatal
from services.runtime.health import Health
from services.runtime.http import application, serve
from services.websocket.app import assemble
from services.websocket.settings import WebsocketSettings

pytestmark = pytest.mark.socket


async def test_the_service_is_ready_once_its_parts_are(desk: Any) -> None:
    """And says nothing of them when they have stopped."""
    async with desk() as it:
        while it.ground.health.problems(it.ground.clock.now()):
            await asyncio.sleep(0)
        ground = it.ground
    assert not ground.health._parts


async def test_what_lay_on_the_log_is_on_the_board_when_serving_begins(desk: Any, alert: Callable[..., Alert]) -> None:
    """A desk that opens sees no empty board first."""
    bus = MemoryBus()
    async with desk(bus=bus) as first:
        await first.put(*[alert(f"a{number}") for number in range(1200)])
    async with desk(bus=bus) as it:
        _, _, page = await it.get("/v1/alerts?limit=1")
    assert [item["id"] for item in page["items"]] == ["a1199"]


async def test_before_the_board_is_loaded_nobody_is_served_half_of_it() -> None:
    """503, and when to ask again; the process is not ready either, until each part has come up."""
    ground = Ground(MemoryBus(), SystemClock(), Health(), Access(()))
    assembly = assemble(ground, WebsocketSettings(), "127.0.0.1", 0)
    assert ground.health.problems(ground.clock.now()).keys() == {part.name for part in assembly.parts}
    app = application(assembly.routers, access=ground.access, health=ground.health, clock=ground.clock)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(app, "127.0.0.1", port, stop))
    async with aiohttp.ClientSession() as web:
        for path in ("/v1/alerts", "/v1/alerts/a", "/v1/stream", "/v1/stories/s/verdict"):
            assert await asked(web, f"http://127.0.0.1:{port}{path}") == (503, "1")
    stop.set()
    await serving


async def asked(web: aiohttp.ClientSession, url: str) -> tuple[int, str]:
    """Status and Retry-After, once the port is listened on."""
    while True:
        try:
            async with web.get(url) as answer:
                return answer.status, answer.headers.get("retry-after", "")
        except aiohttp.ClientConnectorError:
            await asyncio.sleep(0)


async def test_a_port_that_is_taken_is_fatal() -> None:
    """The message says which setting to change."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bus = MemoryBus()
        await bus.declare(TOPICS)
        ground = Ground(bus, SystemClock(), Health(), Access(()))
        assembly = assemble(ground, WebsocketSettings(), "127.0.0.1", taken.getsockname()[1])
        stop = asyncio.Event()
        tasks = {part.name: asyncio.create_task(part.run(stop)) for part in assembly.parts}
        with pytest.raises(Fatal, match="TOCSIN_WS_PORT"):
            await asyncio.wait_for(tasks.pop("websocket-stream"), 5)
        stop.set()
        await asyncio.gather(*tasks.values())
