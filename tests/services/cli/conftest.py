from __future__ import annotations

import asyncio
import functools
import io
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from events.alert import Alert, AlertId, AlertStatus
from events.entity import Entity, EntityType
from events.story import EventId, Severity, StoryId
from services.cli import main as command_line
from services.cli import settings
from services.enrich.adapters import model_file
from services.runtime.bus.embedded import EmbeddedBus

_LOAD = functools.cache(model_file.load)
"""Reading the recogniser takes most of a second, and it is the same each time."""

_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.upper().startswith("TOCSIN_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(settings, "SECRETS", tmp_path / "no-secrets")
    monkeypatch.setattr(model_file, "load", _LOAD)
    return tmp_path


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """Its standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Tocsin = Callable[..., Ran]


@pytest.fixture
def tocsin(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tocsin:
    """The command line as a shell would start it, in this process."""

    def run(*arguments: object, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "argv", ["tocsin", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        status: object = 0
        try:
            command_line.main()
        except SystemExit as end:
            status = end.code
        captured = capsys.readouterr()
        return Ran(status if isinstance(status, int) else 0, captured.out, captured.err)

    return run


@dataclass
class Api:
    """An HTTP server on loopback that answers as it is told, and keeps what it was asked."""

    port: int = 0
    answers: dict[str, tuple[int, object]] = field(default_factory=dict)
    """`METHOD /path` -> status and body; a body that is bytes is sent as it is. A list is answered in turn."""

    asked: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    decide: Callable[[bytes], tuple[int, object]] | None = None

    def answer(self, asked: str, body: bytes) -> tuple[int, bytes]:
        """Status and body."""
        status, found = self.decide(body) if self.decide else self.answers[asked]
        return status, found if isinstance(found, bytes) else json.dumps(found).encode()


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """A scripted instance at TOCSIN_HTTP_PORT."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            asked = f"{self.command} {self.path}"
            api.asked.append((asked, {k.lower(): v for k, v in self.headers.items()}, body))
            status, raw = api.answer(asked.partition("?")[0], body)
            self.send_response(status)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_DELETE = _any  # noqa: N815 (http.server's names)

        def log_message(self, *_: object) -> None:
            pass

    with _serving(Handler) as port:
        api.port = port
        monkeypatch.setenv("TOCSIN_HTTP_PORT", str(port))
        yield api


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=functools.partial(server.serve_forever, 0.01))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def alert() -> Alert:
    return Alert(
        id=AlertId("a1"),
        event_id=EventId("e1"),
        revision=2,
        status=AlertStatus.REVISED,
        severity=Severity.URGENT,
        interrupt=False,
        headline="Quake [strikes] coast of Nowhere",
        score=0.9,
        lead=StoryId("s1"),
        entities=(
            Entity(text="Nowhere", type=EntityType.PLACE, start=24, end=31, name="Republic of Nowhere"),
            Entity(text="Nowhere", type=EntityType.PLACE, start=40, end=47, name="Republic of Nowhere"),
        ),
        changes=("Second Wire reports it too.",),
        clocks={"published": _AT},
    )


@pytest.fixture
def in_log(folder: Path) -> Callable[[Callable[[EmbeddedBus], Any]], Any]:
    """Does something with the embedded log of the working directory."""

    def act(work: Callable[[EmbeddedBus], Any]) -> Any:
        async def run() -> Any:
            bus = EmbeddedBus(folder / ".tocsin")
            await bus.start()
            try:
                return await work(bus)
            finally:
                await bus.close()

        return asyncio.run(run())

    return act
