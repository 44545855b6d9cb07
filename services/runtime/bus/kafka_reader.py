"""Reading Kafka without a group, from given offsets."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from services.runtime.bus.kafka_client import (
    Client,
    KafkaError,
    OffsetOutOfRangeError,
    deadline,
    from_kafka,
    message,
    stop_consumer,
    to_kafka,
)
from services.runtime.bus.kafka_protocols import Consumer
from services.runtime.bus.port import Bounds, Message, Partition
from services.runtime.errors import Fatal, Transient

_BATCH = 500
_SLICE_SECONDS = 0.02


class KafkaReader:
    """
    A `Reader` of committed records.

    A position moves past the markers that end transactions too, though they are no records: `positions` reaches
    `Bounds.end` when all is read, and a poll returns, empty, as soon as a position has moved.
    """

    def __init__(self, client: Client, start: Mapping[Partition, int]) -> None:
        self._client = client
        self._next = dict(start)
        self._consumer: Consumer | None = None

    @property
    def positions(self) -> Mapping[Partition, int]:
        """The next offset that will be read."""
        return self._next

    async def start(self) -> None:
        """
        Connect.

        Raises:
            Transient: the brokers cannot be reached.
        """
        consumer = self._client.consumer()
        try:
            async with deadline(self._client.request_timeout, "read"):
                await consumer.start()
        except BaseException:
            await stop_consumer(consumer)
            raise
        partitions = to_kafka(self._next)
        if partitions:
            consumer.assign(partitions)
        for partition, offset in zip(partitions, self._next.values(), strict=True):
            consumer.seek(partition, offset)
        self._consumer = consumer

    async def poll(self, timeout: float) -> Sequence[Message]:  # noqa: ASYNC109 (a long poll, not a cancellation)
        """
        Wait for records.

        A position below the first record that is still kept moves up to that, as retention has deleted what was
        between: whoever must not miss anything compares positions with `bounds` first.

        Raises:
            Fatal: a position is beyond the end: the log has lost records, or is not the one that it was taken from.
            Transient: the log cannot be read at present.
        """
        if self._consumer is None:
            raise Transient("the reader is closed")
        if not self._next:
            await asyncio.sleep(timeout)
            return []
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        while True:
            left = max(0.0, until - loop.time())
            found = await self._fetch(self._consumer, left if self._caught_up(self._consumer) else _SLICE_SECONDS)
            moved = await self._move(self._consumer)
            if found or moved or loop.time() >= until:
                return found

    async def close(self) -> None:
        """Disconnect."""
        if self._consumer is not None:
            consumer, self._consumer = self._consumer, None
            await stop_consumer(consumer)

    async def _fetch(self, consumer: Consumer, seconds: float) -> list[Message]:
        try:
            fetched = await consumer.getmany(timeout_ms=int(seconds * 1000), max_records=_BATCH)
        except OffsetOutOfRangeError as error:
            await self._come_into_range(consumer, error)
            return []
        except KafkaError as error:
            raise Transient(f"cannot read {sorted(self._next)}: {error!r}") from error
        return [message(record) for records in fetched.values() for record in records]

    async def _move(self, consumer: Consumer) -> bool:
        """Take over the consumer's positions; whether one has moved."""
        seen = {at: await consumer.position(*to_kafka([at])) for at in self._next}
        moved = seen != self._next
        self._next = seen
        return moved

    def _caught_up(self, consumer: Consumer) -> bool:
        """Whether nothing is left to read as far as is known: then only news can wake us, and a wait may be long."""
        ends = (consumer.last_stable_offset(*to_kafka([at])) for at in self._next)
        return all(end is not None and at >= end for at, end in zip(self._next.values(), ends, strict=True))

    async def _come_into_range(self, consumer: Consumer, error: BaseException) -> None:
        lost = [from_kafka(partition) for partition in error.args[0]]
        held = await bounds(consumer, lost, self._client.request_timeout)
        for at in lost:
            if self._next[at] > held[at].end:
                raise Fatal(
                    f"position {self._next[at]} of {at.topic}/{at.number} is beyond its end {held[at].end}: the log "
                    "lost records or is another one; start again from its bounds"
                ) from error
            (partition,) = to_kafka([at])
            consumer.seek(partition, max(self._next[at], held[at].start))


async def bounds(consumer: Consumer, partitions: Sequence[Partition], seconds: float) -> dict[Partition, Bounds]:
    """
    What partitions hold: `end` is the last stable offset, behind which no transaction is open.

    Raises:
        Transient: no answer within `seconds`.
    """
    asked = to_kafka(partitions)
    async with deadline(seconds, f"ask for the bounds of {partitions}"):
        starts, ends = await asyncio.gather(consumer.beginning_offsets(asked), consumer.end_offsets(asked))
    return {at: Bounds(starts[p], ends[p]) for at, p in zip(partitions, asked, strict=True)}
