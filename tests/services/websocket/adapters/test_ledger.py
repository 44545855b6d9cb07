from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from events.codec import decode
from events.delivery import AlertBroadcast
from events.topics import DELIVERIES
from services.runtime.bus.memory import MemoryBus
from services.runtime.bus.port import Outgoing, Partition
from services.runtime.clock import VirtualClock
from services.runtime.errors import Transient
from services.runtime.health import Health
from services.websocket.adapters.ledger import Ledger
from services.websocket.core.board import Entry

AT = datetime(2026, 3, 1, tzinfo=UTC)
MakeEntry = Callable[..., Entry]


class LogThatFails(MemoryBus):
    """A log that cannot be written at first."""

    failing = True

    async def append(self, records: Sequence[Outgoing]) -> None:
        """Fail while it is to."""
        if self.failing:
            raise Transient("the disk is full")
        await super().append(records)


async def ledger_on(bus: MemoryBus) -> Ledger:
    """A ledger with its topic."""
    await bus.declare([DELIVERIES])
    return Ledger("desk", bus, VirtualClock(AT), Health(), 1.0)


def entries(bus: MemoryBus) -> list[tuple[str, int, int]]:
    """Alert, revision and recipients of what was written."""
    events = [decode(m.key, m.value, m.headers).data for m in bus.log(Partition(DELIVERIES.name, 0))]
    assert all(isinstance(event, AlertBroadcast) and event.gateway == event.key == "desk" for event in events)
    return [(e.alert_id, e.revision, e.recipients) for e in events if isinstance(e, AlertBroadcast)]


async def test_a_revision_is_one_entry_with_its_recipients(entry: MakeEntry) -> None:
    """Zero, where nobody listened: then too it is known that it went out."""
    bus = MemoryBus()
    ledger = await ledger_on(bus)
    one, other = entry("a"), entry("b")
    for raised in (one, other):
        ledger.raised(raised)
    for _ in range(3):
        ledger.wrote(one)
    await ledger.flush()
    await ledger.flush()
    assert entries(bus) == [("a", 1, 3), ("b", 1, 0)]


async def test_who_gets_it_later_is_counted_later(entry: MakeEntry) -> None:
    """The recipients are the sum of the entries."""
    bus = MemoryBus()
    ledger = await ledger_on(bus)
    ledger.raised(entry("a"))
    await ledger.flush()
    ledger.wrote(entry("a"))
    await ledger.flush()
    assert entries(bus) == [("a", 1, 0), ("a", 1, 1)]


async def test_what_cannot_be_written_is_kept(entry: MakeEntry) -> None:
    """And added to what comes meanwhile."""
    bus = LogThatFails()
    ledger = await ledger_on(bus)
    ledger.wrote(entry("a"))
    await ledger.flush()
    ledger.wrote(entry("a"))
    bus.failing = False
    await ledger.flush()
    assert entries(bus) == [("a", 1, 2)]


async def test_a_ledger_that_can_never_write_stays_small(entry: MakeEntry) -> None:
    """It drops the oldest and says so; it never holds deliveries up."""
    ledger = await ledger_on(LogThatFails())
    for number in range(10_010):
        ledger.wrote(entry("a", number + 1))
    assert len(ledger._counts) == 10_000
