"""How the command line talks to a running instance."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

import aiohttp

from services.cli.errors import Declined, Unreachable
from services.cli.settings import Settings

_TIMEOUT = aiohttp.ClientTimeout(total=60, connect=5)
_LONGEST_DETAIL = 500
_FAILED = 400
"""HTTP statuses from here on are refusals."""


class Instance:
    """A running instance's HTTP surface."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self._session = session
        self._base = base

    async def ask(self, method: str, path: str, **request: Any) -> Any:
        """
        The JSON answer to a request; None where it is empty.

        Raises:
            Unreachable: nothing answers at the address; the message says how to start it.
            Declined: the instance refused; the message is its own.
        """
        try:
            async with self._session.request(method, self._base + path, **request) as answer:
                text = await answer.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unreachable(
                f"no instance answers at {self._base} ({_why(error)}): start one with 'tocsin up', "
                "or set TOCSIN_HTTP_HOST and TOCSIN_HTTP_PORT to where it is"
            ) from error
        if answer.status >= _FAILED:
            raise Declined(f"{answer.status} {answer.reason or ''}".rstrip() + f": {detail(text)}", answer.status)
        return _json(text)


@asynccontextmanager
async def instance(settings: Settings) -> AsyncGenerator[Instance, None]:
    """The instance that the settings point at."""
    headers = {"authorization": f"Bearer {settings.api_keys[0]}"} if settings.api_keys else {}
    async with aiohttp.ClientSession(headers=headers, timeout=_TIMEOUT) as session:
        yield Instance(session, settings.http_address)


def detail(text: str) -> str:
    """What a refusal says: a problem's detail, a probe's problems, or the beginning of whatever else it is."""
    answer = _json(text)
    if isinstance(answer, dict):
        problem = cast("dict[str, Any]", answer)
        if problem.get("detail"):
            return str(problem["detail"])
        if isinstance(problems := problem.get("problems"), list):
            return "; ".join(map(str, cast("list[object]", problems)))
    return " ".join(text[:_LONGEST_DETAIL].split())


def _why(error: aiohttp.ClientError | TimeoutError) -> str:
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error.strerror or str(error.os_error)
    return str(error) or "it does not answer in time"


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
