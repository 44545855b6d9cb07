"""
aiokafka with types: the few of its classes and calls that the bus uses, and the settings all of them share.

aiokafka ships no type information, so what it hands out is given a protocol here, once, and the other modules are
checked against that.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer  # type: ignore[import-untyped]
from aiokafka.abc import ConsumerRebalanceListener as Listener  # type: ignore[import-untyped]
from aiokafka.admin import AIOKafkaAdminClient, NewTopic  # type: ignore[import-untyped]
from aiokafka.coordinator.assignors.range import RangePartitionAssignor  # type: ignore[import-untyped]
from aiokafka.errors import KafkaError, OffsetOutOfRangeError  # type: ignore[import-untyped]
from aiokafka.structs import OffsetAndMetadata, TopicPartition  # type: ignore[import-untyped]

from services.runtime.bus.port import Message, Partition
from services.runtime.errors import Transient

__all__ = [
    "Admin",
    "Batch",
    "Client",
    "Consumer",
    "KafkaError",
    "Listener",
    "OffsetOutOfRangeError",
    "Producer",
    "deadline",
    "from_kafka",
    "ignored",
    "message",
    "new_topic",
    "offsets_of",
    "stop_consumer",
    "to_kafka",
]

HeaderList = list[tuple[str, bytes]]
"""aiokafka's compiled encoder takes a list and nothing else."""

_RETRY_MS = 20
"""
A transaction begun while the markers of the one before are being written is refused for some milliseconds (Kafka says
CONCURRENT_TRANSACTIONS, or NOT_ENOUGH_REPLICAS to clients as old as aiokafka); its default of 100 is felt each time.
"""

_BATCH_BYTES = 512 * 1024
"""Uncompressed; below the broker's default limit of 1 MiB for a batch, and few enough requests for 500 records."""

_STOP_SECONDS = 5.0
_LONG_POLL_MS = 250
"""A fetch in flight delays one for a partition that was just sought by up to this much."""


class Batch(Protocol):
    """Records of one partition, in the form in which they are sent."""

    def append(self, *, timestamp: int | None, key: bytes, value: bytes | None, headers: HeaderList) -> object | None:
        """Add a record; None when it does not fit."""
        ...


class Producer(Protocol):
    """AIOKafkaProducer."""

    async def start(self) -> None:
        """Connect, and get a producer id; with a transactional id that fences the one before."""
        ...

    async def stop(self) -> None:
        """Flush and close; never returns while the broker is away and records wait."""
        ...

    def create_batch(self) -> Batch:
        """An empty batch."""
        ...

    async def send_batch(self, batch: Batch, topic: str, *, partition: int) -> asyncio.Future[Any]:
        """Queue a batch; the future tells of its delivery."""
        ...

    async def send(
        self, topic: str, value: bytes | None, key: bytes, partition: int, *, headers: HeaderList
    ) -> asyncio.Future[Any]:
        """Queue a record in a batch shared with others; the future tells of its delivery."""
        ...

    async def begin_transaction(self) -> None:
        """Local only."""
        ...

    async def send_offsets_to_transaction(self, offsets: Mapping[Any, Any], group_id: str) -> None:
        """Returns when the coordinator has them."""
        ...

    async def commit_transaction(self) -> None:
        """Returns when the coordinator has written the decision."""
        ...

    async def abort_transaction(self) -> None:
        """Returns when the coordinator has written the decision."""
        ...


class Consumer(Protocol):
    """AIOKafkaConsumer."""

    async def start(self) -> None:
        """Connect."""
        ...

    async def stop(self) -> None:
        """Leave the group and close."""
        ...

    def subscribe(self, topics: Sequence[str], *, listener: Any) -> None:
        """Join the group, in the background."""
        ...

    def assign(self, partitions: Sequence[Any]) -> None:
        """Read these partitions, without a group."""
        ...

    def seek(self, partition: Any, offset: int) -> None:
        """Set the position."""
        ...

    def pause(self, *partitions: Any) -> None:
        """Fetch nothing of these."""
        ...

    def resume(self, *partitions: Any) -> None:
        """Fetch these again."""
        ...

    async def getmany(
        self, *partitions: Any, timeout_ms: int, max_records: int | None = None
    ) -> Mapping[Any, Sequence[Any]]:
        """Records that were fetched, within the timeout; never to be cancelled."""
        ...

    def assignment(self) -> Collection[Any]:
        """The partitions that are assigned."""
        ...

    async def position(self, partition: Any) -> int:
        """The next offset to be read."""
        ...

    def last_stable_offset(self, partition: Any) -> int | None:
        """The end of what was committed, as of the last fetch."""
        ...

    async def committed(self, partition: Any) -> int | None:
        """The group's position; None where it has none."""
        ...

    async def beginning_offsets(self, partitions: Sequence[Any]) -> Mapping[Any, int]:
        """The first offsets held."""
        ...

    async def end_offsets(self, partitions: Sequence[Any]) -> Mapping[Any, int]:
        """The last stable offsets (the consumer reads committed)."""
        ...


class Admin(Protocol):
    """AIOKafkaAdminClient."""

    async def start(self) -> None:
        """Connect."""
        ...

    async def close(self) -> None:
        """Disconnect."""
        ...

    async def create_topics(self, new_topics: Sequence[Any]) -> Any:
        """Create topics; the answer has an error code for each."""
        ...

    async def describe_topics(self, topics: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Metadata of topics."""
        ...

    async def describe_cluster(self) -> Mapping[str, Any]:
        """Metadata of the cluster."""
        ...


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
                retry_backoff_ms=_RETRY_MS,
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
async def deadline(seconds: float, doing: str) -> AsyncIterator[None]:
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
