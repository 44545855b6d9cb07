"""The bus in memory: for tests and for trying a stage out. Nothing survives the process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from events.topics import Topic
from services.runtime.bus.partitioner import partition_for
from services.runtime.bus.port import Bounds, Message, Outgoing, Partition, Polled
from services.runtime.bus.share import share
from services.runtime.clock import Clock, SystemClock
from services.runtime.errors import Fenced

_BATCH = 500


class MemoryBus:
    """A `Bus` whose log is a list per partition."""

    def __init__(self, partitions: int = 1, clock: Clock | None = None) -> None:
        self._partitions = partitions
        self._clock = clock or SystemClock()
        self._logs: dict[Partition, list[Message]] = {}
        self._groups: dict[str, _Group] = {}
        self._grown = asyncio.Condition()

    async def start(self) -> None:
        """Nothing to connect to."""

    async def close(self) -> None:
        """Nothing to flush."""

    async def log_id(self) -> str:
        """Differs from that of any other bus in memory."""
        return f"memory-{id(self):x}"

    async def declare(self, topics: Sequence[Topic]) -> None:
        """Create those topics that are missing."""
        for topic in topics:
            for number in range(self._partitions):
                self._logs.setdefault(Partition(topic.name, number), [])

    async def bounds(self, topic: str) -> Mapping[Partition, Bounds]:
        """What each partition of a topic holds."""
        found = {at: Bounds(0, len(log)) for at, log in self._logs.items() if at.topic == topic}
        if not found:
            raise KeyError(topic)
        return found

    async def append(self, records: Sequence[Outgoing]) -> None:
        """Write records."""
        async with self._grown:
            self._write(records)
            self._grown.notify_all()

    async def join(self, group: str, topics: Sequence[str]) -> MemoryMember:
        """Become a member of a consumer group."""
        for topic in topics:
            await self.bounds(topic)
        state = self._groups.setdefault(group, _Group(tuple(topics), self._partitions))
        member = MemoryMember(self, state)
        await self.notify()
        return member

    async def read(self, start: Mapping[Partition, int]) -> MemoryReader:
        """A reader from given offsets."""
        for partition in start:
            self.log(partition)
        return MemoryReader(self, start)

    def log(self, partition: Partition) -> list[Message]:
        """The records of one partition."""
        return self._logs[partition]

    async def grown(self, timeout: float) -> None:  # noqa: ASYNC109 (a long poll, not a cancellation)
        """Wait until something was written, `timeout` seconds at most."""
        try:
            async with asyncio.timeout(timeout), self._grown:
                await self._grown.wait()
        except TimeoutError:
            pass

    async def notify(self) -> None:
        """Wake whoever waits: something was written, or a member came or went."""
        async with self._grown:
            self._grown.notify_all()

    async def commit(self, group: _Group, positions: Mapping[Partition, int], records: Sequence[Outgoing]) -> None:
        """Write records and positions as one."""
        async with self._grown:
            self._write(records)
            group.positions.update(positions)
            self._grown.notify_all()

    def _write(self, records: Sequence[Outgoing]) -> None:
        now = int(self._clock.now().timestamp() * 1000)
        placed = [(record, self._place(record)) for record in records]
        # Looked up before anything is written: all or nothing.
        logs = [self._logs[at] for _, at in placed]
        for (record, at), log in zip(placed, logs, strict=True):
            log.append(Message(at.topic, at.number, len(log), record.key, record.value, record.headers, now))

    def _place(self, record: Outgoing) -> Partition:
        number = partition_for(record.key, self._partitions) if record.partition is None else record.partition
        return Partition(record.topic, number)


class _Group:
    def __init__(self, topics: tuple[str, ...], partitions: int) -> None:
        self.topics = topics
        self.partitions = partitions
        self.members: list[str] = []
        self.owner: dict[int, str] = {}
        self.positions: dict[Partition, int] = {}
        self.joined = 0


class MemoryMember:
    """A `Member` of a group in memory."""

    def __init__(self, bus: MemoryBus, group: _Group) -> None:
        self._bus = bus
        self._group = group
        group.joined += 1
        self._name = f"{group.joined:08d}"
        group.members.append(self._name)
        self._next: dict[Partition, int] = {}

    async def poll(self, timeout: float) -> Polled:  # noqa: ASYNC109 (a long poll, not a cancellation)
        """Wait for records or a change of assignment."""
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        while True:
            revoked, assigned = self._rebalance()
            messages = self._fetch()
            left = until - loop.time()
            if revoked or assigned or messages or left <= 0:
                return Polled(revoked, assigned, messages)
            await self._bus.grown(left)

    async def commit(self, number: int, positions: Mapping[Partition, int], records: Sequence[Outgoing]) -> None:
        """Write records and positions as one."""
        if self._group.owner.get(number) != self._name:
            raise Fenced(f"number {number} belongs to {self._group.owner.get(number)}")
        await self._bus.commit(self._group, positions, records)

    async def rewind(self, number: int) -> None:
        """Go back to what was committed."""
        self._seek(number)

    async def leave(self) -> None:
        """Give all numbers back."""
        if self._name not in self._group.members:
            return
        self._group.members.remove(self._name)
        self._group.owner = {n: owner for n, owner in self._group.owner.items() if owner != self._name}
        self._next.clear()
        await self._bus.notify()

    def _rebalance(self) -> tuple[frozenset[int], frozenset[int]]:
        group = self._group
        wanted = share(self._name, group.members, group.partitions)
        held = frozenset(number for number, owner in group.owner.items() if owner == self._name)
        revoked = held - wanted
        for number in revoked:
            del group.owner[number]
            for topic in group.topics:
                del self._next[Partition(topic, number)]
        assigned = frozenset(number for number in wanted - held if number not in group.owner)
        for number in assigned:
            group.owner[number] = self._name
            self._seek(number)
        return revoked, assigned

    def _seek(self, number: int) -> None:
        for topic in self._group.topics:
            partition = Partition(topic, number)
            self._next[partition] = self._group.positions.get(partition, 0)

    def _fetch(self) -> dict[int, Sequence[Message]]:
        found: dict[int, list[Message]] = {}
        for partition, offset in self._next.items():
            batch = self._bus.log(partition)[offset : offset + _BATCH]
            if batch:
                self._next[partition] = offset + len(batch)
                found.setdefault(partition.number, []).extend(batch)
        return dict(found)


class MemoryReader:
    """A `Reader` of a bus in memory."""

    def __init__(self, bus: MemoryBus, start: Mapping[Partition, int]) -> None:
        self._bus = bus
        self._next = dict(start)

    @property
    def positions(self) -> Mapping[Partition, int]:
        """The next offset that will be read."""
        return self._next

    async def poll(self, timeout: float) -> Sequence[Message]:  # noqa: ASYNC109 (a long poll, not a cancellation)
        """Wait for records."""
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        while not (messages := self._fetch()) and (left := until - loop.time()) > 0:
            await self._bus.grown(left)
        return messages

    async def close(self) -> None:
        """Nothing to release."""

    def _fetch(self) -> list[Message]:
        found: list[Message] = []
        for partition, offset in self._next.items():
            batch = self._bus.log(partition)[offset : offset + _BATCH]
            self._next[partition] = offset + len(batch)
            found.extend(batch)
        return found
