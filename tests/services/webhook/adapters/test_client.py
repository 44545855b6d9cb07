from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import aiohttp
import pytest
from aiohttp import web
from receiver import receiving, speaking
from standardwebhooks import Webhook
from webhook_service import LOOPBACK, alert

from events.delivery import DeliveryId
from events.subscription import SigningSecret, Subscription, SubscriptionId
from services.runtime.clock import SystemClock
from services.webhook.adapters.client import Client, payload
from services.webhook.core.dispatch import Send
from services.webhook.core.response import Accepted, Failed, Forbidden, Gone, Throttled, Verdict
from services.webhook.core.signature import InvalidSecret, new_secret
from services.webhook.settings import WebhookSettings

pytestmark = pytest.mark.socket

NOW = datetime.now(UTC)
SECRET, OLD = new_secret(b"k" * 32), new_secret(b"o" * 32)
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
HASTY = LOOPBACK.model_copy(update={"answer_seconds": 0.2, "connect_seconds": 0.2})
ELSEWHERE = WebhookSettings(allow_private=(ip_network("10.9.0.0/16"),))


def subscription(url: str, *secrets: SigningSecret) -> Subscription:
    """A subscription with SECRET, or with these."""
    return Subscription(
        id=SubscriptionId("s1"), url=url, secrets=secrets or (SigningSecret(value=SECRET),), created=NOW, updated=NOW
    )


def send(name: str = "d1") -> Send:
    """A delivery to be attempted."""
    return Send(DeliveryId(name), SubscriptionId("s1"), alert(), 1, NOW)


@asynccontextmanager
async def client(settings: WebhookSettings = LOOPBACK) -> AsyncIterator[Client]:
    """A client that is closed."""
    made = Client(settings, SystemClock())
    try:
        yield made
    finally:
        await made.close()


async def attempted(url: str, settings: WebhookSettings = LOOPBACK) -> Verdict:
    """What came of one attempt."""
    async with client(settings) as made:
        return await made.attempt(send(), subscription(url))


async def test_a_delivery_is_signed_so_that_an_independent_verifier_believes_it() -> None:
    """The signature is over the bytes that arrived, by every secret that is active, and by no other."""
    expired = SigningSecret(value=new_secret(b"x" * 32), expires=NOW - timedelta(hours=1))
    rotated = SigningSecret(value=OLD, expires=NOW + timedelta(hours=1))
    async with receiving() as receiver, client() as made:
        assert await made.attempt(
            send(), subscription(receiver.url, SigningSecret(value=SECRET), rotated, expired)
        ) == Accepted(204)
    (delivery,) = receiver.deliveries
    for secret in (SECRET, OLD):
        assert Webhook(secret).verify(delivery.body, delivery.headers) == {
            "type": "alert.raised",
            "timestamp": json.loads(delivery.body)["timestamp"],
            "data": {"alert": alert().model_dump(mode="json")},
        }
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(expired.value).verify(delivery.body, delivery.headers)
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(SECRET).verify(delivery.body + b" ", delivery.headers)
    assert delivery.id == "d1"
    assert delivery.headers["content-type"] == "application/json"
    assert delivery.headers["user-agent"] == "Tocsin-Webhook/1"


@pytest.mark.parametrize(
    ("clocks", "timestamp"),
    [
        ({}, "2026-11-24T12:00:00+00:00"),
        ({"raised": "2026-11-24T10:00:00Z"}, "2026-11-24T10:00:00+00:00"),
        ({"raised": "2026-11-24T10:00:00Z", "revised": "2026-11-24T11:00:00Z"}, "2026-11-24T11:00:00+00:00"),
    ],
)
def test_the_payload_tells_when_the_revision_was_made(clocks: dict[str, str], timestamp: str) -> None:
    """Not when it was attempted: each attempt has the same body. Text stays as it is, not escaped."""
    body = payload(alert(clocks=clocks), datetime(2026, 11, 24, 12, tzinfo=UTC))
    assert f'"timestamp":"{timestamp}"'.encode() in body
    assert "“dozens”".encode() in body


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (web.Response(status=200, text="thanks"), Accepted(200)),
        (web.Response(status=204), Accepted(204)),
        (
            web.Response(status=302, headers={"location": "/elsewhere"}),
            Failed("HTTP 302 Found: redirects are not followed; give the final URL", 302),
        ),
        (web.Response(status=404), Failed("HTTP 404 Not Found", 404)),
        (web.Response(status=410), Gone("HTTP 410 Gone: the endpoint wants no more deliveries", 410)),
        (web.Response(status=429), Throttled("HTTP 429 Too Many Requests", 429)),
        (
            web.Response(status=503, headers={"retry-after": "Tue, 24 Nov 2037 12:00:00 GMT"}),
            Throttled("HTTP 503 Service Unavailable", 503, datetime(2037, 11, 24, 12, tzinfo=UTC)),
        ),
        (web.Response(status=500), Failed("HTTP 500 Internal Server Error", 500)),
    ],
)
async def test_the_status_is_the_answer(answer: web.Response, verdict: Verdict) -> None:
    """One request, whatever the answer: a redirect is not followed."""
    async with receiving(answer) as receiver:
        assert await attempted(receiver.url) == verdict
        assert len(receiver.deliveries) == 1


async def test_retry_after_in_seconds_counts_from_the_answer() -> None:
    """The moment that the receiver asked for is handed on."""
    async with receiving(web.Response(status=429, headers={"retry-after": "120"})) as receiver:
        verdict = await attempted(receiver.url)
    assert isinstance(verdict, Throttled)
    assert verdict.not_before is not None
    assert timedelta(seconds=100) < verdict.not_before - datetime.now(UTC) <= timedelta(seconds=120)


async def test_an_endpoint_that_never_answers_times_out() -> None:
    """The attempt ends by the setting, and says so."""

    async def silent(_connection: int, _request: int, _writer: asyncio.StreamWriter) -> bool:
        return True

    async with speaking(silent) as wire:
        assert await attempted(wire.url, HASTY) == Failed("no answer within 0.2 s")
    assert len(wire.requests) == 1


def reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection off with RST."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        (b"", "ServerDisconnectedError"),
        (None, "ClientOSError"),
        (b"SMTP ready\r\n\r\n", "ClientResponseError"),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000, "ClientResponseError"),
    ],
)
async def test_no_answer_to_speak_of_is_a_failure(said: bytes | None, detail: str) -> None:
    """A connection that is closed, reset or answered with garbage: one request, and worth another attempt later."""

    async def speak(_connection: int, _request: int, writer: asyncio.StreamWriter) -> bool:
        if said is None:
            reset(writer)
        else:
            writer.write(said)
        return False

    async with speaking(speak) as wire:
        verdict = await attempted(wire.url)
        assert isinstance(verdict, Failed)
        assert verdict.detail.startswith(detail)
        assert len(verdict.detail) <= 300
        assert len(wire.requests) == 1


async def test_nobody_there_is_a_failure() -> None:
    """A port where nobody listens."""
    async with receiving() as receiver:
        pass
    verdict = await attempted(receiver.url)
    assert isinstance(verdict, Failed)
    assert verdict.status is None


async def test_an_endless_answer_is_not_read() -> None:
    """The status is taken, and the connection closed on whatever else the endpoint has to say."""
    written = 0
    broken = asyncio.Event()

    async def endless(_connection: int, _request: int, writer: asyncio.StreamWriter) -> bool:
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                writer.write(b"z" * 65_536)
                await writer.drain()
                written += 65_536
        finally:
            broken.set()

    async with speaking(endless) as wire:
        assert await attempted(wire.url) == Accepted(200)
        async with asyncio.timeout(5):
            await broken.wait()
    assert written < 32 * 1024 * 1024  # what the machine's buffers hold


@pytest.mark.parametrize("rest", [b"content-length: 50\r\n\r\nhalf", b"transfer-encoding: chunked\r\n\r\n9\r\nhalf"])
async def test_an_answer_that_breaks_off_keeps_its_meaning(rest: bytes) -> None:
    """Who answered 200 has taken the delivery: sending it again for the sake of an unread body would be wrong."""

    async def speak(_connection: int, _request: int, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\n" + rest)
        return False

    async with speaking(speak) as wire:
        assert await attempted(wire.url) == Accepted(200)


async def test_an_answer_whose_body_never_comes_keeps_its_meaning() -> None:
    """The wait for it is bounded too."""

    async def speak(_connection: int, _request: int, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n")
        return True

    async with speaking(speak) as wire:
        assert await attempted(wire.url, HASTY) == Accepted(200)


@pytest.mark.parametrize("abruptly", [False, True])
async def test_a_kept_connection_that_was_closed_is_retried_once_with_the_same_id(abruptly: bool) -> None:  # noqa: FBT001
    """The second goes over a connection of its own; what the receiver sees is one message."""

    async def speak(connection: int, request: int, writer: asyncio.StreamWriter) -> bool:
        if connection == 1 and request == 2:
            if abruptly:
                reset(writer)
            return False
        writer.write(OK)
        return True

    async with speaking(speak) as wire, client() as made:
        assert await made.attempt(send("d1"), subscription(wire.url)) == Accepted(200)
        assert await made.attempt(send("d2"), subscription(wire.url)) == Accepted(200)
    assert [connection for connection, _ in wire.requests] == [1, 1, 2]
    assert b"webhook-id: d1" in wire.requests[0][1].lower()
    (_, second), (_, again) = wire.requests[1:]
    assert b"webhook-id: d2" in second.lower()
    assert second == again.replace(b"Connection: close\r\n", b"")


async def test_the_retry_takes_no_other_connection_that_was_kept() -> None:
    """A server that closed one has closed them all."""
    both = asyncio.Event()

    async def speak(connection: int, request: int, writer: asyncio.StreamWriter) -> bool:
        if request == 2:
            both.set()
        await both.wait()
        if connection <= 2 < request:
            return False
        writer.write(OK)
        return True

    async with speaking(speak) as wire, client() as made:
        to = subscription(wire.url)
        await asyncio.gather(made.attempt(send("d1"), to), made.attempt(send("d2"), to))
        assert wire.connections == 2
        assert await made.attempt(send("d3"), to) == Accepted(200)
    assert wire.connections == 3


@pytest.mark.parametrize(
    ("host", "settings"),
    [
        ("127.0.0.1", ELSEWHERE),
        ("localhost", ELSEWHERE),
        ("tocsin.localhost", ELSEWHERE),
        ("[::1]", ELSEWHERE),
        ("[::ffff:127.0.0.1]", ELSEWHERE),
        ("[64:ff9b::7f00:1]", ELSEWHERE),
        ("0.0.0.0", ELSEWHERE),  # noqa: S104 (dialled, not bound)
        ("127.0.0.1", WebhookSettings()),
    ],
)
async def test_no_private_address_is_reached(host: str, settings: WebhookSettings) -> None:
    """Neither as a literal nor by a name: a listener on loopback hears of no connection. It is not tried again."""

    async def answer(_connection: int, _request: int, writer: asyncio.StreamWriter) -> bool:
        writer.write(OK)
        return False

    async with speaking(answer) as canary:
        verdict = await attempted(f"http://{host}:{canary.port}/hook", settings)
        assert isinstance(verdict, Forbidden), verdict
        assert await attempted(canary.url) == Accepted(200)  # it would have heard
    assert canary.connections == 1


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would dial in our place, past the guard."""
    async with receiving() as proxy, receiving() as receiver:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert await attempted(receiver.url) == Accepted(204)
        assert proxy.deliveries == []


async def test_an_url_that_is_refused_by_now_is_not_dialled() -> None:
    """It was saved under other settings; what it was then is of no account."""
    verdict = await attempted("http://example.org:5432/", WebhookSettings())
    assert verdict == Forbidden("port 5432 is not one of those allowed")


async def test_nothing_is_sent_unsigned() -> None:
    """A subscription without an active secret reaches nobody."""
    expired = SigningSecret(value=SECRET, expires=NOW - timedelta(days=1))
    async with receiving() as receiver, client() as made:
        with pytest.raises(InvalidSecret, match="never sent unsigned"):
            await made.attempt(send(), subscription(receiver.url, expired))
    assert receiver.deliveries == []


async def test_a_client_that_is_closed_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither connections nor the resolver, which no session closes for us."""
    closed: list[aiohttp.AsyncResolver] = []

    class Noting(aiohttp.AsyncResolver):
        async def close(self) -> None:
            closed.append(self)
            await super().close()

    monkeypatch.setattr(aiohttp, "AsyncResolver", Noting)
    async with receiving() as receiver:
        assert await attempted(receiver.url) == Accepted(204)
    assert len(closed) == 1
