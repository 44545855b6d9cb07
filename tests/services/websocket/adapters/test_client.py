from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from events.alert import Alert, AlertRevised
from events.base import head
from events.codec import decode
from events.filter import parse
from events.topics import ALERTS, TOPICS
from services.runtime.access import Access
from services.runtime.assembly import Ground
from services.runtime.bus.memory import MemoryBus, MemoryReader
from services.runtime.bus.port import Partition
from services.runtime.clock import VirtualClock
from services.runtime.errors import Transient
from services.runtime.health import Health
from services.runtime.publish import publish
from services.websocket.adapters.client import Client
from services.websocket.adapters.gateway import Gateway
from services.websocket.adapters.ledger import Ledger
from services.websocket.core.cursor import EARLIEST
from services.websocket.core.outbox import Revision
from services.websocket.core.session import Begin
from services.websocket.settings import WebsocketSettings

AT = datetime(2026, 3, 1, tzinfo=UTC)
MakeAlert = Callable[..., Alert]


class Bus(MemoryBus):
    """A log whose reads can be made to fail."""

    fault: Exception | None = None

    async def read(self, start: Mapping[Partition, int]) -> MemoryReader:
        """Fail once, if it is to."""
        fault, self.fault = self.fault, None
        if fault is not None:
            raise fault
        return await super().read(start)


class House:
    """A gateway whose board is moved on by hand."""

    def __init__(self, **settings: Any) -> None:
        self.bus = Bus()
        self.clock = VirtualClock(AT)
        ground = Ground(self.bus, self.clock, Health(), Access(()))
        ledger = Ledger("desk", self.bus, self.clock, ground.health, 1.0)
        self.gateway = Gateway(ground, WebsocketSettings(**settings), ledger)
        self.gateway.opened.set()
        self.folded = 0

    async def write(self, *alerts: Alert) -> None:
        """Put revisions on the log; the board does not know of them yet."""
        for alert in alerts:
            identity = f"{alert.id}{alert.revision}"
            await publish(self.bus, [head(AlertRevised(alert=alert), source="/alert", time=AT, identity=identity)])

    def fold(self, count: int) -> None:
        """Let the board see so many more records."""
        for message in self.bus.log(Partition(ALERTS.name, 0))[self.folded : self.folded + count]:
            self.gateway.fold_alert(message, decode(message.key, message.value, message.headers))
        self.folded += count


async def opened(**settings: Any) -> House:
    """A house whose log has its topics."""
    house = House(**settings)
    await house.bus.declare(TOPICS)
    await house.gateway.open()
    return house


async def taken(client: Client, count: int) -> list[tuple[str, tuple[str, ...]]]:
    """Alert and subscriptions of the next so many revisions."""
    found: list[tuple[str, tuple[str, ...]]] = []
    while len(found) < count:
        outgoing = await asyncio.wait_for(client.next(), 5)
        if isinstance(outgoing, Revision):
            found.append((outgoing.told.entry.alert_id, outgoing.told.subscriptions))
    return found


async def settled() -> None:
    """Let every task that can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)


def from_earliest(name: str) -> Begin:
    """Subscribe to everything that is kept."""
    return Begin(name, parse(""), EARLIEST)


async def test_a_reader_that_is_ahead_of_the_board_makes_no_double(alert: MakeAlert) -> None:
    """What it read is not told again when the board comes to it; what it did not read is."""
    house = await opened()
    await house.write(*[alert(name) for name in "abc"])
    house.fold(1)
    client = house.gateway.connect()
    await client.perform([from_earliest("s1")])
    assert [name for name, _ in await taken(client, 3)] == ["a", "b", "c"]
    await settled()
    house.fold(2)
    await house.write(alert("d"))
    house.fold(1)
    assert await taken(client, 1) == [("d", ("s1",))]


async def test_the_present_moves_while_a_client_comes_to_it(alert: MakeAlert) -> None:
    """At every step of its way: nothing is missed and nothing told twice."""
    house = await opened(outbox_bytes=16 * 1024)
    await house.write(*[alert(f"a{number}") for number in range(40)])
    house.fold(20)
    client = house.gateway.connect()
    await client.perform([from_earliest("s1")])
    found: list[str] = []
    for number in range(40, 60):
        found += [name for name, _ in await taken(client, 2)]
        await house.write(alert(f"a{number}"))
        house.fold(2)
    found += [name for name, _ in await taken(client, 20)]
    assert found == [f"a{number}" for number in range(60)]


async def test_a_second_subscription_to_the_past_while_the_first_is_on_its_way(alert: MakeAlert) -> None:
    """Each is told everything once."""
    house = await opened(outbox_bytes=16 * 1024)
    await house.write(*[alert(f"a{number}") for number in range(30)])
    house.fold(30)
    client = house.gateway.connect()
    await client.perform([from_earliest("s1")])
    told: dict[str, list[str]] = defaultdict(list)
    for name, subscriptions in await taken(client, 5):
        for subscription in subscriptions:
            told[subscription].append(name)
    await client.perform([from_earliest("s2")])
    while len(told["s1"]) < 30 or len(told["s2"]) < 30:
        for name, subscriptions in await taken(client, 1):
            for subscription in subscriptions:
                told[subscription].append(name)
    assert told == {"s1": [f"a{n}" for n in range(30)], "s2": [f"a{n}" for n in range(30)]}
    await settled()
    await house.write(alert("z"))
    house.fold(1)
    assert await taken(client, 1) == [("z", ("s1", "s2"))]


async def test_a_log_that_is_away_for_a_moment_is_read_again(alert: MakeAlert) -> None:
    """After a pause, from where the client is."""
    house = await opened()
    await house.write(alert("a"))
    house.fold(1)
    client = house.gateway.connect()
    house.bus.fault = Transient("the broker is away")
    await client.perform([from_earliest("s1")])
    await settled()
    await house.clock.advance(1)
    assert await taken(client, 1) == [("a", ("s1",))]


async def test_a_mistake_of_ours_ends_the_client_and_no_other(alert: MakeAlert) -> None:
    """With 1011: it comes back with its cursor."""
    house = await opened()
    await house.write(alert("a"))
    house.fold(1)
    client, other = house.gateway.connect(), house.gateway.connect()
    house.bus.fault = RuntimeError("a mistake")
    await client.perform([from_earliest("s1")])
    assert (await asyncio.wait_for(client.closing, 5)).code == 1011
    await other.perform([from_earliest("s1")])
    assert await taken(other, 1) == [("a", ("s1",))]


@pytest.mark.parametrize("how", ["end", "too slow"])
async def test_a_client_that_is_gone_is_offered_nothing_more(alert: MakeAlert, how: str) -> None:
    """And its filters are forgotten."""
    house = await opened(outbox_bytes=16 * 1024)
    client = house.gateway.connect()
    await client.perform([Begin("s1", parse("headline:dam"), None)])
    if how == "end":
        client.end()
    else:
        await house.write(*[alert(f"a{number}", summary="x" * 9000) for number in range(2)])
        house.fold(2)
        assert client.closing.result().code == 4008
    assert not house.gateway._live
    assert not house.gateway.matching._users


async def test_a_closing_client_is_still_written_what_waits(alert: MakeAlert) -> None:
    """And then there is nothing more."""
    house = await opened()
    client = house.gateway.connect()
    await client.receive("nonsense", AT)
    await client.receive("nonsense", AT)
    await client.receive("nonsense", AT)
    assert client.closing.result().code == 1008
    waiting = [await client.next() for _ in range(4)]
    assert [outgoing is None for outgoing in waiting] == [False, False, False, True]
