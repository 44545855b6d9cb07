"""The dashboard: static files out of the package, under a policy that runs nothing but them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from services.runtime.access import Access
from services.runtime.http import Problem

_TYPES = MappingProxyType(
    {
        "html": "text/html; charset=utf-8",
        "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml",
    }
)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self' {stream}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Config(BaseModel):
    """What the page needs to know before it has a key."""

    stream: str
    """URL of the websocket."""

    key_needed: bool


@dataclass(frozen=True, slots=True)
class _Asset:
    body: bytes
    media_type: str
    etag: str


def router(access: Access, ws_port: int, public_stream: str) -> APIRouter:
    """
    The page, its files and its configuration.

    Args:
        access: tells whether a key is needed.
        ws_port: where the stream is, on the host that the page was asked from.
        public_stream: the stream's URL where a proxy stands before it, else empty.
    """
    routes = APIRouter(include_in_schema=False)
    assets = _assets()

    @routes.get("/")
    def index(request: Request) -> Response:
        return _answer(assets["index.html"], request, _stream(request, ws_port, public_stream))

    @routes.get("/page/{name}")
    def asset(name: str, request: Request) -> Response:
        if name not in assets:
            raise Problem(404, "Not Found", f"the page has no file {name!r}")
        return _answer(assets[name], request, _stream(request, ws_port, public_stream))

    @routes.get("/v1/config")
    def config(request: Request) -> Config:
        stream = _stream(request, ws_port, public_stream)
        return Config(stream=stream, key_needed=not access.open_to_loopback)

    _ = index, asset, config
    return routes


def _assets() -> Mapping[str, _Asset]:
    found: dict[str, _Asset] = {}
    for file in (files("services.websocket") / "page").iterdir():
        media_type = _TYPES.get(file.name.rpartition(".")[2])
        if media_type is not None:
            body = file.read_bytes()
            found[file.name] = _Asset(body, media_type, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
    return MappingProxyType(found)


def _stream(request: Request, ws_port: int, public_stream: str) -> str:
    if public_stream:
        return public_stream
    scheme = "wss" if request.url.scheme == "https" else "ws"
    host = request.url.hostname or "localhost"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{ws_port}/v1/stream"


def _answer(asset: _Asset, request: Request, stream: str) -> Response:
    origin = stream.rpartition("/v1/")[0]
    headers = {
        "content-security-policy": _POLICY.format(stream=origin),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cache-control": "no-cache",
        "etag": asset.etag,
    }
    if request.headers.get("if-none-match") == asset.etag:
        return Response(status_code=304, headers=headers)
    return Response(asset.body, media_type=asset.media_type, headers=headers)
