"""A process: the bus, the chosen services on it, and their HTTP port."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import structlog

from events.topics import TOPICS
from services.alert import app as alert
from services.classify import app as classify
from services.cli.log import bus_of
from services.cli.settings import Settings
from services.enrich import app as enrich
from services.ingest import app as ingest
from services.runtime.access import Access
from services.runtime.assembly import Assembly, Ground
from services.runtime.bus.port import Bus
from services.runtime.clock import SystemClock, pause
from services.runtime.errors import Fatal, Transient
from services.runtime.health import Health
from services.runtime.http import application, serve
from services.runtime.lifecycle import Part, keep_what_lives, run_parts
from services.webhook import app as webhook
from services.websocket import app as websocket

log = structlog.get_logger(__name__)
_CONNECT_PAUSE_SECONDS = 1.0


async def up(services: Sequence[str], settings: Settings, stop: asyncio.Event) -> None:
    """
    Run services until `stop` is set.

    Raises:
        Fatal: one of them cannot go on; the message says which, and what to do.
    """
    bus = bus_of(settings)
    if not await _done(bus.start, stop):
        return
    try:
        if await _done(partial(bus.declare, TOPICS), stop):
            await _serve(services, settings, bus, stop)
    finally:
        await bus.close()
        log.info("stopped")


async def _serve(services: Sequence[str], settings: Settings, bus: Bus, stop: asyncio.Event) -> None:
    access = Access(settings.api_keys, settings.origins)
    if access.open_to_loopback:
        log.warning("no API key is configured: clients on this machine are served as admin, all others refused")
    ground = Ground(bus=bus, clock=SystemClock(), health=Health(), access=access)
    assemblies = [_assemble(name, ground, settings) for name in services]
    app = application(
        [router for assembly in assemblies for router in assembly.routers],
        access=access,
        health=ground.health,
        clock=ground.clock,
    )
    keep_what_lives()
    http = Part("http", partial(serve, app, settings.http_host, settings.http_port))
    parts = [http, *(part for assembly in assemblies for part in assembly.parts)]
    log.info("starting", services=list(services), bus=settings.bus, http=settings.http_port)
    await run_parts(parts, stop=stop, budget=settings.stop_budget)


def _assemble(service: str, ground: Ground, settings: Settings) -> Assembly:
    makers: dict[str, Callable[[], Assembly]] = {
        "ingest": lambda: ingest.assemble(ground, settings.ingest),
        "classify": lambda: classify.assemble(ground, settings.classify),
        "enrich": lambda: enrich.assemble(ground),
        "alert": lambda: alert.assemble(ground),
        "websocket": lambda: websocket.assemble(ground, settings.websocket, settings.ws_host, settings.ws_port),
        "webhook": lambda: webhook.assemble(ground, settings.webhook),
    }
    if service not in makers:
        raise Fatal(f"there is no service {service!r}; there are {', '.join(makers)}")
    return makers[service]()


async def _done(act: Callable[[], Awaitable[None]], stop: asyncio.Event) -> bool:
    """Try until the log is there, since a broker may come up after its clients; false where `stop` was set first."""
    while not stop.is_set():
        try:
            await act()
        except Transient as fault:
            log.warning("waiting for the log", error=str(fault))
            await pause(SystemClock(), _CONNECT_PAUSE_SECONDS, stop)
        else:
            return True
    return False
