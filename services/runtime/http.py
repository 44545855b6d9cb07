"""The HTTP surface of a process: one FastAPI application from the routers of the services that run in it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Generator, Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, cast

import uvicorn
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from events.asyncapi import document
from services.runtime.access import Access
from services.runtime.clock import Clock
from services.runtime.errors import Fatal, Poison, Transient
from services.runtime.health import Health

MOST_BODY_BYTES = 10 * 1024 * 1024
_LENGTH_DIGITS = 20
"""More than any true length has; int() refuses thousands."""

_BACKLOG = 2048
_RETRY_AFTER_SECONDS = 2
_PROBES = frozenset({"/healthz", "/readyz"})
"""Probes have no key; whoever has none is told up or down, and not what is wrong."""

_PAGE = ("/", "/v1/config", "/page/")
"""The dashboard itself, which asks for the key: it can be had without one, and knows nothing."""


class Problem(HTTPException):
    """
    An answer that says what was wrong: RFC 9457.

    An HTTPException, since FastAPI lets no other error through while it reads a body.
    """

    def __init__(
        self, status: int, title: str, detail: str, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(status, detail, headers)
        self.title = title
        self.more = more

    def response(self) -> JSONResponse:
        """The answer."""
        document = {"type": "about:blank", "title": self.title, "status": self.status_code, "detail": self.detail}
        return JSONResponse(
            document | self.more, self.status_code, headers=self.headers, media_type="application/problem+json"
        )


def application(routers: Sequence[APIRouter], *, access: Access, health: Health, clock: Clock) -> FastAPI:
    """The application: the routers' paths, health, metrics, and errors as problem documents."""
    app = FastAPI(
        title="Tocsin",
        version=version("tocsin"),
        description="Breaking-news alerts: one alert per event, with reasons, to websockets and signed webhooks.",
        redoc_url=None,
    )
    app.include_router(_operations(health, clock, access))
    for router in routers:
        app.include_router(router)
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(Transient, _on_transient)
    app.add_exception_handler(Poison, _on_poison)
    app.add_exception_handler(Exception, _on_fault)
    app.add_middleware(cast("Any", _Gate), access=access)
    return app


async def serve(app: FastAPI, host: str, port: int, stop: asyncio.Event) -> None:
    """
    Serve until `stop` is set, then let requests in flight finish.

    Raises:
        Fatal: the port cannot be had.
    """
    listener = _listen(host, port)
    server = _Server(
        uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=5)
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.should_exit = True
        stopping.cancel()
    await serving


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)  # only now is the port surely ours: two that are bound need not both get to listen
    except OSError as error:
        listener.close()
        raise Fatal(f"cannot listen on {host}:{port}: {error.strerror}; set TOCSIN_HTTP_PORT to a free port") from error
    return listener


class _Server(uvicorn.Server):
    """Uvicorn without its own hold on signals: the process stops all its parts together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class _Gate:
    """Before any route: access, and a bound on the body."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"] in _PROBES:
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        client = scope.get("client")
        refused = self._access.refusal(client[0] if client else None, headers)
        if refused is not None and not (refused.status == 401 and _is_page(scope["path"])):  # noqa: PLR2004
            title = "Unauthorized" if refused.status == 401 else "Forbidden"  # noqa: PLR2004
            challenge = {"www-authenticate": "Bearer"} if refused.status == 401 else None  # noqa: PLR2004
            await Problem(refused.status, title, refused.detail, challenge).response()(scope, receive, send)
            return
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            detail = f"content-length {length!r} is not a number of bytes"
            await Problem(400, "Bad Request", detail).response()(scope, receive, send)
            return
        if len(length) > _LENGTH_DIGITS or int(length) > MOST_BODY_BYTES:
            await _too_large().response()(scope, receive, send)
            return
        await self._app(scope, _bounded(receive), send)


def _is_page(path: str) -> bool:
    return path in _PAGE or path.startswith(_PAGE[-1])


def _bounded(receive: Receive) -> Receive:
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_BODY_BYTES:
            raise _too_large()
        return message

    return counted


def _too_large() -> Problem:
    return Problem(413, "Content Too Large", f"a request may have {MOST_BODY_BYTES} bytes; send less at a time")


def _operations(health: Health, clock: Clock, access: Access) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/healthz", summary="Whether the process works; a restart may help where it does not")
    def healthz(request: Request) -> JSONResponse:
        hung = health.hung(clock.now())
        return _told(request, access, "hung" if hung else "ok", hung)

    @router.get("/readyz", summary="Whether every part has started and can reach what it needs")
    def readyz(request: Request) -> JSONResponse:
        problems = health.problems(clock.now())
        return _told(request, access, "not ready" if problems else "ready", problems)

    @router.get("/metrics", summary="Prometheus metrics", response_class=Response)
    def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @router.get("/asyncapi.json", summary="The topics and the alert stream, as AsyncAPI 3")
    def asyncapi() -> JSONResponse:
        return JSONResponse(document(version("tocsin")))

    _ = healthz, readyz, metrics, asyncapi
    return router


def _told(request: Request, access: Access, status: str, problems: dict[str, str]) -> JSONResponse:
    peer = request.client.host if request.client else None
    if access.refusal(peer, request.headers) is not None:
        return JSONResponse({"status": status}, 503 if problems else 200)
    return JSONResponse({"status": status, "problems": problems}, 503 if problems else 200)


async def _on_problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 (registered for this class)
    return error.response()


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for this class)
    title = HTTPStatus(error.status_code).phrase
    detail = str(error.detail)
    if detail == title:  # nobody said more than the number does
        allowed = f", only {error.headers['Allow']}" if error.headers and "Allow" in error.headers else ""
        detail = f"{request.method} {request.url.path} is not served here{allowed}; see /docs"
    headers = dict(error.headers) if error.headers else None
    return Problem(error.status_code, title, detail, headers).response()


async def _on_invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for this class)
    problems = [
        {"field": ".".join(str(step) for step in problem["loc"]), "problem": problem["msg"]}
        for problem in error.errors()
    ]
    first = f"{problems[0]['field']}: {problems[0]['problem']}" if problems else "the request is not valid"
    return Problem(422, "Unprocessable Content", first, errors=problems).response()


async def _on_poison(_request: Request, error: Exception) -> Response:
    return Problem(413, "Content Too Large", f"{error}; nothing was taken in").response()


async def _on_transient(_request: Request, error: Exception) -> Response:
    headers = {"retry-after": str(_RETRY_AFTER_SECONDS)}
    return Problem(503, "Service Unavailable", f"{error}; nothing was taken in, send it again", headers).response()


async def _on_fault(_request: Request, _error: Exception) -> Response:
    """The server logs the error itself; the client learns only that it is ours."""
    return Problem(
        500, "Internal Server Error", "this is a fault of the service, not of the request; its log says more"
    ).response()
