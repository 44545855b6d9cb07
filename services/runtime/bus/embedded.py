"""
The embedded durable log: one SQLite file in WAL mode, shared by the processes of one machine.

One thread writes. It takes whatever is waiting and commits it as one transaction, so that many small appends cost
one fsync. Offsets are given inside that transaction, so a reader never sees a gap that fills later.
"""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from events.topics import Topic
from services.runtime.bus import embedded_schema as schema
from services.runtime.bus.embedded_lease import Leases
from services.runtime.bus.embedded_writer import Writer
from services.runtime.bus.port import Bounds, Message, Outgoing, Partition, Polled
from services.runtime.errors import Fatal, Fenced, Transient

_BATCH = 500
_WATCH_SECONDS = 0.01
_REBALANCE_SECONDS = 0.25
_MAINTENANCE_SECONDS = 10.0


class EmbeddedBus:
    """A `Bus` in a folder. Needs a local file system: locks on network shares do not hold."""

    def __init__(self, folder: Path, partitions: int = 1) -> None:
        self._folder = folder
        self._partitions = partitions
        self._grown = asyncio.Condition()
        self._closing = False
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Open or create the log."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / "log.sqlite3"
            self._writer = Writer(path, on_commit=self._notify)
            self._reader = schema.connect(path)
        except (OSError, sqlite3.Error) as error:
            raise Fatal(f"cannot open the log in {self._folder}: {error}; check the folder and its rights") from error
        self._topics = {name: (number, count) for name, number, count in schema.topics(self._reader)}
        self._tasks = [asyncio.create_task(self._watch()), asyncio.create_task(self._maintain())]

    async def close(self) -> None:
        """Flush and close."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self._writer.close)
        self._reader.close()

    async def log_id(self) -> str:
        """Made when the log was created."""
        return schema.log_id(self._reader)

    async def declare(self, topics: Sequence[Topic]) -> None:
        """Create those topics that are missing."""
        wanted = [topic for topic in topics if topic.name not in self._topics]
        if wanted:
            await self._writer.submit(lambda db: schema.declare(db, wanted, self._partitions))
            self._topics = {name: (number, count) for name, number, count in schema.topics(self._reader)}

    async def bounds(self, topic: str) -> Mapping[Partition, Bounds]:
        """What each partition of a topic holds."""
        number, count = self._topic(topic)
        with _translated("read"):
            held = schema.bounds(self._reader, number)
        return {Partition(topic, n): Bounds(*held[n]) for n in range(count)}

    async def append(self, records: Sequence[Outgoing]) -> None:
        """Write records durably."""
        rows = [self._row(record) for record in records]
        await self._writer.submit(lambda db: schema.insert(db, rows))

    async def join(self, group: str, topics: Sequence[str]) -> EmbeddedMember:
        """Become a member of a consumer group."""
        counts = {self._topic(topic)[1] for topic in topics}
        if len(counts) != 1:
            raise Fatal(f"group {group} reads topics with different partition counts: {sorted(counts)}")
        leases = Leases(self._folder / "leases" / group, f"{uuid.uuid4().hex}", counts.pop())
        return EmbeddedMember(self, group, tuple(topics), leases)

    async def read(self, start: Mapping[Partition, int]) -> EmbeddedReader:
        """A reader from given offsets."""
        for partition in start:
            if partition.number >= self._topic(partition.topic)[1]:
                raise KeyError(partition)
        return EmbeddedReader(self, start)

    def fetch(self, positions: dict[Partition, int]) -> list[Message]:
        """The next records after `positions`, which are moved on: past what is deleted too, up to the end."""
        found: list[Message] = []
        moved: dict[Partition, int] = {}
        with _translated("read"):
            for partition, offset in positions.items():
                number, _ = self._topic(partition.topic)
                # Asked first: what is written after this answer lies behind it.
                end = schema.end(self._reader, number, partition.number)
                batch = schema.select(self._reader, partition, number, offset, _BATCH)
                seen = batch[-1].offset + 1 if batch else offset
                moved[partition] = seen if len(batch) == _BATCH else max(seen, end)
                found.extend(batch)
        positions.update(moved)  # all or none: what was read before a failure must come again
        return found

    def committed(self, group: str, topics: Sequence[str], number: int) -> dict[Partition, int]:
        """The positions of a group, 0 where it has none."""
        with _translated("read"):
            return {
                Partition(topic, number): schema.position(self._reader, group, self._topic(topic)[0], number)
                for topic in topics
            }

    async def commit(self, group: str, positions: Mapping[Partition, int], records: Sequence[Outgoing]) -> None:
        """Write records and positions as one transaction."""
        rows = [self._row(record) for record in records]
        moved = [(group, self._topic(at.topic)[0], at.number, offset) for at, offset in positions.items()]

        def write(db: sqlite3.Connection) -> None:
            schema.insert(db, rows)
            schema.move(db, moved)

        await self._writer.submit(write)

    async def grown(self, timeout: float) -> None:  # noqa: ASYNC109 (a long poll, not a cancellation)
        """Wait until something was written by any process, `timeout` seconds at most."""
        try:
            async with asyncio.timeout(timeout), self._grown:
                await self._grown.wait()
        except TimeoutError:
            pass

    def _row(self, record: Outgoing) -> schema.Row:
        number, partitions = self._topic(record.topic)
        row = schema.row(record, number, partitions)
        if not 0 <= row.partition < partitions:
            raise KeyError(Partition(record.topic, row.partition))
        return row

    def _topic(self, name: str) -> tuple[int, int]:
        """Number and partition count of a topic."""
        if name not in self._topics:
            self._topics = {name: (number, count) for name, number, count in schema.topics(self._reader)}
        return self._topics[name]

    async def _notify(self) -> None:
        async with self._grown:
            self._grown.notify_all()

    async def _watch(self) -> None:
        """See what other processes write: SQLite counts their commits in `data_version`."""
        seen = schema.data_version(self._reader)
        while not self._closing:
            await asyncio.sleep(_WATCH_SECONDS)
            version = schema.data_version(self._reader)
            if version != seen:
                seen = version
                await self._notify()

    async def _maintain(self) -> None:
        """Drop what is past its keeping."""
        while not self._closing:
            await asyncio.sleep(_MAINTENANCE_SECONDS)
            with suppress(Transient):
                await self._writer.submit(schema.expire)


class EmbeddedMember:
    """A `Member` whose hold on a partition number is a file lock: the kernel drops it with the process."""

    def __init__(self, bus: EmbeddedBus, group: str, topics: tuple[str, ...], leases: Leases) -> None:
        self._bus = bus
        self._group = group
        self._topics = topics
        self._leases = leases
        self._next: dict[Partition, int] = {}
        self._balanced_at = float("-inf")

    async def poll(self, timeout: float) -> Polled:  # noqa: ASYNC109 (a long poll, not a cancellation)
        """Wait for records or a change of assignment."""
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        while True:
            revoked, assigned = self._rebalance(loop.time())
            messages = self._bus.fetch(self._next)
            left = until - loop.time()
            if revoked or assigned or messages or left <= 0:
                return Polled(revoked, assigned, _by_number(messages))
            await self._bus.grown(min(left, _REBALANCE_SECONDS))

    async def commit(self, number: int, positions: Mapping[Partition, int], records: Sequence[Outgoing]) -> None:
        """Write records and positions as one transaction."""
        if number not in self._leases.held:
            raise Fenced(f"number {number} of {self._group} is not held")
        await self._bus.commit(self._group, positions, records)

    async def rewind(self, number: int) -> None:
        """Go back to what was committed."""
        self._next.update(self._bus.committed(self._group, self._topics, number))

    async def leave(self) -> None:
        """Give all numbers back."""
        self._leases.close()
        self._next.clear()

    def _rebalance(self, now: float) -> tuple[frozenset[int], frozenset[int]]:
        if now - self._balanced_at < _REBALANCE_SECONDS:
            return frozenset(), frozenset()
        self._balanced_at = now
        released, acquired = self._leases.balance()
        for number in released:
            for topic in self._topics:
                self._next.pop(Partition(topic, number), None)
        for number in acquired:
            self._next.update(self._bus.committed(self._group, self._topics, number))
        return released, acquired


class EmbeddedReader:
    """A `Reader` of the embedded log."""

    def __init__(self, bus: EmbeddedBus, start: Mapping[Partition, int]) -> None:
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
        before = dict(self._next)
        while not (messages := self._bus.fetch(self._next)) and self._next == before:
            if (left := until - loop.time()) <= 0:
                break
            await self._bus.grown(left)
        return messages

    async def close(self) -> None:
        """Nothing to release."""


def _by_number(messages: Sequence[Message]) -> dict[int, Sequence[Message]]:
    found: dict[int, list[Message]] = {}
    for message in messages:
        found.setdefault(message.partition, []).append(message)
    return dict(found)


class _translated:  # noqa: N801 (reads as a word in a with statement)
    """SQLite's errors in the runtime's words."""

    def __init__(self, doing: str) -> None:
        self._doing = doing

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.OperationalError):
            raise Transient(f"cannot {self._doing} the log: {error}") from error
        if isinstance(error, sqlite3.DatabaseError):
            raise Fatal(f"cannot {self._doing} the log: {error}; restore it from a backup") from error
