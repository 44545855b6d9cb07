"""The bus in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from conformance import PARTITIONS, BusConformance, Log

from services.runtime.bus.memory import MemoryBus


@pytest.fixture
async def log() -> AsyncIterator[Log]:
    """A log that lives as long as its one bus."""
    bus = MemoryBus(PARTITIONS)
    async with Log(lambda: bus) as log:
        yield log


class TestMemoryBus(BusConformance):
    """Keeps the promises of every bus, but for surviving its process."""


async def test_each_bus_is_a_log_of_its_own() -> None:
    """Offsets of one mean nothing in another."""
    one, two = MemoryBus(), MemoryBus()
    assert await one.log_id() != await two.log_id()
