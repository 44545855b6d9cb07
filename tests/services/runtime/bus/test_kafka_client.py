"""aiokafka's face."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from aiokafka.errors import NotLeaderForPartitionError
from aiokafka.structs import OffsetAndMetadata, TopicPartition

from services.runtime.bus.kafka_client import Client, deadline, from_kafka, message, offsets_of, to_kafka
from services.runtime.bus.port import Partition
from services.runtime.errors import Transient


def _record(key: bytes | None, headers: tuple[tuple[str, bytes | None], ...] = ()) -> SimpleNamespace:
    return SimpleNamespace(topic="t", partition=2, offset=7, key=key, value=b"v", headers=headers, timestamp=1)


@pytest.mark.parametrize(
    ("key", "expected"), [(None, None), (b"", ""), ("ключ".encode(), "ключ"), (b"\xff", "\N{REPLACEMENT CHARACTER}")]
)
def test_any_key_can_be_read(key: bytes | None, expected: str | None) -> None:
    """A foreign record without a key, or with one that is no text, stops nobody."""
    assert message(_record(key)).key == expected


def test_a_header_without_value_is_empty() -> None:
    """Kafka knows null headers, the bus does not."""
    assert message(_record(b"k", (("a", None), ("b", b"1")))).headers == (("a", b""), ("b", b"1"))


def test_partitions_and_positions_are_translated() -> None:
    """To aiokafka's classes and back."""
    at = Partition("t", 3)
    assert to_kafka([at]) == [TopicPartition("t", 3)]
    assert from_kafka(TopicPartition("t", 3)) == at
    assert offsets_of({at: 9}) == {TopicPartition("t", 3): OffsetAndMetadata(9, "")}


async def test_a_deadline_says_what_was_being_done() -> None:
    """Time-outs and Kafka's errors are Transient, with the deed in the message; other errors pass."""
    with pytest.raises(Transient, match=r"cannot count sheep: no answer .* 0\.01 s"):
        async with deadline(0.01, "count sheep"):
            await asyncio.Event().wait()
    with pytest.raises(Transient, match="cannot count sheep: NotLeaderForPartitionError"):
        async with deadline(1, "count sheep"):
            raise NotLeaderForPartitionError
    with pytest.raises(ValueError, match="ours"):
        async with deadline(1, "count sheep"):
            raise ValueError("ours")


async def test_clients_are_made_as_the_bus_needs_them() -> None:
    """What aiokafka's defaults would lose: acks of all, committed reads, no commits of its own, one assignor."""
    client = Client("localhost:9092", "me", 15.0, 10.0, 30.0)
    producer = client.producer("id")
    consumer = client.consumer("group")
    reader = client.consumer()
    try:
        assert producer._sender._acks == -1
        assert producer._txn_manager.transactional_id == "id"
        assert consumer._isolation_level == "read_committed"
        assert consumer._enable_auto_commit is False
        assert [each.name for each in consumer._partition_assignment_strategy] == ["range"]
        assert (consumer._auto_offset_reset, reader._auto_offset_reset) == ("earliest", "none")
        assert consumer._request_timeout_ms == 35_000, "an answer to a join may take as long as a rebalance"
    finally:
        await producer.stop()
        await consumer.stop()
        await reader.stop()
