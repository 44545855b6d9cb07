"""`tocsin tail`: a terminal subscriber that resumes where it was."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Any

import websockets

from services.cli.client import detail
from services.cli.errors import Declined
from services.cli.settings import Settings
from services.websocket.core.session import UNAUTHENTICATED

_MOST_PAUSE = 10.0


async def tail(
    settings: Settings,
    expression: str,
    since: str | None,
    on_alert: Callable[[dict[str, Any], str], None],
    on_trouble: Callable[[str], None],
    first_pause: float = 0.5,
) -> None:
    """
    Follow the stream for ever, reconnecting with the last cursor.

    Args:
        settings: where the instance is.
        expression: a filter.
        since: a cursor to resume from.
        on_alert: given each alert and its cursor.
        on_trouble: told, in words, why there is a gap in time; never one in the alerts.
        first_pause: seconds before the first reconnect; doubles until there is an answer again.

    Raises:
        Declined: the instance refused the filter, the cursor or the key.
    """
    pause, cursor = first_pause, since
    while True:
        try:
            async for message in _messages(settings, expression, cursor):
                pause = first_pause
                cursor = message.get("cursor", cursor)
                if message["type"] == "alert":
                    on_alert(message["alert"], message["cursor"])
                elif message["type"] in {"error", "cannot_replay"}:
                    raise Declined(message.get("detail", str(message)))
            trouble = f"{settings.stream_address} closed the stream"
        except (OSError, websockets.WebSocketException) as error:
            trouble = _trouble(settings, error)
        on_trouble(f"{trouble}; trying again in {pause:.1f} s")
        await asyncio.sleep(pause * random.uniform(0.7, 1.3))  # noqa: S311 (spreads reconnects)
        pause = min(pause * 2, _MOST_PAUSE)


async def _messages(settings: Settings, expression: str, cursor: str | None) -> AsyncIterator[dict[str, Any]]:
    headers = {"authorization": f"Bearer {settings.api_keys[0]}"} if settings.api_keys else {}
    # No limit on a message: one that did not fit would be asked for again and again.
    async with websockets.connect(
        settings.stream_address, additional_headers=headers, proxy=None, compression=None, max_size=None
    ) as connection:
        order = {"type": "subscribe", "id": "tail", "filter": expression}
        await connection.send(json.dumps(order | ({"since": cursor} if cursor else {})))
        async for text in connection:
            yield json.loads(text)


def _trouble(settings: Settings, error: OSError | websockets.WebSocketException) -> str:
    """
    What happened, in words.

    Raises:
        Declined: it would happen again, however often it is tried.
    """
    address = settings.stream_address
    match error:
        case websockets.InvalidStatus(response=response) if response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            said = detail((response.body or b"").decode("utf-8", "replace"))
            raise Declined(f"{response.status_code} from {address}: {said}", response.status_code) from error
        case websockets.ConnectionClosed(rcvd=frame) if frame is not None and frame.code == UNAUTHENTICATED:
            raise Declined(f"{address}: {frame.reason}; set TOCSIN_API_KEYS to your key") from error
        case websockets.ConnectionClosed() | websockets.WebSocketException():
            return f"{address}: {error or type(error).__name__}"
        case _:
            return f"no stream answers at {address} ({error or type(error).__name__}); 'tocsin up' starts one"
