"""The log that the settings choose."""

from __future__ import annotations

from services.cli.settings import Settings
from services.runtime.bus.port import Bus


def bus_of(settings: Settings) -> Bus:
    """The bus, not started. What is not chosen is not loaded."""
    if settings.bus == "embedded":
        from services.runtime.bus.embedded import EmbeddedBus

        return EmbeddedBus(settings.data)
    from services.runtime.bus.kafka import KafkaBus

    kafka = settings.kafka
    return KafkaBus(kafka.bootstrap, partitions=kafka.partitions, replication=kafka.replication)
