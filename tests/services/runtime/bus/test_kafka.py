"""The bus on a real Kafka broker."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from functools import partial
from types import ModuleType

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from conformance import PARTITIONS, SOON, BusConformance, Log, Seen, after, everything, to

from events.topics import Topic
from services.runtime.bus.kafka import KafkaBus
from services.runtime.bus.port import Bus, Outgoing
from services.runtime.errors import Fatal, Fenced, Transient

pytestmark = pytest.mark.kafka


@pytest.fixture
async def log(kafka_bootstrap: str) -> AsyncIterator[Log]:
    """The broker's log; topics and groups have names of their own."""
    async with Log(lambda: KafkaBus(kafka_bootstrap, partitions=PARTITIONS, client_id=uuid.uuid4().hex)) as log:
        yield log


class TestKafkaBus(BusConformance):
    """Keeps the promises of every bus."""


def _topic(name: str, kept: timedelta | None = timedelta(days=1)) -> Topic:
    return Topic(name, (), "key", "tests", kept)


async def test_no_broker_is_said_within_the_deadline() -> None:
    """A start that reaches nobody fails with the address that was tried, and leaves nothing open."""
    bus = KafkaBus("127.0.0.1:1", request_timeout=1.0)
    async with asyncio.timeout(SOON):
        with pytest.raises(Transient, match=r"127\.0\.0\.1:1"):
            await bus.start()


async def test_topics_are_made_as_the_table_says(log: Log, kafka_bootstrap: str) -> None:
    """Retention and compaction of a topic are the broker's settings."""
    bus = await log.open()
    kept, compacted = f"t-{uuid.uuid4().hex}", f"t-{uuid.uuid4().hex}"
    await bus.declare([_topic(kept), _topic(compacted, None)])
    assert (await _settings(kafka_bootstrap, kept))["retention.ms"] == str(24 * 3600 * 1000)
    assert (await _settings(kafka_bootstrap, kept))["cleanup.policy"] == "delete"
    assert (await _settings(kafka_bootstrap, compacted))["cleanup.policy"] == "compact"


async def test_a_group_needs_equal_partition_counts(log: Log, kafka_bootstrap: str) -> None:
    """Partition n of two topics cannot go together where one of them has fewer."""
    bus = await log.open()
    one = await log.topic(bus)
    other = KafkaBus(kafka_bootstrap, partitions=PARTITIONS + 1)
    await other.start()
    two = await log.topic(other)
    with pytest.raises(Fatal, match="partition counts"):
        await other.join("g", [one, two])
    await other.close()


@pytest.mark.slow
async def test_a_broker_that_is_away_is_waited_for(local_kafka: ModuleType) -> None:
    """Appends and commits fail within their deadline while the broker is down, and work when it is back."""
    broker = await asyncio.to_thread(local_kafka.Broker.start)
    try:
        async with Log(lambda: KafkaBus(broker.bootstrap, partitions=PARTITIONS, request_timeout=2.0)) as log:
            bus = await log.open()
            topic = await log.topic(bus)
            seen = await Seen(await log.join(bus, "g", topic)).holding(PARTITIONS)
            await bus.append(to(topic, "before", number=0))
            await seen.until(lambda: len(seen.messages) == 1)
            broker.kill(1)
            for records in (to(topic, "x", number=0), [*to(topic, "x", number=0), *to(topic, "x", number=1)]):
                async with asyncio.timeout(SOON):
                    with pytest.raises(Transient):
                        await bus.append(records)
            async with asyncio.timeout(SOON):
                with pytest.raises(Fenced):
                    await seen.member.commit(0, after(seen.messages), to(topic, "lost", number=1))
            await asyncio.to_thread(broker.restart, 1)
            await _recovered(bus, seen, topic)
            values = [m.value for m in await everything(log, bus, topic)]
            assert b"before" in values
            assert values.count(b"after") == 1
            assert values.count(b"committed") == 1
            assert b"lost" not in values
    finally:
        broker.stop()


@pytest.mark.slow
async def test_one_of_three_brokers_may_die(local_kafka: ModuleType) -> None:
    """With three replicas what was acknowledged is there while a broker is dead, and more can be written."""
    cluster = await asyncio.to_thread(local_kafka.Broker.start, 3)
    try:
        make = partial(KafkaBus, cluster.bootstrap, partitions=PARTITIONS, replication=3)
        async with Log(make) as log:
            bus = await log.open()
            topic = await log.topic(bus)
            seen = await Seen(await log.join(bus, "g", topic)).holding(PARTITIONS)
            for victim in (1, 2):
                for number in range(PARTITIONS):
                    await bus.append(to(topic, f"{victim}", number=number))
                cluster.kill(victim)
                async with asyncio.timeout(60):
                    while await _failed(bus.append([Outgoing(topic, f"k{n}", b"during") for n in range(8)])):
                        pass
                await asyncio.to_thread(cluster.restart, victim)
            expected = 2 * PARTITIONS + 16
            await seen.until(lambda: len({(m.partition, m.offset) for m in seen.messages}) >= expected)
            assert sum(m.value == b"during" for m in seen.messages) >= 16
    finally:
        cluster.stop()


async def _recovered(bus: Bus, seen: Seen, topic: str) -> None:
    """Append and commit until both work, as the runtime would."""
    async with asyncio.timeout(60):
        while await _failed(bus.append(to(topic, "after", number=0))):
            pass
        while 0 not in seen.held or await _failed(seen.member.commit(0, {}, to(topic, "committed", number=0))):
            await _failed(seen.poll())


async def _failed(work: Awaitable[object]) -> bool:
    try:
        await work
    except Transient:
        return True
    return False


async def _settings(bootstrap: str, topic: str) -> dict[str, str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    finally:
        await admin.close()
    return {entry[0]: entry[1] for entry in answer.resources[0][4]}
