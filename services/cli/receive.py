"""`tocsin receive`: a webhook receiver that verifies signatures, for trying things out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from services.cli.errors import CommandError, Misconfigured
from services.webhook.core.signature import InvalidSecret, SignatureError, sign, verify

OnDelivery = Callable[[str, bool, Any], None]
_HOST = "127.0.0.1"
_MOST_BODY_BYTES = 16 * 1024 * 1024


async def receive(
    port: int,
    secret: str | None,
    on_ready: Callable[[str], None],
    on_delivery: OnDelivery,
    on_refused: Callable[[str], None],
    stop: asyncio.Event,
) -> None:
    """
    Answer webhooks on loopback until `stop` is set: 204 to those that are good, 401 and 400 to the others.

    Args:
        port: to listen on; 0 for any that is free.
        secret: `whsec_…`; None accepts everything unverified.
        on_ready: told the address, once it is listened on.
        on_delivery: told the webhook-id, whether that id came before, and the payload.
        on_refused: told why a request was not believed.
        stop: set it to end.

    Raises:
        Misconfigured: the secret is none.
        CommandError: the port cannot be had.
    """
    if secret is not None:
        _check(secret)
    app = web.Application(client_max_size=_MOST_BODY_BYTES)
    app.router.add_post("/{anything:.*}", _handler(secret, on_delivery, on_refused))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, _HOST, port).start()
        on_ready(f"http://{_HOST}:{runner.addresses[0][1]}/")
        await stop.wait()
    except OSError as error:
        raise CommandError(f"cannot listen on {_HOST}:{port}: {error.strerror}; choose another with --port") from error
    finally:
        await runner.cleanup()


def _handler(
    secret: str | None, on_delivery: OnDelivery, on_refused: Callable[[str], None]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    seen: set[str] = set()

    def refused(status: int, why: str) -> web.Response:
        on_refused(why)
        return web.Response(status=status, text=why)

    async def handle(request: web.Request) -> web.Response:
        body = await request.read()
        try:
            if secret is not None:
                verify(secret, dict(request.headers), body, datetime.now(UTC))
            payload = json.loads(body)
        except SignatureError as error:
            return refused(401, str(error))
        except ValueError as error:
            return refused(400, f"the body is not JSON: {error}")
        delivery_id = request.headers.get("webhook-id", "")
        on_delivery(delivery_id, delivery_id in seen, payload)
        if delivery_id:
            seen.add(delivery_id)
        return web.Response(status=204)

    return handle


def _check(secret: str) -> None:
    """Told at once, and not with the first webhook."""
    try:
        sign([secret], "check", datetime.now(UTC), b"")
    except InvalidSecret as error:
        raise Misconfigured(f"--secret: {error}; give it as the subscription was created with, whsec_…") from error
