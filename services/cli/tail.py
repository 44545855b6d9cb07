"""`tocsin tail`: a terminal subscriber that resumes where it was."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import websockets

from services.cli.errors import Declined
from services.cli.settings import Settings

_FIRST_PAUSE, _MOST_PAUSE = 0.5, 10.0


async def tail(
    settings: Settings,
    expression: str,
    since: str | None,
    on_alert: Callable[[dict[str, Any], str], None],
    on_trouble: Callable[[str], None],
) -> None:
    """
    Follow the stream for ever, reconnecting with the last cursor.

    Args:
        settings: where the instance is.
        expression: a filter.
        since: a cursor to resume from.
        on_alert: given each alert and its cursor.
        on_trouble: told, in words, why there is a gap in time; never one in the alerts.

    Raises:
        Declined: the instance refused the filter, the cursor or the key.
    """
    pause, cursor = _FIRST_PAUSE, since
    while True:
        try:
            async for message in _messages(settings, expression, cursor):
                pause = _FIRST_PAUSE
                cursor = message.get("cursor", cursor)
                if message["type"] == "alert":
                    on_alert(message["alert"], message["cursor"])
                elif message["type"] in {"error", "cannot_replay"}:
                    raise Declined(message.get("detail", str(message)))
        except (OSError, websockets.ConnectionClosed, websockets.InvalidHandshake, TimeoutError) as error:
            on_trouble(f"{error or type(error).__name__}; trying again in {pause:.1f} s")
        await asyncio.sleep(pause * random.uniform(0.7, 1.3))  # noqa: S311 (spreads reconnects)
        pause = min(pause * 2, _MOST_PAUSE)


async def _messages(settings: Settings, expression: str, cursor: str | None) -> AsyncIterator[dict[str, Any]]:
    host = "127.0.0.1" if settings.ws_host == "0.0.0.0" else settings.ws_host  # noqa: S104 (compared, not bound)
    headers = {"authorization": f"Bearer {settings.api_keys[0]}"} if settings.api_keys else {}
    url = f"ws://{host}:{settings.ws_port}/v1/stream"
    async with websockets.connect(url, additional_headers=headers, proxy=None, compression=None) as connection:
        order = {"type": "subscribe", "id": "tail", "filter": expression}
        await connection.send(json.dumps(order | ({"since": cursor} if cursor else {})))
        async for text in connection:
            yield json.loads(text)
