from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from standardwebhooks import Webhook

from services.cli.errors import CommandError
from services.cli.receive import receive

pytestmark = pytest.mark.socket

_SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
_OTHER = "whsec_" + "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
_BODY = json.dumps({"type": "tocsin.alert", "data": {"alert": {"id": "a1"}}})


class _Told:
    """What the receiver told."""

    def __init__(self) -> None:
        self.address = ""
        self.ready = asyncio.Event()
        self.deliveries: list[tuple[str, bool, Any]] = []
        self.refusals: list[str] = []

    def on_ready(self, address: str) -> None:
        self.address = address
        self.ready.set()

    def on_delivery(self, delivery_id: str, again: bool, payload: Any) -> None:  # noqa: FBT001 (told)
        self.deliveries.append((delivery_id, again, payload))


@asynccontextmanager
async def _receiving(secret: str | None) -> AsyncGenerator[_Told, None]:
    told, stop = _Told(), asyncio.Event()
    task = asyncio.create_task(receive(0, secret, told.on_ready, told.on_delivery, told.refusals.append, stop))
    try:
        async with asyncio.timeout(5):
            await told.ready.wait()
        yield told
    finally:
        stop.set()
        await task


async def _post(told: _Told, body: str, headers: dict[str, str]) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{told.address}hook", data=body, headers=headers) as it,
    ):
        return it.status


def _signed(delivery_id: str, body: str = _BODY, secret: str = _SECRET, at: datetime | None = None) -> dict[str, str]:
    """Headers as another implementation of Standard Webhooks makes them."""
    moment = at or datetime.now(UTC)
    return {
        "Webhook-Id": delivery_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(delivery_id, moment, body),
    }


async def test_what_is_signed_is_taken_and_repeats_are_marked() -> None:
    """By another implementation's signatures; a second attempt has the same id."""
    async with _receiving(_SECRET) as told:
        statuses = [await _post(told, _BODY, _signed(each)) for each in ("m1", "m2", "m1")]
    assert statuses == [204, 204, 204]
    payload = json.loads(_BODY)
    assert told.deliveries == [("m1", False, payload), ("m2", False, payload), ("m1", True, payload)]
    assert told.refusals == []


@pytest.mark.parametrize(
    ("body", "headers", "said"),
    [
        (_BODY.replace("a1", "a2"), _signed("m1"), "none of 1 signatures"),
        (_BODY, _signed("m1", secret=_OTHER), "none of 1 signatures"),
        (_BODY, _signed("m1") | {"Webhook-Id": "m2"}, "none of 1 signatures"),
        (_BODY, _signed("m1", at=datetime(2020, 1, 1, tzinfo=UTC)), "2020"),
        (_BODY, {}, "webhook-id"),
    ],
)
async def test_what_is_not_is_refused(body: str, headers: dict[str, str], said: str) -> None:
    """A changed body, another secret, another id, an old one and an unsigned one: 401, and the reason is told."""
    async with _receiving(_SECRET) as told:
        assert await _post(told, body, headers) == 401
    assert told.deliveries == []
    (refusal,) = told.refusals
    assert said in refusal


async def test_without_a_secret_everything_is_taken() -> None:
    """Unverified; what has no id is no repeat of what has none either."""
    async with _receiving(None) as told:
        assert [await _post(told, "{}", {}), await _post(told, "[1]", {})] == [204, 204]
    assert told.deliveries == [("", False, {}), ("", False, [1])]


async def test_what_is_no_json_is_refused() -> None:
    """With 400, and the next is taken."""
    async with _receiving(None) as told:
        assert [await _post(told, "{", {}), await _post(told, b"\xff".decode("latin-1"), {})] == [400, 400]
        assert await _post(told, "{}", {}) == 204
    assert all(refusal.startswith("the body is not JSON") for refusal in told.refusals)


def test_a_secret_that_is_none_is_refused_at_the_start(tocsin: Any) -> None:
    """And not with the first webhook."""
    ran = tocsin("receive", "--port", 0, "--secret", "hunter2")
    assert ran.status == 2
    assert ran.err.startswith("--secret: it does not begin with whsec_")


async def test_a_port_that_is_taken() -> None:
    """One sentence that says what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = _Told()
        with pytest.raises(CommandError, match=f"cannot listen on 127.0.0.1:{port}: .*choose another with --port"):
            await receive(port, None, told.on_ready, told.on_delivery, told.refusals.append, asyncio.Event())
    assert not told.ready.is_set()
