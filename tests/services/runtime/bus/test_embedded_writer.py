"""The one thread that writes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.runtime.bus.embedded_writer import Writer
from services.runtime.errors import Fatal, Transient


class _Counted:
    """A writer, and how often it said that something was committed."""

    def __init__(self, path: Path) -> None:
        self.commits = 0
        self.writer = Writer(path, self._count)

    async def _count(self) -> None:
        self.commits += 1


@pytest.fixture
async def counted(tmp_path: Path) -> AsyncIterator[_Counted]:
    """On a log with a table `t` of unique numbers."""
    counted = _Counted(tmp_path / "log.sqlite3")
    await counted.writer.submit(lambda db: db.execute("CREATE TABLE t (n INTEGER UNIQUE)"))
    yield counted
    await asyncio.to_thread(counted.writer.close)


def _put(number: int) -> object:
    return lambda db: db.execute("INSERT INTO t VALUES (?)", (number,)).lastrowid


def _all(db: sqlite3.Connection) -> list[int]:
    return [n for (n,) in db.execute("SELECT n FROM t ORDER BY n")]


async def test_what_waits_together_is_committed_together(counted: _Counted) -> None:
    """Many submissions cost few transactions, and each gets its own result."""
    before = counted.commits
    results = await asyncio.gather(*(counted.writer.submit(_put(n)) for n in range(100)))
    assert results == list(range(1, 101))
    assert counted.commits - before < 20


@pytest.mark.parametrize("wrong", [sqlite3.IntegrityError("again"), ValueError("odd"), TypeError("odder")])
async def test_a_failure_is_its_own(counted: _Counted, wrong: Exception) -> None:
    """Whatever one submission fails with, its neighbours are written, what it wrote is not, and the thread lives on."""

    def fail(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO t VALUES (99)")
        raise wrong

    one, bad, two = await asyncio.gather(
        counted.writer.submit(_put(1)), counted.writer.submit(fail), counted.writer.submit(_put(2)),
        return_exceptions=True,
    )  # fmt: skip
    assert isinstance(bad, Fatal)
    assert not isinstance(one, BaseException)
    assert not isinstance(two, BaseException)
    assert await counted.writer.submit(_all) == [1, 2]


async def test_a_locked_log_is_transient(counted: _Counted, tmp_path: Path) -> None:
    """Another program's lock passes; the submission may be tried again."""
    other = sqlite3.connect(tmp_path / "log.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    counted.writer._db.execute("PRAGMA busy_timeout = 1")
    with pytest.raises(Transient, match="locked"):
        await counted.writer.submit(_put(1))
    other.execute("COMMIT")
    other.close()
    await counted.writer.submit(_put(1))
    assert await counted.writer.submit(_all) == [1]


async def test_a_caller_that_gives_up_stops_nothing(counted: _Counted) -> None:
    """Its work is done all the same."""
    waiting = asyncio.create_task(counted.writer.submit(_put(1)))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await counted.writer.submit(_all) == [1]
