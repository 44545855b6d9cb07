"""Rebalances, fencing and failures of a member, on a real broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from conformance import PARTITIONS, SOON, Log, Seen, after, eventually, everything, to

from services.runtime.bus.kafka import KafkaBus
from services.runtime.bus.kafka_client import Client
from services.runtime.bus.kafka_member import KafkaMember
from services.runtime.bus.kafka_producer import Transactor
from services.runtime.bus.port import Member
from services.runtime.errors import Fenced, Transient

pytestmark = pytest.mark.kafka

SESSION = 6.0
"""The least that a broker grants by default."""


@pytest.fixture
async def log(kafka_bootstrap: str) -> AsyncIterator[Log]:
    """The broker's log."""
    async with Log(lambda: KafkaBus(kafka_bootstrap, partitions=PARTITIONS, session_timeout=SESSION)) as log:
        yield log


async def _member(log: Log, topic: str) -> Seen:
    member = await log.join(await log.open(), f"g-{topic}", topic)
    return Seen(member)


async def test_a_fenced_member_takes_the_number_up_anew(log: Log, kafka_bootstrap: str) -> None:
    """Its commit is refused and writes nothing; polls report the number revoked, then assigned, and it can commit."""
    bus = await log.open()
    topic = await log.topic(bus)
    await bus.append(to(topic, "a", number=0))
    seen = await (await _member(log, topic)).holding(PARTITIONS)
    await seen.until(lambda: len(seen.messages) == 1)
    usurper = Transactor(Client(kafka_bootstrap, "usurper", 10.0, 10.0, 30.0), f"g-{topic}.0")
    await usurper.start()
    with pytest.raises(Fenced):
        await seen.member.commit(0, after(seen.messages), to(topic, "zombie", number=1))
    with pytest.raises(Fenced):
        await seen.member.commit(0, after(seen.messages), to(topic, "zombie", number=1))
    await seen.until(lambda: 0 not in seen.held)
    await seen.until(lambda: len(seen.messages) == 2)
    assert seen.values == [b"a", b"a"], "it was not committed, so it came again"
    await seen.member.commit(0, after(seen.messages), to(topic, "owner", number=1))
    assert sorted(m.value or b"" for m in await eventually(log, bus, topic, 2)) == [b"a", b"owner"]
    await usurper.close()


async def test_what_stays_is_not_reported(log: Log) -> None:
    """In a rebalance a member hears of what moves and of nothing else, and goes on where it was."""
    bus = await log.open()
    topic = await log.topic(bus)
    one = await (await _member(log, topic)).holding(PARTITIONS)
    for number in range(PARTITIONS):
        await bus.append(to(topic, f"{number}", number=number))
    await one.until(lambda: len(one.messages) == PARTITIONS)
    two = await _member(log, topic)
    reports: list[tuple[frozenset[int], frozenset[int]]] = []
    async with asyncio.timeout(SOON):
        while len(two.held) < 2:
            polled, _ = await asyncio.gather(one.poll(), two.poll())
            reports.append((polled.revoked, polled.assigned))
    assert [report for report in reports if any(report)] == [(frozenset({2, 3}), frozenset())] or [
        report for report in reports if any(report)
    ] == [(frozenset({0, 1}), frozenset())]
    assert len(one.messages) == PARTITIONS, "what it had polled and kept does not come again"
    kept = min(one.held)
    await one.member.commit(kept, after([m for m in one.messages if m.partition == kept]), [])
    await two.member.leave()
    await one.holding(PARTITIONS)


async def test_the_group_waits_for_a_batch(log: Log) -> None:
    """While a member works on what it polled nothing is taken from it, and its commit counts."""
    bus = await log.open()
    topic = await log.topic(bus)
    one = await (await _member(log, topic)).holding(PARTITIONS)
    for number in range(PARTITIONS):
        await bus.append(to(topic, f"{number}", number=number))
    await one.until(lambda: len(one.messages) == PARTITIONS)
    two = await _member(log, topic)
    async with asyncio.timeout(SOON):
        while not one.member._rebalance.moving:
            await two.poll(0.1)
    await two.poll(1.0)
    assert two.held == set()
    for number in range(PARTITIONS):
        mine = [m for m in one.messages if m.partition == number]
        await one.member.commit(number, after(mine), [])
    async with asyncio.timeout(SOON):
        while len(two.held) < 2:
            await asyncio.gather(one.poll(), two.poll())
    await two.poll(0.5)
    assert two.messages == []


async def test_rewinding_during_a_rebalance_counts(log: Log) -> None:
    """What is kept through a rebalance is read again from the last commit when it was rewound meanwhile."""
    bus = await log.open()
    topic = await log.topic(bus)
    one = await (await _member(log, topic)).holding(PARTITIONS)
    for number in range(PARTITIONS):
        await bus.append(to(topic, f"{number}", number=number))
    await one.until(lambda: len(one.messages) == PARTITIONS)
    two = await _member(log, topic)
    async with asyncio.timeout(SOON):
        while not one.member._rebalance.moving:
            await two.poll(0.1)
    for number in range(PARTITIONS):
        await one.member.rewind(number)
    one.messages.clear()
    async with asyncio.timeout(SOON):
        while len(one.messages) + len(two.messages) < PARTITIONS:
            await asyncio.gather(one.poll(), two.poll())
    assert {m.partition for m in one.messages} == one.held
    assert {m.partition for m in two.messages} == two.held


async def test_what_was_fetched_before_a_rewind_is_dropped(log: Log) -> None:
    """Records that the background holds when the place is left come again in their order, not out of it."""
    bus = await log.open()
    topic = await log.topic(bus)
    await bus.append(to(topic, "a", number=0))
    seen = await (await _member(log, topic)).holding(PARTITIONS)
    await seen.until(lambda: seen.values == [b"a"])
    await bus.append(to(topic, "b", number=0))
    async with asyncio.timeout(SOON):
        while not await _fetched(seen.member):
            pass
    await seen.member.rewind(0)
    seen.messages.clear()
    await seen.until(lambda: len(seen.messages) == 2)
    await seen.poll(0.1)
    assert seen.values == [b"a", b"b"]


async def _fetched(member: Member) -> bool:
    """Let the background fetch, without taking what it brings."""
    assert isinstance(member, KafkaMember)
    fetching = member._fetching
    if fetching is not None and fetching.done() and not fetching.result():
        member._fetching = None
    await member._wait(0.5)
    fetching = member._fetching
    return fetching is not None and fetching.done() and bool(fetching.result())


async def test_a_consumer_whose_background_died_is_replaced(log: Log) -> None:
    """The member says so once, loses what it had and gets it again."""
    bus = await log.open()
    topic = await log.topic(bus)
    await bus.append(to(topic, "a", number=0))
    seen = await (await _member(log, topic)).holding(PARTITIONS)
    member = seen.member
    assert isinstance(member, KafkaMember)
    member._consumer._fetcher._fetch_task.cancel()
    with pytest.raises(Transient, match="background"):
        await seen.until(lambda: False)
    await seen.until(lambda: not seen.held)
    await seen.holding(PARTITIONS)
    seen.messages.clear()
    await seen.until(lambda: seen.values == [b"a"])


@pytest.mark.slow
async def test_the_numbers_of_a_dead_member_go_to_others(log: Log) -> None:
    """Within its session time-out; what it had not committed comes again, and its open transaction is nothing."""
    bus = await log.open()
    topic = await log.topic(bus)
    for number in range(PARTITIONS):
        await bus.append(to(topic, f"{number}", number=number))
    one = await (await _member(log, topic)).holding(PARTITIONS)
    await one.until(lambda: len(one.messages) == PARTITIONS)
    coordinator = one.member._consumer._coordinator
    coordinator._coordination_task.cancel()
    await coordinator._stop_heartbeat_task()
    coordinator.generation = -1  # so that it dies without a word to the group
    open_producer = one.member._held[0]._producer
    await open_producer.begin_transaction()
    await open_producer.send(topic, b"open", b"k", 0, headers=[])
    two = await _member(log, topic)
    await two.holding(PARTITIONS)
    await two.until(lambda: len(two.messages) == PARTITIONS)
    assert b"open" not in [m.value for m in await everything(log, bus, topic)]
    with pytest.raises(Fenced):
        await one.member.commit(1, {}, to(topic, "zombie", number=1))
