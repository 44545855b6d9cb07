from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel

from services.runtime.access import Access
from services.runtime.clock import VirtualClock
from services.runtime.errors import Fatal, Poison, Transient
from services.runtime.health import Health
from services.runtime.http import MOST_BODY_BYTES, Problem, application, serve

pytestmark = pytest.mark.socket

AT = datetime(2026, 3, 1, tzinfo=UTC)
HERE = ("127.0.0.1", 5)
LOCAL = {"host": "localhost"}


class Order(BaseModel):
    """A body."""

    count: int


def routes() -> APIRouter:
    """Routes that answer in every way."""
    router = APIRouter()

    @router.post("/orders")
    async def orders(order: Order) -> dict[str, int]:
        return {"count": order.count}

    @router.post("/raw")
    async def raw(request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    @router.get("/things/{name}")
    async def things(name: str) -> None:
        failures: dict[str, Exception] = {
            "problem": Problem(409, "Conflict", "it is killed", {"x-a": "b"}, alert="a1"),
            "unknown": HTTPException(404, "there is no thing of this name"),
            "bare": HTTPException(404),
            "transient": Transient("the log is away"),
            "poison": Poison("a record has 2 MB"),
            "fault": ZeroDivisionError("secret detail"),
        }
        raise failures[name]

    _ = orders, raw, things
    return router


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        """The problem document."""
        assert self.headers["content-type"] == "application/problem+json"
        document = json.loads(self.body)
        assert document["type"] == "about:blank"
        assert document["status"] == self.status
        return document


class Surface:
    """The application, asked without a socket."""

    def __init__(self, access: Access | None = None) -> None:
        self.health = Health()
        self.clock = VirtualClock(AT)
        self.app = application([routes()], access=access or Access(()), health=self.health, clock=self.clock)

    async def ask(
        self,
        method: str,
        path: str,
        chunks: Iterable[bytes] = (b"",),
        headers: dict[str, str] | None = None,
        client: tuple[str, int] | None = HERE,
        kind: str = "http",
    ) -> Answer:
        """One request; `chunks` is its body, taken only as far as it is read."""
        sent: list[Any] = []
        body = iter(chunks)

        async def receive() -> dict[str, Any]:
            chunk = next(body, None)
            return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": kind,
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(k.encode(), v.encode()) for k, v in (LOCAL if headers is None else headers).items()],
            "client": client,
            "http_version": "1.1",
            "scheme": "http",
            "server": ("localhost", 80),
            "extensions": {"websocket.http.response": {}},
        }
        with suppress(ZeroDivisionError):  # the server logs it once the answer is sent
            async with asyncio.timeout(5):
                await self.app(scope, receive, send)
        start = sent[0]
        found = {k.decode(): v.decode() for k, v in start.get("headers", ())}
        return Answer(start["status"], found, b"".join(m.get("body", b"") for m in sent[1:]))


@pytest.mark.parametrize(
    ("path", "status", "title", "detail"),
    [
        ("/things/problem", 409, "Conflict", "it is killed"),
        ("/things/unknown", 404, "Not Found", "there is no thing of this name"),
        ("/things/bare", 404, "Not Found", "GET /things/bare is not served here; see /docs"),
        ("/nowhere", 404, "Not Found", "GET /nowhere is not served here; see /docs"),
        ("/orders", 405, "Method Not Allowed", "GET /orders is not served here, only POST; see /docs"),
        ("/things/transient", 503, "Service Unavailable", "the log is away; nothing was taken in, send it again"),
        ("/things/poison", 413, "Content Too Large", "a record has 2 MB; nothing was taken in"),
        (
            "/things/fault",
            500,
            "Internal Server Error",
            "this is a fault of the service, not of the request; its log says more",
        ),
    ],
)
async def test_every_error_is_a_problem_document(path: str, status: int, title: str, detail: str) -> None:
    """It says what was wrong and what to do, and nothing of our insides."""
    answer = await Surface().ask("GET", path)
    assert (answer.status, answer.problem["title"], answer.problem["detail"]) == (status, title, detail)


async def test_an_error_keeps_its_headers_and_members() -> None:
    """What a problem has more, when to come again, what is allowed."""
    surface = Surface()
    answer = await surface.ask("GET", "/things/problem")
    assert (answer.headers["x-a"], answer.problem["alert"]) == ("b", "a1")
    assert (await surface.ask("GET", "/things/transient")).headers["retry-after"] == "2"
    assert (await surface.ask("GET", "/orders")).headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("body", "field", "detail"),
    [
        (b'{"count":"many"}', "body.count", "body.count: Input should be a valid integer"),
        (b"{}", "body.count", "body.count: Field required"),
        (b"{not json", "body.1", "body.1: JSON decode error"),
    ],
)
async def test_a_request_that_is_not_valid_names_the_field(body: bytes, field: str, detail: str) -> None:
    """422, with every problem in `errors`."""
    answer = await Surface().ask("POST", "/orders", (body,), {**LOCAL, "content-type": "application/json"})
    assert answer.status == 422
    assert answer.problem["detail"].startswith(detail)
    assert answer.problem["errors"][0]["field"] == field


@pytest.mark.parametrize("path", ["/raw", "/orders"])
async def test_a_body_that_does_not_end_is_refused(path: str) -> None:
    """Once it is longer than allowed, whoever reads it: the route, or the framework for it."""
    taken = 0

    def endless() -> Iterable[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 1_000_000

    answer = await Surface().ask("POST", path, endless(), {**LOCAL, "content-type": "application/json"})
    assert (answer.status, answer.problem["title"]) == (413, "Content Too Large")
    assert taken == MOST_BODY_BYTES // 1_000_000 + 1


@pytest.mark.parametrize(
    ("length", "status"),
    [
        (str(MOST_BODY_BYTES + 1), 413),
        ("9" * 5000, 413),
        (str(MOST_BODY_BYTES), 200),
        ("3", 200),
        ("many", 400),
        ("-1", 400),
        ("1.5", 400),
        ("²", 400),
        ("", 400),
    ],
)
async def test_a_length_is_believed_only_where_it_is_one(length: str, status: int) -> None:
    """Too long is refused before a byte is read; what is no number is a bad request, never a fault of ours."""
    answer = await Surface().ask("POST", "/raw", (b"abc",), {**LOCAL, "content-length": length})
    assert answer.status == status
    if status != 200:
        assert answer.problem["detail"]


@pytest.mark.parametrize(
    ("access", "client", "headers", "status"),
    [
        (Access(()), ("203.0.113.9", 1), LOCAL, 403),
        (Access(()), None, LOCAL, 403),
        (Access(()), HERE, {"host": "rebound.example"}, 403),
        (Access(()), HERE, {**LOCAL, "origin": "https://evil.example"}, 403),
        (Access(("k",)), HERE, LOCAL, 401),
        (Access(("k",)), ("203.0.113.9", 1), {"authorization": "Bearer k"}, 200),
    ],
)
async def test_the_gate_is_before_every_route(
    access: Access, client: tuple[str, int] | None, headers: dict[str, str], status: int
) -> None:
    """The metrics, the documents and what is not there included; only the probes are open."""
    surface = Surface(access)
    for path in ("/metrics", "/openapi.json"):
        answer = await surface.ask("GET", path, headers=headers, client=client)
        assert answer.status == status
        assert answer.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)
    if status != 200:
        assert (await surface.ask("GET", "/nowhere", headers=headers, client=client)).problem["detail"]
        assert (await surface.ask("GET", "/ws", headers=headers, client=client, kind="websocket")).status == status
    assert (await surface.ask("GET", "/healthz", headers={}, client=None)).status == 200


async def test_the_probes_say_what_is_wrong() -> None:
    """Ready once all parts are; healthy unless one hangs."""
    surface = Surface()
    surface.health.expect("alert")
    ready = await surface.ask("GET", "/readyz")
    assert (ready.status, json.loads(ready.body)) == (503, {"status": "not ready", "problems": {"alert": "starting"}})
    assert (await surface.ask("GET", "/healthz")).status == 200
    surface.health.progress("alert", AT)
    ready = await surface.ask("GET", "/readyz")
    assert (ready.status, json.loads(ready.body)) == (200, {"status": "ready", "problems": {}})
    await surface.clock.advance(timedelta(minutes=2).total_seconds())
    healthy = await surface.ask("GET", "/healthz")
    assert (healthy.status, json.loads(healthy.body)["status"]) == (503, "hung")


async def test_metrics_are_in_prometheus_format() -> None:
    """Those of the whole process."""
    answer = await Surface().ask("GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert b"# HELP tocsin_stage_events_total" in answer.body


@pytest.fixture
async def taken_port() -> AsyncIterator[int]:
    """A port of this machine on which somebody listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


async def test_a_port_in_use_is_fatal_and_says_what_to_do(taken_port: int) -> None:
    """The setting is named."""
    with pytest.raises(
        Fatal, match=f"cannot listen on 127.0.0.1:{taken_port}: Address already in use; set TOCSIN_HTTP"
    ):
        await serve(Surface().app, "127.0.0.1", taken_port, asyncio.Event())


@pytest.mark.parametrize(("host", "netloc"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
async def test_a_served_application_answers_until_it_is_stopped(host: str, netloc: str) -> None:
    """Over a real socket of this machine; the signals stay the process' own."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as free:
        free.bind((host, 0))
        port = free.getsockname()[1]
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(Surface().app, host, port, stop))
    async with asyncio.timeout(5):
        await asyncio.sleep(0)
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(f"GET /nowhere HTTP/1.1\r\nhost: {netloc}:{port}\r\nconnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        stop.set()
        await serving
    assert answer.startswith(b"HTTP/1.1 404")
    assert b"server:" not in answer
