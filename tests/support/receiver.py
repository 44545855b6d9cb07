"""Endpoints on loopback: one that takes webhooks and answers as told, and one that speaks bytes."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from aiohttp import web

HERE = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request as it arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """What a receiver dedupes on."""
        return self.headers["webhook-id"]

    @property
    def alert(self) -> dict[str, Any]:
        """The alert in it."""
        return dict(json.loads(self.body)["data"]["alert"])

    @property
    def told(self) -> tuple[str, int]:
        """Alert and revision."""
        return self.alert["id"], self.alert["revision"]


Reply: TypeAlias = int | web.Response | Callable[[Delivery], Awaitable[int]]


class Receiver:
    """Takes webhooks; gives the `replies` in turn and `always` after them."""

    def __init__(self, *replies: Reply, always: Reply = 204) -> None:
        self.replies = deque(replies)
        self.always: Reply = always
        self.deliveries: list[Delivery] = []
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HERE}:{self.port}/hook"

    @property
    def told(self) -> list[tuple[str, int]]:
        """Alerts and revisions, in order of arrival."""
        return [delivery.told for delivery in self.deliveries]

    async def up(self) -> None:
        """Listen, on the same port as before."""
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.01)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HERE, self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def down(self) -> None:
        """Refuse connections."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _take(self, request: web.Request) -> web.Response:
        delivery = Delivery({name.lower(): value for name, value in request.headers.items()}, await request.read())
        self.deliveries.append(delivery)
        reply = self.replies.popleft() if self.replies else self.always
        if isinstance(reply, web.Response):
            return reply
        return web.Response(status=reply if isinstance(reply, int) else await reply(delivery))


@asynccontextmanager
async def receiving(*replies: Reply, always: Reply = 204) -> AsyncIterator[Receiver]:
    """A receiver that listens."""
    receiver = Receiver(*replies, always=always)
    await receiver.up()
    try:
        yield receiver
    finally:
        await receiver.down()


class Wire:
    """Connections and requests of an endpoint that speaks bytes."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connections = 0
        self.requests: list[tuple[int, bytes]] = []
        """The number of the connection, from 1, and the request."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HERE}:{self.port}/hook"


Speak: TypeAlias = Callable[[int, int, asyncio.StreamWriter], Awaitable[bool]]
"""(connection, request, writer) -> whether to read another; both counted from 1."""


@asynccontextmanager
async def speaking(speak: Speak) -> AsyncIterator[Wire]:
    """An endpoint that reads requests and answers each with whatever `speak` writes."""
    wire = Wire(0)
    open_ones: set[asyncio.StreamWriter] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire.connections += 1
        number = wire.connections
        open_ones.add(writer)
        try:
            going = True
            while going and (request := await _request(reader)):
                wire.requests.append((number, request))
                going = await speak(number, len(wire.requests), writer)
        except ConnectionError:
            pass
        finally:
            open_ones.discard(writer)
            writer.close()

    server = await asyncio.start_server(handle, HERE, 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        for writer in open_ones:
            writer.transport.abort()
        await server.wait_closed()
        await asyncio.sleep(0)


async def _request(reader: asyncio.StreamReader) -> bytes:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        return head + await reader.readexactly(length)
    except asyncio.IncompleteReadError:
        return b""
