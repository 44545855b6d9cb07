from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from events.alert import Alert, AlertStatus
from services.websocket.adapters.sse import rendered
from services.websocket.core.cursor import Cursor
from services.websocket.core.messages import error, subscribed

pytestmark = pytest.mark.socket

MakeAlert = Callable[..., Alert]
DEADLINE = 5.0


class Events:
    """A reader of server-sent events: the id holds until another one comes."""

    def __init__(self, content: aiohttp.StreamReader) -> None:
        self._content = content
        self.last_id = ""

    async def next(self) -> tuple[str, Any]:
        """Name and data of the next event; a comment alone is none."""
        name, data = "message", ""
        while line := (await asyncio.wait_for(self._content.readline(), DEADLINE)).decode().rstrip("\n"):
            field, _, value = line.partition(": ")
            if field == "id":
                self.last_id = value
            name, data = (value if field == "event" else name), (value if field == "data" else data)
        return (name, json.loads(data)) if data else ("", None)

    async def named(self, wanted: str) -> Any:
        """The data of the next event of this name."""
        while True:
            name, data = await self.next()
            if name == wanted:
                return data


@asynccontextmanager
async def stream(it: Any, query: str = "", **headers: str) -> AsyncIterator[Events]:
    """Open a stream."""
    url = f"http://127.0.0.1:{it.http_port}/v1/stream{query}"
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    async with aiohttp.ClientSession() as web, web.get(url, headers=sent) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/event-stream"
        yield Events(answer.content)


async def test_alerts_come_as_events_with_their_cursor_as_id(desk: Any, alert: MakeAlert) -> None:
    """And whoever reconnects with the last id gets what it missed."""
    async with desk() as it:
        async with stream(it) as events:
            await events.named("subscribed")
            await it.put(alert("a"))
            assert (await events.named("alert"))["id"] == "a"
            last = events.last_id
        await it.put(alert("b"))
        async with stream(it, Last_Event_ID=last) as events:
            assert (await events.named("alert"))["id"] == "b"
        async with stream(it, f"?since={last}") as events:
            assert (await events.named("alert"))["id"] == "b"


async def test_a_filter_holds_and_a_match_sticks(desk: Any, alert: MakeAlert) -> None:
    """As on the websocket: the kill comes although it does not match."""
    async with desk() as it, stream(it, "?filter=headline:dam") as events:
        await events.named("subscribed")
        await it.put(alert("x", headline="Flood"), alert("a", headline="Dam bursts"))
        await it.put(alert("a", 2, headline="Nothing", status=AlertStatus.KILLED))
        heard = [await events.named("alert") for _ in range(2)]
    assert [(told["id"], told["revision"]) for told in heard] == [("a", 1), ("a", 2)]


async def test_a_cursor_that_cannot_be_resumed_is_told_and_the_present_goes_on(desk: Any, alert: MakeAlert) -> None:
    """Else a browser would ask with it again for ever; the id that comes with it is the present."""
    async with desk() as it:
        await it.put(alert("a"))
        async with stream(it, Last_Event_ID="nonsense") as events:
            assert (await events.named("cannot_replay"))["reason"] == "malformed"
            now = events.last_id
            await it.put(alert("b"))
            assert (await events.named("alert"))["id"] == "b"
        async with stream(it, Last_Event_ID=now) as events:
            assert (await events.named("alert"))["id"] == "b"


async def test_a_heartbeat_comes_with_the_present_cursor(desk: Any, alert: MakeAlert) -> None:
    """So that the last id of a quiet stream does not grow old."""
    async with desk(heartbeat_seconds=0.02) as it, stream(it, "?filter=headline:nothing") as events:
        await events.named("subscribed")
        start = events.last_id
        await it.put(alert("a"))
        while events.last_id == start:
            assert await events.next() == ("", None)


async def test_a_bad_filter_is_a_bad_request(desk: Any) -> None:
    """With the place in the problem document."""
    async with desk() as it:
        status, headers, problem = await it.get("/v1/stream?filter=severity:fast")
    assert (status, headers["content-type"]) == (400, "application/problem+json")
    assert (problem["code"], problem["position"]) == ("invalid_filter", 9)


async def test_a_stop_ends_the_stream(desk: Any) -> None:
    """The process waits for none of them."""
    async with desk() as it, stream(it) as events:
        await events.named("subscribed")
        it.stop.set()
        assert await asyncio.wait_for(events._content.read(), DEADLINE) in {b"", b"\n"}


@pytest.mark.parametrize("place", [Cursor("C"), None])
def test_other_messages_are_events_too(place: Cursor | None) -> None:
    """With an id where they tell a place."""
    control = subscribed("sse", "", place) if place else error("x", "y")
    written = rendered(control).decode()
    assert written.startswith("id: C\nevent: subscribed\n" if place else "event: error\n")
    assert written.endswith("}\n\n")
