"""Requests to an ASGI application without a socket: as a client on this machine sends them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message

_LOCAL = {"host": "localhost"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The document."""
        return json.loads(self.body)

    @property
    def problem(self) -> dict[str, Any]:
        """The problem document, which says its own status."""
        assert self.headers["content-type"] == "application/problem+json", self.body
        document = json.loads(self.body)
        assert document["status"] == self.status
        return dict(document)


async def call(
    app: ASGIApp,
    method: str,
    path: str,
    *,
    query: str = "",
    body: bytes | AsyncIterator[bytes] = b"",
    document: object = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """The answer to one request; the body is bytes, chunks as they come, or a document for JSON."""
    given = {**_LOCAL, **(headers or {})}
    if document is not None:
        body = json.dumps(document).encode()
        given.setdefault("content-type", "application/json")
    chunks = _once(body) if isinstance(body, bytes) else body
    sent: list[Message] = []

    async def receive() -> Message:
        async for chunk in chunks:
            return {"type": "http.request", "body": chunk, "more_body": True}
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in given.items()],
        "client": ("127.0.0.1", 5),
        "server": ("localhost", 8080),
    }
    await app(scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    content = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    named = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(start["status"], named, content)


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body
