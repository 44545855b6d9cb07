from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.runtime.access import Access
from services.runtime.assembly import Assembly, Ground
from services.runtime.bus.memory import MemoryBus
from services.runtime.clock import VirtualClock
from services.runtime.health import Health


async def test_ground_and_assembly_are_values() -> None:
    """What a service gets and gives cannot be changed behind the process' back."""
    ground = Ground(MemoryBus(), VirtualClock(datetime(2026, 3, 1, tzinfo=UTC)), Health(), Access(()))
    with pytest.raises(AttributeError):
        ground.bus = MemoryBus()
    assert Assembly(parts=()).routers == ()
