"""What lies on the log, read from outside of the process that wrote it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from events.alert import Alert, AlertRevised
from events.codec import decode
from events.topics import ALERTS
from services.runtime.bus.embedded import EmbeddedBus
from services.runtime.bus.kafka import KafkaBus
from services.runtime.bus.port import Bus

MakeBus = Callable[[], Bus]


def embedded(folder: Path) -> MakeBus:
    """The embedded log of an instance."""
    return lambda: EmbeddedBus(folder / "data")


def kafka(bootstrap: str) -> MakeBus:
    """The log on a real broker."""
    return lambda: KafkaBus(bootstrap)


def alerts(make: MakeBus) -> list[Alert]:
    """Every alert revision, in the order of each partition."""
    return asyncio.run(_alerts(make()))


async def _alerts(bus: Bus) -> list[Alert]:
    await bus.start()
    try:
        bounds = await bus.bounds(ALERTS.name)
        reader = await bus.read({at: held.start for at, held in bounds.items()})
        found: list[Alert] = []
        while any(reader.positions[at] < held.end for at, held in bounds.items()):
            for message in await reader.poll(1.0):
                event = decode(message.key, message.value, message.headers).data
                assert isinstance(event, AlertRevised)
                found.append(event.alert)
        await reader.close()
        return found
    finally:
        await bus.close()
