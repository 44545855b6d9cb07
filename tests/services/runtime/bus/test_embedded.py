"""The embedded log."""

from __future__ import annotations

import asyncio
import asyncio.subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from conformance import PARTITIONS, SOON, BusConformance, Log, Seen, everything, to

from events.topics import Topic
from services.runtime.bus import embedded_schema as schema
from services.runtime.bus.embedded import EmbeddedBus
from services.runtime.bus.port import Bounds, Outgoing, Partition
from services.runtime.errors import Fatal, Transient


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[Log]:
    """A log in a folder."""
    async with Log(lambda: EmbeddedBus(tmp_path / "log", PARTITIONS)) as log:
        yield log


class TestEmbeddedBus(BusConformance):
    """Keeps the promises of every bus."""


_APPEND = """
import asyncio, sys
from pathlib import Path
from services.runtime.bus.embedded import EmbeddedBus
from services.runtime.bus.port import Outgoing

async def main(folder, topic, count):
    bus = EmbeddedBus(Path(folder), 4)
    await bus.start()
    for n in range(int(count)):
        await bus.append([Outgoing(topic, "k", str(n).encode(), (), 0)])
    print("appended", flush=True)
    await bus.close()

asyncio.run(main(*sys.argv[1:]))
"""

_HOLD = """
import asyncio, sys
from pathlib import Path
from services.runtime.bus.embedded import EmbeddedBus
from services.runtime.bus.port import Outgoing, Partition

async def main(folder, topic):
    bus = EmbeddedBus(Path(folder), 4)
    await bus.start()
    member = await bus.join("g", [topic])
    held = set()
    while len(held) < 4:
        polled = await member.poll(0.1)
        held |= polled.assigned
    await member.commit(0, {Partition(topic, 0): 1}, [Outgoing(topic, "k", b"by the dead", (), 3)])
    print("holding", flush=True)
    await asyncio.Event().wait()

asyncio.run(main(*sys.argv[1:]))
"""


async def _python(script: str, *arguments: object) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, *map(str, arguments), stdout=asyncio.subprocess.PIPE
    )


async def _line(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    async with asyncio.timeout(SOON):
        return await process.stdout.readline()


@pytest.mark.slow
async def test_another_process_wakes_a_reader(log: Log, tmp_path: Path) -> None:
    """What one process appends, a poll that waits in another returns with, long before its timeout."""
    bus = await log.open()
    topic = await log.topic(bus)
    reader = await log.read(bus, {Partition(topic, 0): 0})
    waiting = asyncio.create_task(reader.poll(60.0))
    process = await _python(_APPEND, tmp_path / "log", topic, 1)
    async with asyncio.timeout(SOON):
        assert [m.value for m in await waiting] == [b"0"]
    assert await _line(process) == b"appended\n"
    assert await process.wait() == 0


@pytest.mark.slow
async def test_processes_append_side_by_side(log: Log, tmp_path: Path) -> None:
    """Two processes that open a new log at once and append to it get offsets without gaps."""
    processes = [await _python(_OPEN_AND_APPEND, tmp_path / "log", "t", 50) for _ in range(2)]
    for process in processes:
        assert await _line(process) == b"appended\n"
        assert await process.wait() == 0
    bus = await log.open()
    found = await everything(log, bus, "t")
    assert [m.offset for m in found] == list(range(100))
    assert sorted(int(m.value or b"") for m in found) == sorted([*range(50), *range(50)])


_OPEN_AND_APPEND = _APPEND.replace(
    "    for n in range",
    """    from events.topics import Topic
    from datetime import timedelta
    await bus.declare([Topic(topic, (), "key", "tests", timedelta(days=1))])
    for n in range""",
)


@pytest.mark.slow
async def test_a_killed_process_frees_its_numbers(log: Log, tmp_path: Path) -> None:
    """The kernel drops its locks; what it committed is there, and the next member goes on behind it."""
    bus = await log.open()
    topic = await log.topic(bus)
    await bus.append(to(topic, "a", "b", number=0))
    process = await _python(_HOLD, tmp_path / "log", topic)
    assert await _line(process) == b"holding\n"
    process.kill()
    await process.wait()
    seen = Seen(await log.join(bus, "g", topic))
    await seen.until(lambda: len(seen.messages) == 2)
    assert seen.held == set(range(PARTITIONS))
    assert {(m.partition, m.value) for m in seen.messages} == {(0, b"b"), (3, b"by the dead")}


async def test_reading_passes_over_what_was_deleted(log: Log) -> None:
    """A reader reaches the end of a partition whose last records are past their keeping; a later record is read."""
    bus = await log.open()
    assert isinstance(bus, EmbeddedBus)
    topic = f"t-{uuid.uuid4().hex}"
    await bus.declare([Topic(topic, (), "key", "tests", timedelta(milliseconds=1))])
    at = Partition(topic, 0)
    await bus.append(to(topic, "a", "b", number=0))
    async with asyncio.timeout(SOON):
        while (await bus.bounds(topic))[at] != Bounds(2, 2):
            await bus._writer.submit(schema.expire)
    reader = await log.read(bus, {at: 0})
    assert await reader.poll(0.05) == []
    assert reader.positions == {at: 2}
    await bus.append(to(topic, "c", number=0))
    assert [(m.offset, m.value) for m in await reader.poll(5.0)] == [(2, b"c")]


async def test_a_full_disk_is_transient(log: Log) -> None:
    """An append that does not fit fails whole, and succeeds once there is room."""
    bus = await log.open()
    assert isinstance(bus, EmbeddedBus)
    topic = await log.topic(bus)
    db = bus._writer._db
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages + 10}")
    big = Outgoing(topic, "k", bytes(1_000_000), (), 0)
    with pytest.raises(Transient, match="disk full"):
        await bus.append([*to(topic, "small", number=0), big])
    assert (await bus.bounds(topic))[Partition(topic, 0)] == Bounds(0, 0)
    db.execute(f"PRAGMA max_page_count = {pages + 10_000}")
    await bus.append([*to(topic, "small", number=0), big])
    assert (await bus.bounds(topic))[Partition(topic, 0)] == Bounds(0, 2)


async def test_a_folder_that_cannot_be_used_is_fatal(tmp_path: Path) -> None:
    """With its name, since only a person can put it right."""
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(Fatal, match="file"):
        await EmbeddedBus(tmp_path / "file", 1).start()


async def test_a_group_needs_equal_partition_counts(log: Log, tmp_path: Path) -> None:
    """Partition n of two topics cannot go together where one of them has fewer."""
    bus = await log.open()
    one = await log.topic(bus)
    other = EmbeddedBus(tmp_path / "log", PARTITIONS + 1)
    await other.start()
    two = await log.topic(other)
    with pytest.raises(Fatal, match="partition counts"):
        await other.join("g", [one, two])
    await other.close()


async def test_compaction_keeps_the_last_record_of_a_key(log: Log) -> None:
    """At once: an older record of the key is gone when a newer is written, and offsets go on rising."""
    bus = await log.open()
    topic = await log.topic(bus, compacted=True)
    for value in ("1", "2", "3"):
        await bus.append([*to(topic, value, key="a", number=0), *to(topic, value, key="b", number=0)])
    await bus.append([Outgoing(topic, "b", None, (), 0)])
    assert [(m.offset, m.key, m.value) for m in await everything(log, bus, topic)] == [(4, "a", b"3"), (6, "b", None)]
