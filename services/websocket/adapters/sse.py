"""The alert stream as server-sent events, for those who cannot have a websocket: one subscription a stream."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from events.filter import Filter
from services.runtime import metrics
from services.websocket.adapters.client import Client
from services.websocket.adapters.gateway import Gateway
from services.websocket.adapters.ledger import Ledger
from services.websocket.core.outbox import Outgoing, Revision
from services.websocket.core.session import SERVICE_RESTART, Begin, Close

_RETRY_MILLISECONDS = 2000
_SEND_SECONDS = 30.0
"""A client that takes nothing for so long is gone, whatever its socket says."""

_DRAIN_SECONDS = 1.0
_NAME = "sse"


class EventStream(Response):
    """A response that lasts: alerts as they come, heartbeats between, until the client or the process goes."""

    media_type = "text/event-stream"

    def __init__(
        self, gateway: Gateway, ledger: Ledger, wanted: Filter, since: str | None, heartbeat_seconds: float
    ) -> None:
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._gateway = gateway
        self._ledger = ledger
        self._order = Begin(_NAME, wanted, since)
        self._heartbeat = heartbeat_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 (ASGI)
        """Stream."""
        client = self._gateway.connect()
        metrics.STREAMS.labels("sse").inc()
        writing = asyncio.create_task(self._write(client, send))
        gone = asyncio.create_task(_disconnected(receive))
        ends: set[asyncio.Task[Any]] = {
            writing,
            gone,
            asyncio.create_task(self._gateway.closing.wait()),
            asyncio.create_task(_closed(client)),
        }
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if not gone.done():
                client.close(Close(SERVICE_RESTART, "restarting"))
                await asyncio.wait({writing}, timeout=_DRAIN_SECONDS)
        finally:
            client.end()
            for task in ends:
                task.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
            metrics.STREAMS.labels("sse").dec()
        if not writing.cancelled() and (error := writing.exception()) is not None and not isinstance(error, OSError):
            raise error

    async def _write(self, client: Client, send: Send) -> None:
        await _send(send, {"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await _write(send, f"retry: {_RETRY_MILLISECONDS}\n\n".encode())
        await client.perform([self._order])
        if not client.session.subscriptions:  # it was told what it cannot have; what comes from now on it can
            await client.perform([Begin(_NAME, self._order.wanted, None)])
        waiting = asyncio.ensure_future(client.next())
        while True:
            done, _ = await asyncio.wait({waiting}, timeout=self._heartbeat)
            if not done:
                await _write(send, f"id: {client.session.cursor}\n: still here\n\n".encode())
                continue
            outgoing = waiting.result()
            if outgoing is None:
                await _send(send, {"type": "http.response.body", "body": b""})
                return
            await _write(send, rendered(outgoing))
            if isinstance(outgoing, Revision):
                self._ledger.wrote(outgoing.told.entry)
                metrics.DELIVERED.labels("sse").inc()
            waiting = asyncio.ensure_future(client.next())


def rendered(outgoing: Outgoing) -> bytes:
    """A message as an event; the alert's JSON has no line breaks outside its strings, and none inside unescaped."""
    if isinstance(outgoing, Revision):
        head = f"id: {outgoing.cursor}\nevent: alert\ndata: "
        return b"".join((head.encode(), outgoing.told.entry.json, b"\n\n"))
    place = outgoing.cursor or json.loads(outgoing.json).get("now")
    head = f"id: {place}\n" if place else ""
    return b"".join((f"{head}event: {outgoing.type}\ndata: ".encode(), outgoing.json, b"\n\n"))


async def _write(send: Send, body: bytes) -> None:
    await _send(send, {"type": "http.response.body", "body": body, "more_body": True})


async def _send(send: Send, message: dict[str, object]) -> None:
    async with asyncio.timeout(_SEND_SECONDS):
        await send(message)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _closed(client: Client) -> None:
    await asyncio.shield(client.closing)
