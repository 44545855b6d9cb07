"""How the command line talks to a running instance."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from services.cli.errors import Declined, Unreachable
from services.cli.settings import Settings

_TIMEOUT = aiohttp.ClientTimeout(total=60, connect=5)


class Instance:
    """A running instance's HTTP surface."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self._session = session
        self._base = base

    async def ask(self, method: str, path: str, **request: Any) -> Any:
        """
        The JSON answer to a request.

        Raises:
            Unreachable: nothing answers at the address; the message says how to start it.
            Declined: the instance refused; the message is its own.
        """
        try:
            async with self._session.request(method, self._base + path, **request) as answer:
                text = await answer.text()
        except (aiohttp.ClientConnectionError, TimeoutError) as error:
            raise Unreachable(
                f"no instance answers at {self._base} ({error}); start one with 'tocsin up', "
                "or set TOCSIN_HTTP_HOST and TOCSIN_HTTP_PORT to where it is"
            ) from error
        document = _json(text)
        if answer.status >= 400:  # noqa: PLR2004 (HTTP's own line)
            detail = document.get("detail", text) if isinstance(document, dict) else text
            raise Declined(f"{answer.status} {answer.reason}: {detail}")
        return document


@asynccontextmanager
async def instance(settings: Settings) -> AsyncIterator[Instance]:
    """The instance that the settings point at."""
    headers = {"authorization": f"Bearer {settings.api_keys[0]}"} if settings.api_keys else {}
    host = "127.0.0.1" if settings.http_host == "0.0.0.0" else settings.http_host  # noqa: S104 (compared, not bound)
    async with aiohttp.ClientSession(headers=headers, timeout=_TIMEOUT) as session:
        yield Instance(session, f"http://{host}:{settings.http_port}")


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
