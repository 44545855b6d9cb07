from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from events.alert import Alert, AlertId, AlertRevised, AlertStatus
from events.base import head
from events.story import EventId, Severity, StoryId
from events.topics import TOPICS
from services.runtime.access import Access
from services.runtime.assembly import Ground
from services.runtime.bus.memory import MemoryBus
from services.runtime.bus.port import Outgoing
from services.runtime.clock import SystemClock
from services.runtime.health import Health
from services.runtime.http import application, serve
from services.runtime.publish import record_of
from services.websocket.app import assemble
from services.websocket.core.board import Entry, entry_of
from services.websocket.settings import WebsocketSettings

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
DEADLINE = 5.0


def make_alert(name: str = "a", revision: int = 1, **fields: Any) -> Alert:
    return Alert(
        **(
            {
                "id": AlertId(name),
                "event_id": EventId(f"event-{name}"),
                "revision": revision,
                "status": AlertStatus.RAISED if revision == 1 else AlertStatus.REVISED,
                "severity": Severity.URGENT,
                "interrupt": revision == 1,
                "headline": f"Dam bursts above {name}",
                "score": 0.9,
                "lead": StoryId(f"story-{name}"),
            }
            | fields
        )
    )


def record(alert: Alert, partition: int | None = None) -> Outgoing:
    identity = f"{alert.id}/{alert.revision}"
    written = record_of(head(AlertRevised(alert=alert), source="/alert", time=AT, identity=identity))
    return Outgoing(written.topic, written.key, written.value, written.headers, partition)


def text(message: str | bytes) -> dict[str, Any]:
    return json.loads(message)


@dataclass
class Desk:
    """A gateway that runs, with real sockets, on a bus in memory."""

    bus: MemoryBus
    ground: Ground
    ws_port: int
    http_port: int
    keys: tuple[str, ...]
    stop: asyncio.Event

    async def put(self, *alerts: Alert) -> None:
        """Write revisions to the log."""
        await self.bus.append([record(alert) for alert in alerts])

    @asynccontextmanager
    async def connected(self, path: str = "/v1/stream", **options: Any) -> AsyncIterator[ClientConnection]:
        """Connect to the stream."""
        url = f"ws://127.0.0.1:{self.ws_port}{path}"
        async with websockets.connect(url, proxy=None, compression=None, **options) as connection:
            yield connection

    async def get(self, path: str, **options: Any) -> tuple[int, dict[str, str], Any]:
        """Status, headers and body; the body read where it is JSON."""
        return await self.ask("GET", path, **options)

    async def ask(self, method: str, path: str, **options: Any) -> tuple[int, dict[str, str], Any]:
        """Status, headers and body; the body read where it is JSON."""
        url = f"http://127.0.0.1:{self.http_port}{path}"
        async with aiohttp.ClientSession() as web, web.request(method, url, **options) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            body = await answer.read()
            return answer.status, headers, json.loads(body) if "json" in headers.get("content-type", "") else body


async def say(connection: ClientConnection, **message: Any) -> None:
    await connection.send(json.dumps(message))


async def hear(connection: ClientConnection) -> dict[str, Any]:
    return text(await asyncio.wait_for(connection.recv(), DEADLINE))


@asynccontextmanager
async def running(
    *, keys: tuple[str, ...] = (), bus: MemoryBus | None = None, partitions: int = 1, **settings: Any
) -> AsyncIterator[Desk]:
    bus = bus or MemoryBus(partitions)
    await bus.declare(TOPICS)
    ground = Ground(bus, SystemClock(), Health(), Access(keys))
    ws_port, http_port = free_port(), free_port()
    options = WebsocketSettings(**({"gateway": "desk", "ledger_seconds": 0.02} | settings))
    assembly = assemble(ground, options, "127.0.0.1", ws_port)
    app = application(assembly.routers, access=ground.access, health=ground.health, clock=ground.clock)
    stop = asyncio.Event()
    tasks = [asyncio.create_task(part.run(stop)) for part in assembly.parts]
    tasks.append(asyncio.create_task(serve(app, "127.0.0.1", http_port, stop)))
    desk = Desk(bus, ground, ws_port, http_port, keys, stop)
    try:
        await until(lambda: answers(ws_port) and answers(http_port))
        yield desk
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 10)


async def until(holds: Callable[[], bool]) -> None:
    """Wait, turn by turn of the loop, until it holds."""
    async with asyncio.timeout(DEADLINE):
        while not holds():
            await asyncio.sleep(0.005)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session")
def alert() -> Callable[..., Alert]:
    return make_alert


@pytest.fixture(scope="session")
def entry() -> Callable[..., Entry]:
    """An entry of the board: name, revision, offset, partition, further fields of the alert."""

    def make(name: str = "a", revision: int = 1, offset: int = 0, partition: int = 0, **fields: Any) -> Entry:
        return entry_of(make_alert(name, revision, **fields), partition, offset)

    return make


@pytest.fixture(scope="session")
def desk() -> Callable[..., Any]:
    """Runs a gateway, for `async with`."""
    return running
