"""Wiring of the websocket service."""

from __future__ import annotations

import asyncio
from functools import partial

from events.topics import ALERTS, VERDICTS
from services.runtime.assembly import Assembly, Ground
from services.runtime.clock import pause
from services.runtime.errors import Transient
from services.runtime.lifecycle import Part
from services.runtime.view import View
from services.websocket.adapters import page, routes
from services.websocket.adapters.gateway import Gateway
from services.websocket.adapters.ledger import Ledger
from services.websocket.adapters.stream import Stream
from services.websocket.settings import WebsocketSettings

_PAUSE_SECONDS = 1.0


def assemble(ground: Ground, settings: WebsocketSettings, host: str, port: int) -> Assembly:
    """The websocket service; its stream listens on `host` and `port`."""
    ledger = Ledger(settings.gateway, ground.bus, ground.clock, ground.health, settings.ledger_seconds)
    gateway = Gateway(ground, settings, ledger)
    stream = Stream(ground, settings, gateway, ledger, host, port)
    alerts = View(
        "websocket-alerts", ground.bus, [ALERTS.name], gateway.fold_alert, clock=ground.clock, health=ground.health
    )
    verdicts = View(
        "websocket-verdicts",
        ground.bus,
        [VERDICTS.name],
        gateway.fold_verdict,
        clock=ground.clock,
        health=ground.health,
        newest=settings.most_verdicts,
    )
    return Assembly(
        parts=(
            Part("websocket-alerts", partial(_follow, ground, gateway, alerts)),
            Part("websocket-verdicts", verdicts.follow),
            Part(ledger.name, ledger.keep),
            Part(stream.name, stream.run),
        ),
        routers=(
            page.router(ground.access, port, settings.public_stream),
            routes.alerts(gateway),
            routes.editorial(ground, gateway),
            routes.verdicts(gateway),
            routes.stream(gateway, ledger, settings.heartbeat_seconds),
        ),
    )


async def _follow(ground: Ground, gateway: Gateway, alerts: View, stop: asyncio.Event) -> None:
    """Open the board and keep it up to date; serving begins when it shows what lay there at the start."""
    while not stop.is_set():
        try:
            await gateway.open()
            break
        except Transient:
            await pause(ground.clock, _PAUSE_SECONDS, stop)
    loaded = asyncio.create_task(_open_when_loaded(gateway, alerts))
    await alerts.follow(stop)
    loaded.cancel()


async def _open_when_loaded(gateway: Gateway, alerts: View) -> None:
    await alerts.loaded.wait()
    gateway.opened.set()
