"""The clients of aiokafka that the bus uses, the settings they share, and its words for errors and records."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer  # type: ignore[import-untyped]
from aiokafka.abc import ConsumerRebalanceListener as Listener  # type: ignore[import-untyped]
from aiokafka.admin import AIOKafkaAdminClient, NewTopic  # type: ignore[import-untyped]
from aiokafka.coordinator.assignors.range import RangePartitionAssignor  # type: ignore[import-untyped]
from aiokafka.errors import KafkaError, OffsetOutOfRangeError  # type: ignore[import-untyped]
from aiokafka.structs import OffsetAndMetadata, TopicPartition  # type: ignore[import-untyped]

from services.runtime.bus.kafka_protocols import Admin, Consumer, Producer
from services.runtime.bus.port import Message, Partition
from services.runtime.errors import Transient

__all__ = [
    "Client",
    "KafkaError",
    "Listener",
    "OffsetOutOfRangeError",
    "deadline",
    "from_kafka",
    "ignored",
    "message",
    "new_topic",
    "offsets_of",
    "stop_consumer",
    "to_kafka",
]

_RETRY_MS = 20
"""
A transaction begun while the markers of the one before are being written is refused for some milliseconds (Kafka says
CONCURRENT_TRANSACTIONS, or NOT_ENOUGH_REPLICAS to clients as old as aiokafka); its default of 100 is felt each time.
"""

_PATIENT_RETRY_MS = 100
_BATCH_BYTES = 512 * 1024
"""Uncompressed; below the broker's default limit of 1 MiB for a batch, and few enough requests for 500 records."""

_STOP_SECONDS = 5.0
_LONG_POLL_MS = 250
"""A fetch in flight delays one for a partition that was just sought by up to this much."""


@dataclass(frozen=True, slots=True)
class Client:
    """How to reach the brokers; makes producers, consumers and admins, which are then to be started."""

    bootstrap: str
    name: str
    request_timeout: float
    """Seconds that one thing asked of the brokers may take, with all its retries."""

    session_timeout: float
    """Seconds after which a member that is not heard of loses its partitions."""

    rebalance_timeout: float
    """Seconds that a member may take to finish its work when partitions are moved."""

    security: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """aiokafka's arguments for TLS and SASL: security_protocol, ssl_context, sasl_*."""

    instance: str | None = None
    """Names this member over its restarts (KIP-345); None for a member that is new each time."""

    def producer(self, transactional_id: str | None = None) -> Producer:
        """An idempotent producer; a transactional one with an id."""
        return cast(
            "Producer",
            AIOKafkaProducer(
                **self._shared(),
                request_timeout_ms=int(self.request_timeout * 1000),
                enable_idempotence=True,
                acks="all",
                compression_type="lz4",
                max_batch_size=_BATCH_BYTES,
                linger_ms=0,
                retry_backoff_ms=_RETRY_MS if transactional_id else _PATIENT_RETRY_MS,
                transactional_id=transactional_id,
                transaction_timeout_ms=int(self.request_timeout * 1000),
            ),
        )

    def consumer(self, group: str | None = None) -> Consumer:
        """A consumer of committed records. Out of range is an error without a group, and the oldest record in one."""
        return cast(
            "Consumer",
            AIOKafkaConsumer(
                **self._shared(),
                # The answer to a join is held back until all members have let go of what they had.
                request_timeout_ms=int(max(self.request_timeout, self.rebalance_timeout + 5.0) * 1000),
                group_id=group,
                group_instance_id=None if group is None else self.instance,
                enable_auto_commit=False,
                auto_offset_reset="none" if group is None else "earliest",
                isolation_level="read_committed",
                # One only: aiokafka joins once for each. Range gives the same number of all topics to one member.
                partition_assignment_strategy=(RangePartitionAssignor,),
                session_timeout_ms=int(self.session_timeout * 1000),
                heartbeat_interval_ms=int(min(self.session_timeout / 5, 1.0) * 1000),
                rebalance_timeout_ms=int(self.rebalance_timeout * 1000),
                max_poll_interval_ms=300_000,
                fetch_max_wait_ms=_LONG_POLL_MS,
            ),
        )

    def admin(self) -> Admin:
        """For topics."""
        return cast("Admin", AIOKafkaAdminClient(**self._shared(), request_timeout_ms=int(self.request_timeout * 1000)))

    def _shared(self) -> dict[str, Any]:
        return {
            "bootstrap_servers": self.bootstrap,
            "client_id": self.name,
            **self.security,
        }


def new_topic(name: str, partitions: int, replication: int, settings: Mapping[str, str]) -> object:
    """A topic to be created."""
    return cast("object", NewTopic(name, partitions, replication, topic_configs=dict(settings)))


def to_kafka(partitions: Iterable[Partition]) -> list[Any]:
    """Partitions as aiokafka names them."""
    return [TopicPartition(at.topic, at.number) for at in partitions]


def from_kafka(partition: Any) -> Partition:
    """A partition as the bus names it."""
    return Partition(partition.topic, partition.partition)


def offsets_of(positions: Mapping[Partition, int]) -> dict[Any, Any]:
    """Positions as a commit takes them."""
    return {TopicPartition(at.topic, at.number): OffsetAndMetadata(offset, "") for at, offset in positions.items()}


def message(record: Any) -> Message:
    """A record as the bus hands it out; bytes of a foreign key that are no UTF-8 are replaced."""
    return Message(
        record.topic,
        record.partition,
        record.offset,
        None if record.key is None else record.key.decode("utf-8", "replace"),
        record.value,
        tuple((name, value or b"") for name, value in record.headers),
        record.timestamp,
    )


@asynccontextmanager
async def deadline(seconds: float, doing: str) -> AsyncGenerator[None]:
    """
    Bounds what is asked of the brokers, and says what it was where it fails.

    Raises:
        Transient: it failed or took longer than `seconds`.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise Transient(f"cannot {doing}: no answer from Kafka within {seconds:g} s; is the broker up?") from error
    except KafkaError as error:
        raise Transient(f"cannot {doing}: {error!r}") from error


async def stop_consumer(consumer: Any) -> None:
    """Leave the group and close, by force where the brokers do not answer."""
    stopping = asyncio.create_task(consumer.stop())
    await asyncio.wait([stopping], timeout=_STOP_SECONDS)
    if not stopping.done():
        coordinator = consumer._coordinator  # noqa: SLF001 (there is no public way)
        tasks = [stopping, coordinator._coordination_task, coordinator._heartbeat_task]  # noqa: SLF001
        for task in tasks:
            if task is not None:
                task.cancel()
        await consumer._client.close()  # noqa: SLF001
        await asyncio.wait([stopping], timeout=_STOP_SECONDS)
    ignored(stopping)


def ignored(future: asyncio.Future[Any]) -> None:
    """Let a failure that nobody waits for pass without a word of asyncio's."""
    future.add_done_callback(lambda done: done.cancelled() or done.exception())
