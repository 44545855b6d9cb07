"""The log that the settings choose."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from services.cli.errors import NoLog
from services.cli.settings import Settings
from services.runtime.bus.port import Bus


def bus_of(settings: Settings) -> Bus:
    """The bus, not started. What is not chosen is not loaded."""
    if settings.bus == "embedded":
        from services.runtime.bus.embedded import EmbeddedBus

        return EmbeddedBus(settings.data)
    from services.runtime.bus.kafka import KafkaBus

    kafka = settings.kafka
    return KafkaBus(
        kafka.bootstrap, partitions=kafka.partitions, replication=kafka.replication, instance=kafka.instance
    )


def exists(settings: Settings) -> bool:
    """Whether there is something to open: a broker is asked when it is connected to."""
    return settings.bus != "embedded" or settings.data.exists()


@asynccontextmanager
async def opened(settings: Settings) -> AsyncGenerator[Bus, None]:
    """
    The bus, started, to look into. Looking makes no log where there is none.

    Raises:
        NoLog: the folder of the embedded log is not there.
        RuntimeFault: it cannot be opened.
    """
    if not exists(settings):
        raise NoLog(
            f"there is no log in {settings.data.absolute()}: 'tocsin up' makes it; where it is elsewhere, "
            "set TOCSIN_DATA, or TOCSIN_BUS=kafka"
        )
    bus = bus_of(settings)
    await bus.start()
    try:
        yield bus
    finally:
        await bus.close()
