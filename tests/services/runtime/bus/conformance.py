"""
What every bus promises (services/runtime/bus/port.py), as tests.

A test module of an implementation has a fixture `log` that yields a `Log`, and a subclass of `BusConformance`.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from types import TracebackType
from typing import Self

import pytest

from events.topics import Topic
from services.runtime.bus.partitioner import partition_for
from services.runtime.bus.port import Bounds, Bus, Member, Message, Outgoing, Partition, Polled, Reader
from services.runtime.errors import Fenced

PARTITIONS = 4
SOON = 20.0
"""Seconds; a deadline, not a wait."""

HEADERS = (("ce_id", b"1"), ("twice", b"a"), ("twice", b"\x00\xff"), ("empty", b""))


class Log:
    """A log that outlives the buses that are opened on it, with names that no other test uses."""

    def __init__(self, make: Callable[[], Bus]) -> None:
        """
        Make a log.

        Args:
            make: a bus on this log, with `PARTITIONS` partitions a topic, not yet started.
        """
        self._make = make
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Nothing is open yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what is open."""
        await self._open.aclose()

    async def open(self) -> Bus:
        """A started bus, as another process would have it."""
        bus = self._make()
        await bus.start()
        self._open.push_async_callback(bus.close)
        return bus

    async def reopen(self) -> Bus:
        """Close all buses, and open one."""
        await self._open.aclose()
        return await self.open()

    async def topic(self, bus: Bus, *, compacted: bool = False) -> str:
        """A new topic."""
        name = f"t-{uuid.uuid4().hex}"
        await bus.declare([Topic(name, (), "key", "tests", None if compacted else timedelta(days=1))])
        return name

    async def join(self, bus: Bus, group: str, *topics: str) -> Member:
        """A member that leaves at the end of the test, if it has not before."""
        member = await bus.join(group, topics)
        self._open.push_async_callback(_leave_once(member))
        return member

    async def read(self, bus: Bus, start: Mapping[Partition, int]) -> Reader:
        """A reader that is closed at the end of the test."""
        reader = await bus.read(start)
        self._open.push_async_callback(reader.close)
        return reader


@dataclass
class Seen:
    """A member as a loop sees it: follows what polls report."""

    member: Member
    held: set[int] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)

    async def poll(self, seconds: float = 0.2) -> Polled:
        """One poll, with the promises that hold for each."""
        polled = await self.member.poll(seconds)
        assert polled.revoked <= self.held, "only what is held is revoked"
        self.held -= polled.revoked
        assert not polled.assigned & self.held, "only what is not held is assigned"
        self.held |= polled.assigned
        assert polled.messages.keys() <= self.held, "only what is held brings records"
        for messages in polled.messages.values():
            self.messages.extend(messages)
        return polled

    async def until(self, done: Callable[[], bool]) -> None:
        """Poll until something holds."""
        async with asyncio.timeout(SOON):
            while not done():
                await self.poll()

    async def holding(self, numbers: int) -> Seen:
        """Poll until so many numbers are held."""
        await self.until(lambda: len(self.held) == numbers)
        return self

    @property
    def values(self) -> list[bytes | None]:
        """The values of all records, in the order of their arrival."""
        return [message.value for message in self.messages]


async def everything(log: Log, bus: Bus, topic: str) -> list[Message]:
    """All committed records of a topic."""
    bounds = await bus.bounds(topic)
    reader = await log.read(bus, {at: held.start for at, held in bounds.items()})
    found: list[Message] = []
    async with asyncio.timeout(SOON):
        while any(reader.positions[at] < held.end for at, held in bounds.items()):
            found.extend(await reader.poll(5.0))
    return found


async def eventually(log: Log, bus: Bus, topic: str, count: int) -> list[Message]:
    """The records of a topic once there are so many: a commit may be seen some milliseconds after it returned."""
    async with asyncio.timeout(SOON):
        while len(found := await everything(log, bus, topic)) < count:
            pass
    return found


def to(topic: str, *values: str, key: str = "k", number: int | None = None) -> list[Outgoing]:
    """Records of one key."""
    return [Outgoing(topic, key, value.encode(), (), number) for value in values]


def after(messages: Sequence[Message]) -> dict[Partition, int]:
    """The positions behind records."""
    return {Partition(message.topic, message.partition): message.offset + 1 for message in messages}


class BusConformance:
    """The promises."""

    async def test_a_topic_holds_nothing_at_first(self, log: Log) -> None:
        """The bounds of each partition of a new topic are empty."""
        bus = await log.open()
        topic = await log.topic(bus)
        assert await bus.bounds(topic) == {Partition(topic, n): Bounds(0, 0) for n in range(PARTITIONS)}

    async def test_bounds_grow_with_records(self, log: Log) -> None:
        """The end of a partition is behind its last record."""
        bus = await log.open()
        topic = await log.topic(bus)
        await bus.append(to(topic, "a", "b", "c", number=2))
        bounds = await bus.bounds(topic)
        assert bounds[Partition(topic, 2)] == Bounds(0, 3)
        assert bounds[Partition(topic, 1)] == Bounds(0, 0)

    async def test_the_order_of_a_partition_is_kept(self, log: Log) -> None:
        """Records of a partition come in the order in which they were appended, with rising offsets."""
        bus = await log.open()
        topic = await log.topic(bus)
        for start in range(0, 30, 10):
            await bus.append([Outgoing(topic, f"k{n % 7}", str(n).encode()) for n in range(start, start + 10)])
        found = await eventually(log, bus, topic, 30)
        for number in range(PARTITIONS):
            mine = [message for message in found if message.partition == number]
            assert all(a.offset < b.offset for a, b in pairwise(mine))
            assert all(int(a.value or b"") < int(b.value or b"") for a, b in pairwise(mine))

    async def test_a_key_decides_the_partition(self, log: Log) -> None:
        """Keys go where Kafka's own partitioner puts them."""
        bus = await log.open()
        topic = await log.topic(bus)
        keys = ["", "en", "de", "é", "東京", "a-rather-longer-key", *map(str, range(20))]
        await bus.append([Outgoing(topic, key, b"") for key in keys])
        found = await eventually(log, bus, topic, len(keys))
        assert {m.key: m.partition for m in found} == {key: partition_for(key, PARTITIONS) for key in keys}

    @pytest.mark.parametrize(
        "record",
        [
            Outgoing("", "key", b"value", HEADERS),
            Outgoing("", "ключ/鍵/🗝", b"\x00\x01\xfe\xff", (("ж", "🔔".encode()),)),
            Outgoing("", "tombstone", None),
            Outgoing("", "tombstone-with-headers", None, HEADERS),
            Outgoing("", "", b""),
            Outgoing("", "large", bytes(range(256)) * 2048),
        ],
        ids=["headers", "unicode", "tombstone", "tombstone with headers", "empty", "half a mebibyte"],
    )
    async def test_a_record_comes_back_as_it_was(self, log: Log, record: Outgoing) -> None:
        """Key, value and headers are the same bytes, alone and among others."""
        bus = await log.open()
        topic = await log.topic(bus)
        mine = Outgoing(topic, record.key, record.value, record.headers)
        await bus.append([mine])
        await bus.append([*to(topic, "another", number=3), mine])
        first, second = [m for m in await eventually(log, bus, topic, 3) if m.value != b"another"]
        for found in (first, second):
            assert (found.key, found.value, tuple(found.headers)) == (record.key, record.value, record.headers)
            assert found.timestamp > 1_600_000_000_000

    async def test_an_append_is_all_or_nothing(self, log: Log) -> None:
        """Of records of which one cannot be written, none is."""
        bus = await log.open()
        topic = await log.topic(bus)
        with pytest.raises(KeyError):
            await bus.append([*to(topic, "good"), *to(topic, "bad", number=PARTITIONS)])
        with pytest.raises(KeyError):
            await bus.append([*to(topic, "good"), *to("t-unknown", "bad")])
        assert all(held == Bounds(0, 0) for held in (await bus.bounds(topic)).values())

    async def test_what_was_appended_survives(self, log: Log) -> None:
        """A log that is opened again has the same id, topics and records."""
        bus = await log.open()
        topic = await log.topic(bus)
        name = await bus.log_id()
        await bus.append([Outgoing(topic, f"k{n}", b"v", HEADERS) for n in range(10)])
        before = {(m.partition, m.offset, m.key) for m in await eventually(log, bus, topic, 10)}
        bus = await log.reopen()
        assert await bus.log_id() == name
        assert {(m.partition, m.offset, m.key) for m in await everything(log, bus, topic)} == before

    async def test_declaring_again_changes_nothing(self, log: Log) -> None:
        """A topic that exists keeps its records."""
        bus = await log.open()
        topic = await log.topic(bus)
        await bus.append(to(topic, "a"))
        await bus.declare([Topic(topic, (), "key", "tests", timedelta(days=1))])
        assert len(await everything(log, bus, topic)) == 1

    async def test_an_unknown_topic_is_a_key_error(self, log: Log) -> None:
        """Wherever it is named; so is a partition that a topic does not have."""
        bus = await log.open()
        topic = await log.topic(bus)
        with pytest.raises(KeyError):
            await bus.bounds("t-unknown")
        with pytest.raises(KeyError):
            await bus.append(to("t-unknown", "a"))
        with pytest.raises(KeyError):
            await bus.read({Partition("t-unknown", 0): 0})
        with pytest.raises(KeyError):
            await bus.read({Partition(topic, PARTITIONS): 0})
        with pytest.raises(KeyError):
            await bus.join("g", [topic, "t-unknown"])

    async def test_a_reader_starts_where_it_is_told(self, log: Log) -> None:
        """It reads from the offset given, only the partitions given, and tells the next."""
        bus = await log.open()
        topic = await log.topic(bus)
        await bus.append([*to(topic, "a", "b", "c", "d", number=1), *to(topic, "x", number=2)])
        reader = await log.read(bus, {Partition(topic, 1): 2})
        found: list[Message] = []
        async with asyncio.timeout(SOON):
            while len(found) < 2:
                found.extend(await reader.poll(1.0))
        assert [(m.offset, m.value) for m in found] == [(2, b"c"), (3, b"d")]
        assert reader.positions[Partition(topic, 1)] >= 4
        await bus.append(to(topic, "e", number=1))
        async with asyncio.timeout(SOON):
            while len(found) < 3:
                found.extend(await reader.poll(1.0))
        assert found[-1].value == b"e"

    async def test_a_reader_of_nothing_reads_nothing(self, log: Log) -> None:
        """It has no positions."""
        bus = await log.open()
        reader = await log.read(bus, {})
        assert await reader.poll(0.01) == []
        assert dict(reader.positions) == {}

    async def test_a_waiting_reader_is_woken(self, log: Log) -> None:
        """A poll returns when something is written, long before its timeout."""
        bus, other = await log.open(), await log.open()
        topic = await log.topic(bus)
        reader = await log.read(bus, {Partition(topic, 0): 0})
        waiting = asyncio.create_task(reader.poll(60.0))
        await asyncio.sleep(0.05)
        await other.append(to(topic, "a", number=0))
        async with asyncio.timeout(SOON):
            assert [m.value for m in await waiting] == [b"a"]

    async def test_a_waiting_member_is_woken(self, log: Log) -> None:
        """A poll returns when something is written, long before its timeout."""
        bus, other = await log.open(), await log.open()
        topic = await log.topic(bus)
        seen = await Seen(await log.join(bus, "g-woken", topic)).holding(PARTITIONS)
        waiting = asyncio.create_task(seen.member.poll(60.0))
        await asyncio.sleep(0.05)
        await other.append(to(topic, "a", number=0))
        async with asyncio.timeout(SOON):
            assert [m.value for m in (await waiting).messages[0]] == [b"a"]

    async def test_a_new_group_starts_at_the_oldest_record(self, log: Log) -> None:
        """Whatever was written before it came."""
        bus = await log.open()
        topic = await log.topic(bus)
        await bus.append([Outgoing(topic, f"k{n}", b"v") for n in range(10)])
        seen = Seen(await log.join(bus, f"g-{topic}", topic))
        await seen.until(lambda: len(seen.messages) == 10)
        assert seen.held == set(range(PARTITIONS))

    async def test_a_number_spans_all_topics(self, log: Log) -> None:
        """A group that reads two topics has the same partition of both under one number."""
        bus = await log.open()
        one, two = await log.topic(bus), await log.topic(bus)
        await bus.append([*to(one, "a", number=3), *to(two, "b", number=3)])
        seen = Seen(await log.join(bus, f"g-{one}", one, two))
        await seen.until(lambda: len(seen.messages) == 2)
        assert {(m.topic, m.partition) for m in seen.messages} == {(one, 3), (two, 3)}

    async def test_a_commit_writes_records_and_positions(self, log: Log) -> None:
        """After it the records are there, and the next member of the group goes on behind the positions."""
        bus = await log.open()
        source, target = await log.topic(bus), await log.topic(bus)
        await bus.append(to(source, "a", "b", "c", number=1))
        seen = Seen(await log.join(bus, f"g-{source}", source))
        await seen.until(lambda: len(seen.messages) == 3)
        first, second = seen.messages[:2]
        records = [*to(target, "A", number=1), *to(target, "B", key="other", number=2)]
        await seen.member.commit(1, after([first, second]), records)
        assert sorted(m.value or b"" for m in await eventually(log, bus, target, 2)) == [b"A", b"B"]
        await seen.member.leave()
        again = Seen(await log.join(bus, f"g-{source}", source))
        await again.until(lambda: len(again.messages) == 1)
        assert again.values == [b"c"]

    async def test_positions_survive(self, log: Log) -> None:
        """A group goes on where it was when the log is opened again."""
        bus = await log.open()
        topic = await log.topic(bus)
        await bus.append(to(topic, "a", "b", number=0))
        seen = Seen(await log.join(bus, f"g-{topic}", topic))
        await seen.until(lambda: len(seen.messages) == 2)
        await seen.member.commit(0, after(seen.messages[:1]), [])
        bus = await log.reopen()
        again = Seen(await log.join(bus, f"g-{topic}", topic))
        await again.until(lambda: len(again.messages) == 1)
        assert again.values == [b"b"]

    async def test_a_commit_may_be_of_records_only(self, log: Log) -> None:
        """A tick moves no position."""
        bus = await log.open()
        source, target = await log.topic(bus), await log.topic(bus)
        seen = await Seen(await log.join(bus, f"g-{source}", source)).holding(PARTITIONS)
        for value in ("a", "b"):
            await seen.member.commit(2, {}, to(target, value, number=2))
        assert [m.value for m in await eventually(log, bus, target, 2)] == [b"a", b"b"]

    async def test_a_refused_commit_writes_nothing(self, log: Log) -> None:
        """Neither records nor positions, where one record cannot be written."""
        bus = await log.open()
        topic = await log.topic(bus)
        await bus.append(to(topic, "a", number=0))
        seen = Seen(await log.join(bus, f"g-{topic}", topic))
        await seen.until(lambda: len(seen.messages) == 1)
        bad = [*to(topic, "A", number=1), *to("t-unknown", "B")]
        with pytest.raises(KeyError):
            await seen.member.commit(0, after(seen.messages), bad)
        assert (await bus.bounds(topic))[Partition(topic, 1)].end == 0
        await seen.member.rewind(0)
        await seen.until(lambda: len(seen.messages) == 2)
        assert seen.values == [b"a", b"a"]

    async def test_rewinding_brings_what_was_not_committed(self, log: Log) -> None:
        """All of it, from the last commit on, and nothing of other numbers."""
        bus = await log.open()
        topic = await log.topic(bus)
        await bus.append([*to(topic, "a", "b", "c", number=0), *to(topic, "x", number=1)])
        seen = Seen(await log.join(bus, f"g-{topic}", topic))
        await seen.until(lambda: len(seen.messages) == 4)
        mine = [m for m in seen.messages if m.partition == 0]
        await seen.member.commit(0, after(mine[:1]), [])
        await seen.member.rewind(0)
        seen.messages.clear()
        await seen.until(lambda: len(seen.messages) == 2)
        await seen.poll(0.1)
        assert seen.values == [b"b", b"c"]

    async def test_what_a_gone_member_did_not_commit_comes_to_the_next(self, log: Log) -> None:
        """Leaving loses nothing."""
        bus, other = await log.open(), await log.open()
        topic = await log.topic(bus)
        await bus.append([Outgoing(topic, f"k{n}", b"v") for n in range(20)])
        seen = Seen(await log.join(bus, f"g-{topic}", topic))
        await seen.until(lambda: len(seen.messages) == 20)
        await seen.member.leave()
        again = Seen(await log.join(other, f"g-{topic}", topic))
        await again.until(lambda: len(again.messages) == 20)

    async def test_who_has_left_cannot_commit(self, log: Log) -> None:
        """A number that was given back is fenced, and nothing is written."""
        bus = await log.open()
        topic = await log.topic(bus)
        seen = await Seen(await log.join(bus, f"g-{topic}", topic)).holding(PARTITIONS)
        await seen.member.leave()
        with pytest.raises(Fenced):
            await seen.member.commit(0, {}, to(topic, "zombie", number=0))
        assert await everything(log, bus, topic) == []

    async def test_what_is_revoked_cannot_be_committed(self, log: Log) -> None:
        """A number that moved to another member is fenced for the first."""
        bus, other = await log.open(), await log.open()
        topic = await log.topic(bus)
        one = await Seen(await log.join(bus, f"g-{topic}", topic)).holding(PARTITIONS)
        two = Seen(await log.join(other, f"g-{topic}", topic))
        await _settled(one, two)
        moved = min(two.held)
        with pytest.raises(Fenced):
            await one.member.commit(moved, {}, to(topic, "zombie", number=moved))
        await two.member.commit(moved, {}, to(topic, "owner", number=moved))
        assert [m.value for m in await eventually(log, bus, topic, 1)] == [b"owner"]

    async def test_members_share_and_lose_nothing(self, log: Log) -> None:
        """While one joins and one leaves, each record is copied once, in the order of its partition."""
        bus, other = await log.open(), await log.open()
        source, target = await log.topic(bus), await log.topic(bus)
        writer = asyncio.create_task(_write(bus, source, batches=30, size=10))
        copying = _Copying(target)
        first = copying.start(await log.join(bus, f"g-{source}", source))
        await copying.reached(50)
        second = copying.start(await log.join(other, f"g-{source}", source))
        await copying.both_hold()
        await copying.reached(150)
        await copying.stop(first)
        await writer
        await copying.reached(300)
        await copying.stop(second)
        found = await eventually(log, bus, target, 300)
        assert sorted(int(m.value or b"") for m in found) == list(range(300)), "once each"
        for number in range(PARTITIONS):
            mine = [int(m.value or b"") for m in found if m.partition == number]
            assert mine == sorted(mine)

    async def test_a_read_ends_behind_a_commit(self, log: Log) -> None:
        """A reader reaches the bounds whatever a transaction leaves in the log besides records."""
        bus = await log.open()
        topic = await log.topic(bus)
        seen = await Seen(await log.join(bus, f"g-{topic}", topic)).holding(PARTITIONS)
        for n in range(3):
            await seen.member.commit(0, {}, to(topic, str(n), number=1))
        found = await eventually(log, bus, topic, 3)
        assert [m.value for m in found] == [b"0", b"1", b"2"]
        bounds = await bus.bounds(topic)
        reader = await log.read(bus, {at: held.end for at, held in bounds.items()})
        assert await reader.poll(0.01) == []
        assert all(reader.positions[at] >= held.end for at, held in bounds.items())

    async def test_a_compacted_topic_keeps_the_last_of_each_key(self, log: Log) -> None:
        """Whatever older records are left, folding them gives the last values; a tombstone is seen."""
        bus = await log.open()
        topic = await log.topic(bus, compacted=True)
        for n in range(5):
            await bus.append([Outgoing(topic, key, str(n).encode()) for key in ("a", "b", "c")])
        await bus.append([Outgoing(topic, "b", None)])
        folded = {m.key: m.value for m in await everything(log, bus, topic)}
        assert folded == {"a": b"4", "b": None, "c": b"4"}


class _Copying:
    """Members that copy what they read to a topic, a transaction a batch."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._copied = 0
        self._running: dict[asyncio.Task[None], tuple[Seen, asyncio.Event]] = {}

    def start(self, member: Member) -> asyncio.Task[None]:
        seen, stop = Seen(member), asyncio.Event()
        task = asyncio.create_task(self._run(seen, stop))
        self._running[task] = (seen, stop)
        return task

    async def stop(self, task: asyncio.Task[None]) -> None:
        seen, stop = self._running.pop(task)
        stop.set()
        await task
        await seen.member.leave()

    async def reached(self, count: int) -> None:
        await self._until(lambda: self._copied >= count)

    async def both_hold(self) -> None:
        await self._until(lambda: all(seen.held for seen, _ in self._running.values()))

    async def _until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(SOON):
            while not done():
                for task in self._running:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.01)

    async def _run(self, seen: Seen, stop: asyncio.Event) -> None:
        while not stop.is_set():
            for number, messages in (await seen.poll(0.05)).messages.items():
                copies = [Outgoing(self._target, m.key or "", m.value, (), number) for m in messages]
                try:
                    await seen.member.commit(number, after(messages), copies)
                except Fenced:
                    continue
                self._copied += len(messages)


async def _settled(one: Seen, two: Seen) -> None:
    """Poll both until they share all numbers."""
    async with asyncio.timeout(SOON):
        while not (one.held and two.held and len(one.held | two.held) == PARTITIONS):
            await asyncio.gather(one.poll(), two.poll())
    assert not one.held & two.held


async def _write(bus: Bus, topic: str, batches: int, size: int) -> None:
    for batch in range(batches):
        await bus.append(
            [Outgoing(topic, f"k{n % 13}", str(n).encode()) for n in range(batch * size, (batch + 1) * size)]
        )
        await asyncio.sleep(0.03)


def _leave_once(member: Member) -> Callable[[], object]:
    async def leave() -> None:
        await member.leave()

    return leave
