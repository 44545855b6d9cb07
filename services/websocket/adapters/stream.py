"""The alert stream over websockets, on its own port: `/v1/stream`."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus

import structlog
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from services.runtime import metrics
from services.runtime.assembly import Ground
from services.runtime.clock import first_of
from services.runtime.errors import Fatal
from services.websocket.adapters.client import Client
from services.websocket.adapters.gateway import Gateway
from services.websocket.adapters.ledger import Ledger
from services.websocket.core import messages
from services.websocket.core.outbox import Revision
from services.websocket.core.session import POLICY_VIOLATION, SERVICE_RESTART, UNAUTHENTICATED, Close
from services.websocket.settings import WebsocketSettings

log = structlog.get_logger(__name__)

PATH = "/v1/stream"
SUBPROTOCOL = Subprotocol("tocsin.v1")
_MOST_INBOUND_BYTES = 16 * 1024
_PING_SECONDS = 20
_CLOSE_SECONDS = 5
_SPREAD_SECONDS = 5.0
"""Clients are asked to come back at a moment of their own within this, so that they do not come all at once."""

_DRAIN_SECONDS = 1.0
_LONGEST_REASON = 120
"""Bytes; RFC 6455 allows 123."""


class Stream:
    """The server of the stream."""

    name = "websocket-stream"

    def __init__(
        self, ground: Ground, settings: WebsocketSettings, gateway: Gateway, ledger: Ledger, host: str, port: int
    ) -> None:
        self._ground = ground
        self._settings = settings
        self._gateway = gateway
        self._ledger = ledger
        self._host = host
        self._port = port
        self._clients: dict[ServerConnection, Client] = {}
        self._per_address: Counter[str] = Counter()
        self._closes: set[asyncio.Task[None]] = set()
        self.bound: asyncio.Future[int] = asyncio.Future()
        """The port, once it is listened on."""

        ground.health.expect(self.name)

    async def run(self, stop: asyncio.Event) -> None:
        """
        Serve until `stop` is set, from when the board is loaded.

        Raises:
            Fatal: the port cannot be had.
        """
        await first_of(self._gateway.opened.wait(), stop.wait())
        if not stop.is_set():
            server = await self._listen()
            while not stop.is_set():
                self._ground.health.progress(self.name, self._ground.clock.now())
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _PING_SECONDS)
            self._gateway.closing.set()
            await self._end(server)
        self._gateway.closing.set()
        self._ground.health.gone(self.name)

    async def _listen(self) -> Server:
        try:
            server = await serve(
                self._handle,
                self._host,
                self._port,
                process_request=self._judge,
                select_subprotocol=_subprotocol,
                compression=None,
                max_size=_MOST_INBOUND_BYTES,
                ping_interval=_PING_SECONDS,
                ping_timeout=_PING_SECONDS,
                close_timeout=_CLOSE_SECONDS,
                server_header=None,
            )
        except OSError as error:
            raise Fatal(
                f"cannot listen on {self._host}:{self._port}: {error.strerror}; set TOCSIN_WS_PORT to a free port"
            ) from error
        self.bound.set_result(next(iter(server.sockets)).getsockname()[1])
        return server

    async def _end(self, server: Server) -> None:
        server.close(close_connections=False)
        for client in tuple(self._clients.values()):
            later = random.uniform(0, _SPREAD_SECONDS)  # noqa: S311 (spreads load)
            client.close(Close(SERVICE_RESTART, f"restarting; resume from your cursor in {later:.1f} s"))
        await server.wait_closed()

    def _judge(self, connection: ServerConnection, request: Request) -> Response | None:
        """Before the handshake: the path, the caller, the room there is."""
        if request.path.partition("?")[0] != PATH:
            return _problem(404, f"the stream is at {PATH}")
        headers = {name.lower(): value for name, value in request.headers.raw_items()}
        refused = self._ground.access.refusal(_address(connection), headers)
        if refused is not None and not (refused.status == HTTPStatus.UNAUTHORIZED and "authorization" not in headers):
            return _problem(refused.status, refused.detail)
        connection.username = "" if refused is not None else "authenticated"
        if len(self._clients) >= self._settings.most_connections:
            return _problem(503, f"{self._settings.most_connections} streams are open, as many as this gateway serves")
        if self._per_address[_address(connection)] >= self._settings.most_per_address:
            return _problem(503, f"{self._settings.most_per_address} streams are open from your address")
        return None

    async def _handle(self, connection: ServerConnection) -> None:
        client = self._gateway.connect(authenticated=bool(connection.username))
        address = _address(connection)
        self._clients[connection] = client
        self._per_address[address] += 1
        metrics.STREAMS.labels("websocket").inc()
        writer = asyncio.create_task(self._write(connection, client))
        client.closing.add_done_callback(lambda _: self._close_later(connection, client, writer))
        try:
            await self._read(connection, client)
        except ConnectionClosed as closed:
            log.debug("stream closed", peer=address, code=closed.rcvd.code if closed.rcvd else None)
        finally:
            client.end()
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            del self._clients[connection]
            self._per_address[address] -= 1
            if not self._per_address[address]:
                del self._per_address[address]
            metrics.STREAMS.labels("websocket").dec()

    async def _read(self, connection: ServerConnection, client: Client) -> None:
        if not client.session.authenticated:
            try:
                async with asyncio.timeout(self._settings.auth_seconds):
                    await self._take(connection, client)
            except TimeoutError:
                client.close(Close(UNAUTHENTICATED, "no auth message came in time"))
        while True:
            await self._take(connection, client)

    async def _take(self, connection: ServerConnection, client: Client) -> None:
        message = await connection.recv()
        if client.closing.done():
            return
        if isinstance(message, bytes):
            client.close(Close(POLICY_VIOLATION, "messages are JSON in text frames"))
            return
        await client.receive(message, self._ground.clock.now())

    async def _write(self, connection: ServerConnection, client: Client) -> None:
        while (outgoing := await client.next()) is not None:
            if not isinstance(outgoing, Revision):
                await connection.send(outgoing.json, text=True)
                continue
            told = outgoing.told
            await connection.send(messages.alert(outgoing.cursor, told.subscriptions, told.entry.json), text=True)
            self._ledger.wrote(told.entry)
            metrics.DELIVERED.labels("websocket").inc()

    def _close_later(self, connection: ServerConnection, client: Client, writer: asyncio.Task[None]) -> None:
        task = asyncio.get_running_loop().create_task(_close(connection, client.closing.result(), writer))
        self._closes.add(task)
        task.add_done_callback(self._closes.discard)


async def _close(connection: ServerConnection, why: Close, writer: asyncio.Task[None]) -> None:
    """Close once what waits is written; whoever does not read is not waited for long."""
    await asyncio.wait({writer}, timeout=_DRAIN_SECONDS)
    writer.cancel()
    reason = why.reason.encode()[:_LONGEST_REASON].decode("utf-8", "ignore")
    await connection.close(why.code, reason)
    log.info("stream ended by us", peer=_address(connection), code=why.code, reason=reason)


def _subprotocol(_connection: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    return SUBPROTOCOL if SUBPROTOCOL in offered else None


def _address(connection: ServerConnection) -> str:
    remote: Sequence[object] | None = connection.remote_address
    return str(remote[0]) if remote else ""


def _problem(status: int, detail: str) -> Response:
    phrase = HTTPStatus(status).phrase
    document = {"type": "about:blank", "title": phrase, "status": status, "detail": detail}
    body = json.dumps(document).encode()
    headers = Headers(
        {"Content-Type": "application/problem+json", "Content-Length": str(len(body)), "Connection": "close"}
    )
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(round(random.uniform(1, _SPREAD_SECONDS)))  # noqa: S311 (spreads load)
    return Response(status, phrase, headers, body)
