"""Positions outside of what a partition holds, on a real broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.structs import TopicPartition
from conformance import PARTITIONS, SOON, Log, to

from services.runtime.bus.kafka import KafkaBus
from services.runtime.bus.kafka_client import Client
from services.runtime.bus.kafka_reader import KafkaReader
from services.runtime.bus.port import Bounds, Message, Partition, Reader
from services.runtime.errors import Fatal, Transient

pytestmark = pytest.mark.kafka


@pytest.fixture
async def log(kafka_bootstrap: str) -> AsyncIterator[Log]:
    """The broker's log."""
    async with Log(lambda: KafkaBus(kafka_bootstrap, partitions=PARTITIONS)) as log:
        yield log


async def test_what_retention_deleted_is_passed_over(log: Log, kafka_bootstrap: str) -> None:
    """A position below the oldest record moves up to it."""
    bus = await log.open()
    topic = await log.topic(bus)
    at = Partition(topic, 0)
    await bus.append(to(topic, "a", "b", "c", number=0))
    await _delete(kafka_bootstrap, topic, before=2)
    assert (await bus.bounds(topic))[at] == Bounds(2, 3)
    reader = await log.read(bus, {at: 0})
    found: list[Message] = []
    async with asyncio.timeout(SOON):
        while reader.positions[at] < 3:
            found.extend(await reader.poll(1.0))
    assert [(m.offset, m.value) for m in found] == [(2, b"c")]


async def test_a_position_beyond_the_end_is_fatal(log: Log) -> None:
    """It is of another log, or this one lost records; to wait for it would be to miss what comes until then."""
    bus = await log.open()
    topic = await log.topic(bus)
    reader = await log.read(bus, {Partition(topic, 0): 5})
    async with asyncio.timeout(SOON):
        with pytest.raises(Fatal, match="beyond its end 0"):
            await _poll_for_ever(reader)


async def test_a_closed_reader_reads_no_more(log: Log) -> None:
    """And may be closed again."""
    bus = await log.open()
    reader = await bus.read({Partition(await log.topic(bus), 0): 0})
    await reader.close()
    await reader.close()
    with pytest.raises(Transient, match="closed"):
        await reader.poll(0.1)


async def test_no_broker_is_said_within_the_deadline() -> None:
    """A reader that reaches nobody fails, and leaves nothing open."""
    reader = KafkaReader(Client("127.0.0.1:1", "tests", 0.5, 10.0, 30.0), {Partition("t", 0): 0})
    async with asyncio.timeout(SOON):
        with pytest.raises(Transient, match="cannot read"):
            await reader.start()


async def _poll_for_ever(reader: Reader) -> None:
    while True:
        await reader.poll(1.0)


async def _delete(bootstrap: str, topic: str, before: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(before_offset=before)})
    finally:
        await admin.close()
