"""The tables of the embedded log."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.topics import Topic
from services.runtime.bus import embedded_schema as schema
from services.runtime.bus.port import Outgoing, Partition

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A log with a topic of a day (1) and a compacted one (2), of two partitions."""
    db = schema.connect(tmp_path / "log.sqlite3")
    schema.declare(db, [Topic("kept", (), "k", "c", timedelta(days=1)), Topic("state", (), "k", "c", None)], 2)
    yield db
    db.close()


def _insert(db: sqlite3.Connection, topic: int, *records: tuple[str, bytes | None]) -> None:
    schema.insert(db, [schema.row(Outgoing("", key, value, (), 0), topic, 2) for key, value in records])


def _age(db: sqlite3.Connection, offset: int, milliseconds: int) -> None:
    db.execute("UPDATE records SET written_ms = written_ms - ? WHERE offset = ?", (milliseconds, offset))


def _offsets(db: sqlite3.Connection, topic: int) -> list[int]:
    return [message.offset for message in schema.select(db, Partition("", 0), topic, 0, 100)]


def test_topics_are_listed_with_their_counts(db: sqlite3.Connection) -> None:
    """Declaring again leaves them."""
    schema.declare(db, [Topic("kept", (), "k", "c", timedelta(days=7))], 9)
    assert schema.topics(db) == [("kept", 1, 2), ("state", 2, 2)]


def test_what_is_past_its_keeping_goes(db: sqlite3.Connection) -> None:
    """And only that; the end stays where it is, so that offsets are never given twice."""
    _insert(db, 1, ("a", b"1"), ("b", b"2"), ("c", b"3"))
    _age(db, 0, DAY_MS + 1000)
    _age(db, 1, DAY_MS - 60_000)
    assert schema.expire(db) == 1
    assert schema.expire(db) == 0
    assert _offsets(db, 1) == [1, 2]
    assert schema.bounds(db, 1) == {0: (1, 3), 1: (0, 0)}
    _age(db, 1, DAY_MS)
    _age(db, 2, 2 * DAY_MS)
    assert schema.expire(db) == 2
    assert schema.bounds(db, 1)[0] == (3, 3)
    assert schema.end(db, 1, 0) == 3


def test_tombstones_go_after_a_day(db: sqlite3.Connection) -> None:
    """A value of a compacted topic is kept whatever its age."""
    _insert(db, 2, ("a", b"1"), ("b", None), ("c", None))
    _age(db, 0, 900 * DAY_MS)
    _age(db, 1, DAY_MS + 1000)
    assert schema.expire(db) == 1
    assert _offsets(db, 2) == [0, 2]


def test_positions_are_per_group(db: sqlite3.Connection) -> None:
    """Zero until they are set; set again, they move."""
    assert schema.position(db, "g", 1, 0) == 0
    schema.move(db, [("g", 1, 0, 5), ("h", 1, 0, 7)])
    schema.move(db, [("g", 1, 0, 6)])
    assert (schema.position(db, "g", 1, 0), schema.position(db, "h", 1, 0), schema.position(db, "g", 1, 1)) == (6, 7, 0)


def test_a_log_of_a_later_version_is_refused(tmp_path: Path) -> None:
    """Rather than read in a way it was not written."""
    db = schema.connect(tmp_path / "log.sqlite3")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(sqlite3.DatabaseError, match="version 99"):
        schema.connect(tmp_path / "log.sqlite3")


def test_a_commit_is_on_disk(db: sqlite3.Connection) -> None:
    """WAL, and synchronous FULL (2): a power cut loses nothing that was acknowledged."""
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert db.execute("PRAGMA synchronous").fetchone() == (2,)


@given(st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=200)), max_size=8).map(tuple))
def test_headers_are_kept_to_the_byte(headers: tuple[tuple[str, bytes], ...]) -> None:
    """In order, with repeated names and empty values."""
    assert schema._unpack(schema._pack(headers)) == headers
