from __future__ import annotations

from collections.abc import Mapping

import pytest
from faulty_bus import Faults, FaultyBus
from tally import Count, tally

from events.decision import Change
from services.runtime.bus.memory import MemoryBus, MemoryReader
from services.runtime.bus.port import Bounds, Outgoing, Partition
from services.runtime.errors import Fatal, Poison, Transient
from services.runtime.stage import STATELESS, Stage
from services.runtime.state import changelog_records, restored

CHANGELOG = "tocsin.tally.state"


async def with_changes(*changes: Change, number: int = 0) -> MemoryBus:
    """A bus whose changelog has these."""
    bus = MemoryBus(2)
    changelog = tally().changelog
    assert changelog is not None
    await bus.declare([changelog])
    await bus.append(changelog_records(CHANGELOG, number, changes))
    return bus


async def test_the_state_is_that_of_all_changes_in_their_order() -> None:
    """The last value of a key holds, and an erased key is gone."""
    bus = await with_changes(
        Change("a", Count(value=1)), Change("b", Count(value=2)), Change("a", Count(value=3)), Change("b", None)
    )
    assert (await restored(tally(), bus, 0)).by_key == {"a": 3}


async def test_each_number_has_a_state_of_its_own() -> None:
    """The changelog's partition is the stage's, whatever the key would choose."""
    bus = await with_changes(Change("a", Count(value=1)), number=1)
    assert (await restored(tally(), bus, 0)).by_key == {}
    assert (await restored(tally(), bus, 1)).by_key == {"a": 1}


async def test_more_than_one_poll_is_read() -> None:
    """A state is whole, however many records its changelog has."""
    changes = [Change(str(number), Count(value=number)) for number in range(1203)]
    bus = await with_changes(*changes)
    assert len((await restored(tally(), bus, 0)).by_key) == 1203


async def test_what_is_written_meanwhile_is_not_read() -> None:
    """The state is that of the last commit before: what comes after belongs to nobody yet."""
    bus = await with_changes(Change("a", Count(value=1)))
    later = changelog_records(CHANGELOG, 0, [Change("a", Count(value=2))])

    class Growing(MemoryBus):
        async def read(self, start: Mapping[Partition, int]) -> MemoryReader:
            await bus.append(later)
            return await bus.read(start)

        async def bounds(self, topic: str) -> Mapping[Partition, Bounds]:
            return await bus.bounds(topic)

    assert (await restored(tally(), Growing(2), 0)).by_key == {"a": 1}


async def test_a_stage_without_state_asks_the_bus_nothing() -> None:
    """It has no changelog."""
    stage = Stage("pure", (), (), STATELESS, lambda _state, _event, _at: None)
    assert await restored(stage, MemoryBus(), 0) is None


async def test_an_entry_that_cannot_be_read_is_fatal_and_named() -> None:
    """To go on without it would decide on a state that never was."""
    bus = await with_changes()
    await bus.append([Outgoing(CHANGELOG, "a", b'{"value":"many"}', partition=0)])
    with pytest.raises(Fatal, match="state of tally: entry 'a' cannot be read"):
        await restored(tally(), bus, 0)


@pytest.mark.parametrize("call", ["bounds", "read", "reader_poll"])
async def test_a_log_that_is_away_is_transient_and_the_reader_is_closed(call: str) -> None:
    """The runner tries again."""
    faults = Faults(**{call: [Transient("away")]})
    bus = FaultyBus(await with_changes(Change("a", Count(value=1))), faults)
    with pytest.raises(Transient):
        await restored(tally(), bus, 0)
    assert faults.calls["reader_close"] == (1 if call == "reader_poll" else 0)
    assert (await restored(tally(), bus, 0)).by_key == {"a": 1}


def test_an_entry_that_no_log_takes_is_refused() -> None:
    """Before the state has changed."""
    with pytest.raises(Poison, match=r"'a' for tocsin\.big\.state has"):
        changelog_records("tocsin.big.state", 0, [Change("a", Long(name="x" * 1_000_000))])


class Long(Count):
    """An entry with a long text."""

    value: int = 0
    name: str
