"""`tocsin receive`: a webhook receiver that verifies signatures, for trying things out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from services.webhook.core.signature import SignatureError, verify

OnDelivery = Callable[[str, bool, dict[str, Any]], None]


async def receive(port: int, secret: str | None, on_delivery: OnDelivery, stop: asyncio.Event) -> None:
    """
    Answer webhooks on loopback until `stop` is set.

    Args:
        port: to listen on.
        secret: `whsec_…`; None accepts everything unverified.
        on_delivery: told the webhook-id, whether that id came before, and the payload.
        stop: set it to end.
    """
    seen: set[str] = set()

    async def handle(request: web.Request) -> web.Response:
        body = await request.read()
        if secret is not None:
            try:
                verify(secret, dict(request.headers), body, datetime.now(UTC))
            except SignatureError as error:
                return web.Response(status=401, text=str(error))
        delivery_id = request.headers.get("webhook-id", "")
        on_delivery(delivery_id, delivery_id in seen, json.loads(body))
        seen.add(delivery_id)
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/{anything:.*}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await stop.wait()
    await runner.cleanup()
