"""A member of a Kafka consumer group, with one transactional producer per partition number it holds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from services.runtime.bus.kafka_client import Client, KafkaError, deadline, from_kafka, message, stop_consumer, to_kafka
from services.runtime.bus.kafka_producer import Placed, Transactor
from services.runtime.bus.kafka_protocols import Consumer
from services.runtime.bus.kafka_rebalance import Rebalance
from services.runtime.bus.port import Message, Outgoing, Partition, Polled
from services.runtime.errors import Fenced, Transient

_BATCH = 500
_PATIENCE = 0.8
"""Of the rebalance timeout, so that the group does not expel us for waiting."""


class KafkaMember:
    """
    A `Member` whose hold on a number is a transactional id: the newest producer of `{group}.{number}` fences others.

    Numbers that come back to the same member in a rebalance keep their producer and place, and are not reported. A
    number is given up and taken anew when it is not known whether a commit was written: `commit` raises `Fenced`, a
    poll reports it revoked and a later one assigned, if the group still says that it is ours.
    """

    def __init__(
        self,
        client: Client,
        group: str,
        topics: Sequence[str],
        place: Callable[[Sequence[Outgoing]], Awaitable[Placed]],
    ) -> None:
        self._client = client
        self._group = group
        self._topics = tuple(topics)
        self._place = place
        self._held: dict[int, Transactor] = {}
        self._lost: set[int] = set()
        self._next: dict[Partition, int] = {}
        self._committed: dict[Partition, int] = {}
        self._fetching: asyncio.Task[Mapping[Any, Sequence[Any]]] | None = None
        self._sought: set[Partition] = set()

    async def start(self) -> None:
        """
        Connect; joining the group goes on in the background.

        Raises:
            Transient: the brokers cannot be reached.
        """
        consumer = self._client.consumer(self._group)
        try:
            async with deadline(self._client.request_timeout, f"join group {self._group}"):
                await consumer.start()
        except BaseException:
            await stop_consumer(consumer)
            raise
        self._consumer: Consumer = consumer
        self._rebalance = Rebalance(consumer, self._client.rebalance_timeout * _PATIENCE)
        # Only now: a start with topics would wait until all other members have let go.
        consumer.subscribe(self._topics, listener=self._rebalance)

    async def poll(self, timeout: float) -> Polled:  # noqa: ASYNC109 (a long poll, not a cancellation)
        """Wait for records or a change of assignment."""
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        await self._check()
        with self._rebalance.between_batches():
            while True:
                revoked, assigned = await self._follow()
                messages = self._take()
                left = until - loop.time()
                if revoked or assigned or messages or left <= 0:
                    return Polled(revoked, assigned, messages)
                await self._wait(left)

    async def commit(self, number: int, positions: Mapping[Partition, int], records: Sequence[Outgoing]) -> None:
        """Write records and positions as one transaction."""
        transactor = self._held.get(number)
        if transactor is None or number in self._lost:
            raise Fenced(f"number {number} of {self._group} is not held")
        placed = await self._place(records)
        try:
            await transactor.commit(placed, positions, self._group)
        finally:
            if not transactor.alive:
                self._lost.add(number)
        self._committed.update(positions)

    async def rewind(self, number: int) -> None:
        """Go back to what was committed, as this member knows it: Kafka's own answer lags by milliseconds."""
        if number in self._held:
            places = {at: self._committed[at] for at in self._partitions([number])}
            self._seek({at: offset for at, offset in places.items() if self._next[at] != offset})

    async def leave(self) -> None:
        """Give all numbers back."""
        await self._stop()
        await self._give_up(tuple(self._held))

    async def _check(self) -> None:
        """See that the consumer lives; one that has died is replaced, and all it had is lost."""
        try:
            self._rebalance.check()
        except Transient:
            if self._rebalance.dead:
                await self._stop()
                self._lost.update(self._held)
                await self.start()
            raise

    async def _stop(self) -> None:
        self._rebalance.release()
        await stop_consumer(self._consumer)
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait([self._fetching])
            self._fetching = None

    async def _follow(self) -> tuple[frozenset[int], frozenset[int]]:
        """Bring what is held in line with what the group decided: (revoked, assigned), one of them a poll."""
        group = self._rebalance
        revoked = frozenset((self._lost | group.lost) & self._held.keys())
        if revoked:
            self._lost.clear()
            group.lost.clear()
            await self._give_up(revoked)
            return revoked, frozenset()
        if group.moving:
            return frozenset(), frozenset()
        if group.unplaced:
            group.unplaced = False
            self._seek(self._next)
        assigned = group.numbers - self._held.keys()
        if assigned:
            await self._take_over(assigned)
        return frozenset(), assigned

    async def _give_up(self, numbers: Collection[int]) -> None:
        closing = [self._held.pop(number) for number in numbers]
        for at in self._partitions(numbers):
            self._next.pop(at, None)
            self._committed.pop(at, None)
        await asyncio.gather(*(transactor.close() for transactor in closing))

    async def _take_over(self, numbers: Collection[int]) -> None:
        """Fence whoever had the numbers before, then ask where they were: in this order, or work is done twice."""
        started = {number: Transactor(self._client, f"{self._group}.{number}") for number in numbers}
        try:
            await asyncio.gather(*(transactor.start() for transactor in started.values()))
            positions = await self._positions(numbers)
        except BaseException:
            await asyncio.gather(*(transactor.close() for transactor in started.values()))
            raise
        self._held.update(started)
        self._committed.update(positions)
        self._seek(positions)

    async def _positions(self, numbers: Collection[int]) -> dict[Partition, int]:
        """The group's positions; the oldest record where it has none."""
        partitions = list(self._partitions(numbers))
        async with deadline(self._client.request_timeout, f"read the positions of {self._group}"):
            committed = await asyncio.gather(*(self._consumer.committed(each) for each in to_kafka(partitions)))
            oldest = await self._consumer.beginning_offsets(to_kafka(partitions))
        return {
            at: oldest[each] if offset is None else offset
            for at, each, offset in zip(partitions, to_kafka(partitions), committed, strict=True)
        }

    def _partitions(self, numbers: Iterable[int]) -> Iterable[Partition]:
        return (Partition(topic, number) for number in numbers for topic in self._topics)

    def _seek(self, positions: Mapping[Partition, int]) -> None:
        """Read on from there. What is not assigned at the moment is placed when it is."""
        self._next.update(positions)
        self._sought.update(positions)
        assignment = self._consumer.assignment()
        for at, partition in zip(positions, to_kafka(positions), strict=True):
            if partition in assignment:
                self._consumer.seek(partition, positions[at])
                self._consumer.resume(partition)

    def _take(self) -> dict[int, Sequence[Message]]:
        """What was fetched, without what was fetched from places that we have left since."""
        found: dict[int, list[Message]] = {}
        if self._fetching is None or not self._fetching.done():
            return {}
        fetching, self._fetching = self._fetching, None
        try:
            fetched = fetching.result()
        except KafkaError as error:
            raise Transient(f"group {self._group} cannot read: {error!r}") from error
        for partition, records in fetched.items():
            at = from_kafka(partition)
            if at not in self._next or self._rebalance.moving:
                continue
            if at in self._sought:
                self._seek({at: self._next[at]})
                continue
            self._next[at] = records[-1].offset + 1
            found.setdefault(at.number, []).extend(message(record) for record in records)
        return dict(found)

    async def _wait(self, seconds: float) -> None:
        """
        Until something was fetched or decided, `seconds` at most.

        A fetch may go on into later polls: aiokafka's `getmany` overruns its timeout in a rebalance, and cancelling it
        would switch off the detection of a stuck member.
        """
        if self._fetching is None and not self._rebalance.moving and self._next:
            self._sought.clear()
            milliseconds = int(seconds * 1000)
            self._fetching = asyncio.create_task(
                self._fetch(self._consumer.getmany(*to_kafka(self._next), timeout_ms=milliseconds, max_records=_BATCH))
            )
        news = asyncio.create_task(self._rebalance.news())
        waiting: set[asyncio.Task[Any]] = {news} if self._fetching is None else {news, self._fetching}
        try:
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()

    @staticmethod
    async def _fetch(fetched: Awaitable[Mapping[Any, Sequence[Any]]]) -> Mapping[Any, Sequence[Any]]:
        return await fetched
