"""
aiokafka's clients as the bus sees them: only the calls that it makes, with types.

aiokafka ships no type information. `kafka_client` makes the real ones, and whoever uses them is checked against these.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

HeaderList = list[tuple[str, bytes]]
"""aiokafka's compiled encoder takes a list and nothing else."""


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
