from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from services.cli.errors import Declined
from services.cli.settings import load
from services.cli.tail import tail
from services.websocket.core.session import UNAUTHENTICATED

pytestmark = pytest.mark.socket

Scene = Callable[[ServerConnection, dict[str, Any]], Awaitable[None]]


class _Enough(Exception):
    """The test has seen what it wants."""


async def _watch(scenes: Sequence[Scene], *, enough: int = 10, expression: str = "", since: str | None = None) -> Any:
    """
    Tail a server that plays one scene a connection.

    Returns: what was ordered, the alerts with their cursors, the troubles.
    """
    ordered: list[dict[str, Any]] = []
    alerts: list[tuple[str, str]] = []
    troubles: list[str] = []

    async def play(connection: ServerConnection) -> None:
        order = json.loads(await connection.recv())
        ordered.append(order)
        await scenes[len(ordered) - 1](connection, order)

    def on_alert(alert: dict[str, Any], cursor: str) -> None:
        alerts.append((alert["id"], cursor))
        if len(alerts) == enough:
            raise _Enough

    async with serve(play, "127.0.0.1", 0) as server:
        settings = load(ws_port=server.sockets[0].getsockname()[1], api_keys=("k1",))
        try:
            async with asyncio.timeout(10):
                await tail(settings, expression, since, on_alert, troubles.append, first_pause=0)
        except _Enough:
            pass
    return ordered, alerts, troubles


async def _send(connection: ServerConnection, **message: object) -> None:
    await connection.send(json.dumps(message))


def _alerts(*cursors: str, abort: bool = False) -> Scene:
    async def scene(connection: ServerConnection, order: dict[str, Any]) -> None:
        await _send(connection, type="subscribed", id=order["id"], filter="", cursor=order.get("since", "c0"))
        for cursor in cursors:
            await _send(connection, type="alert", cursor=cursor, subscriptions=["tail"], alert={"id": f"a-{cursor}"})
        if abort:
            await (await connection.ping())  # answered behind the messages, so they have arrived
            connection.transport.abort()

    return scene


async def test_it_resumes_after_every_break() -> None:
    """With the cursor of the last message, so that there is no gap: after a polite end and after a broken line."""
    ordered, alerts, troubles = await _watch([_alerts("c1", "c2"), _alerts("c3", abort=True), _alerts("c4")], enough=4)
    assert [order.get("since") for order in ordered] == [None, "c2", "c3"]
    assert alerts == [("a-c1", "c1"), ("a-c2", "c2"), ("a-c3", "c3"), ("a-c4", "c4")]
    assert troubles[0].endswith("closed the stream; trying again in 0.0 s")
    assert len(troubles) == 2


async def test_a_subscription_alone_moves_the_cursor() -> None:
    """Who was cut off before the first alert misses none either."""
    ordered, _, _ = await _watch([_alerts(), _alerts("c1")], enough=1)
    assert [order.get("since") for order in ordered] == [None, "c0"]


async def test_filter_and_cursor_are_passed_on() -> None:
    """As given."""
    ordered, _, _ = await _watch([_alerts("c9")], enough=1, expression="severity:flash", since="c8")
    assert ordered == [{"type": "subscribe", "id": "tail", "filter": "severity:flash", "since": "c8"}]


async def test_a_message_of_any_size_is_taken() -> None:
    """Else it would be asked for again without end."""

    async def large(connection: ServerConnection, _order: dict[str, Any]) -> None:
        await _send(connection, type="alert", cursor="c1", alert={"id": "big", "summary": "x" * 2_000_000})

    _, alerts, _ = await _watch([large], enough=1)
    assert alerts == [("big", "c1")]


@pytest.mark.parametrize(
    "message",
    [
        {"type": "error", "code": "invalid_filter", "detail": "At character 4: expected a value."},
        {"type": "cannot_replay", "id": "tail", "reason": "expired", "detail": "At character 4: expected a value."},
    ],
)
async def test_what_is_refused_is_not_tried_again(message: dict[str, str]) -> None:
    """The server's words reach the user."""

    async def refuse(connection: ServerConnection, _order: dict[str, Any]) -> None:
        await _send(connection, **message)

    with pytest.raises(Declined, match="At character 4: expected a value"):
        await _watch([refuse])


async def test_a_missing_key_is_not_tried_again() -> None:
    """The close code says so."""

    async def close(connection: ServerConnection, _order: dict[str, Any]) -> None:
        await connection.close(UNAUTHENTICATED, "the first message must be auth")

    with pytest.raises(Declined, match="must be auth; set TOCSIN_API_KEYS"):
        await _watch([close])


async def test_a_refused_handshake() -> None:
    """A wrong key ends it with the problem's detail; an instance that is full is tried again."""
    statuses = [503, 401]
    troubles: list[str] = []
    keys: list[str] = []

    def judge(connection: ServerConnection, request: Request) -> Response:
        keys.append(request.headers["authorization"])
        return connection.respond(HTTPStatus(statuses.pop(0)), json.dumps({"detail": "this API key is not known"}))

    async def never(_connection: ServerConnection) -> None:
        pass

    async with serve(never, "127.0.0.1", 0, process_request=judge) as server:
        settings = load(ws_port=server.sockets[0].getsockname()[1], api_keys=("k1",))
        with pytest.raises(Declined, match=r"401 .*this API key is not known"):
            await tail(settings, "", None, lambda _alert, _cursor: None, troubles.append, first_pause=0)
    assert len(troubles) == 1
    assert keys == ["Bearer k1", "Bearer k1"]


async def test_nobody_there_is_told_with_what_to_do() -> None:
    """It keeps trying, since an instance may be starting."""

    def stop(trouble: str) -> None:
        assert "no stream answers at ws://127.0.0.1:1/v1/stream" in trouble
        assert "'tocsin up' starts one; trying again" in trouble
        raise _Enough

    with pytest.raises(_Enough):
        await tail(load(ws_port=1), "", None, lambda _alert, _cursor: None, stop)
