"""The embedded log's tables and the SQL on them."""

from __future__ import annotations

import fcntl
import sqlite3
import struct
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from events.codec import Headers
from events.topics import Topic
from services.runtime.bus.partitioner import partition_for
from services.runtime.bus.port import Message, Outgoing, Partition

_VERSION = 1
_TOMBSTONE_MS = 24 * 3600 * 1000
_EXPIRE_ROWS = 2000

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS topics (
  number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL, kept_ms INTEGER);
CREATE TABLE IF NOT EXISTS ends (
  topic INTEGER NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (topic, partition)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records (
  topic INTEGER NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL,
  key TEXT, value BLOB, headers BLOB NOT NULL, written_ms INTEGER NOT NULL, compact_key TEXT,
  PRIMARY KEY (topic, partition, offset)) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS latest ON records (topic, partition, compact_key) WHERE compact_key IS NOT NULL;
CREATE TABLE IF NOT EXISTS positions (
  consumer TEXT NOT NULL, topic INTEGER NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL,
  PRIMARY KEY (consumer, topic, partition)) WITHOUT ROWID;
"""


class Row(NamedTuple):
    """A record on its way into the table, without its offset."""

    topic: int
    partition: int
    key: str
    value: bytes | None
    headers: bytes


def connect(path: Path) -> sqlite3.Connection:
    """
    Open the log, and make it where it is new.

    synchronous=FULL: a commit is on disk when it returns, so what was acknowledged survives a power cut too.

    One process after another: SQLite does not wait for a lock when a new file is switched to WAL.
    """
    with path.with_suffix(".opening").open("ab") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        return _opened(path)


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA cache_size=-32768")
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise sqlite3.DatabaseError(f"the log is of version {version}, this Tocsin knows up to {_VERSION}")
    if version < _VERSION:
        db.execute("BEGIN IMMEDIATE")
        for statement in _TABLES.split(";"):
            db.execute(statement)
        db.execute("INSERT OR IGNORE INTO meta VALUES ('log_id', ?)", (uuid.uuid4().hex,))
        db.execute(f"PRAGMA user_version={_VERSION}")
        db.execute("COMMIT")
    return db


def log_id(db: sqlite3.Connection) -> str:
    """The log's own name."""
    return str(db.execute("SELECT value FROM meta WHERE name = 'log_id'").fetchone()[0])


def data_version(db: sqlite3.Connection) -> int:
    """Changes when another connection has committed."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])


def topics(db: sqlite3.Connection) -> list[tuple[str, int, int]]:
    """Name, number and partition count of each topic."""
    return db.execute("SELECT name, number, partitions FROM topics").fetchall()


def declare(db: sqlite3.Connection, wanted: Sequence[Topic], partitions: int) -> None:
    """Create topics that are missing."""
    for topic in wanted:
        kept = None if topic.kept is None else int(topic.kept.total_seconds() * 1000)
        db.execute(
            "INSERT OR IGNORE INTO topics (name, partitions, kept_ms) VALUES (?, ?, ?)", (topic.name, partitions, kept)
        )


def bounds(db: sqlite3.Connection, topic: int) -> dict[int, tuple[int, int]]:
    """Per partition: first offset held and the next to be written. One that never had a record is (0, 0)."""
    count = db.execute("SELECT partitions FROM topics WHERE number = ?", (topic,)).fetchone()[0]
    held: dict[int, tuple[int, int]] = {}
    for number in range(count):
        end = db.execute("SELECT next FROM ends WHERE topic = ? AND partition = ?", (topic, number)).fetchone()
        start = db.execute(
            "SELECT min(offset) FROM records WHERE topic = ? AND partition = ?", (topic, number)
        ).fetchone()[0]
        last = end[0] if end else 0
        held[number] = (last if start is None else start, last)
    return held


def row(record: Outgoing, topic: int, partitions: int) -> Row:
    """The row for a record."""
    number = partition_for(record.key, partitions) if record.partition is None else record.partition
    return Row(topic, number, record.key, record.value, _pack(record.headers))


def insert(db: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Append rows, each at the end of its partition; in a compacted topic the key's older record goes."""
    now = time.time_ns() // 1_000_000
    ends: dict[tuple[int, int], int] = {}
    compacted: dict[int, bool] = {}
    for topic, partition, key, value, headers in rows:
        at = (topic, partition)
        if at not in ends:
            ends[at] = end(db, topic, partition)
        if topic not in compacted:
            compacted[topic] = _is_compacted(db, topic)
        compact_key = key if compacted[topic] else None
        if compact_key is not None:
            db.execute(
                "DELETE FROM records WHERE topic = ? AND partition = ? AND compact_key = ?",
                (topic, partition, compact_key),
            )
        db.execute(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (topic, partition, ends[at], key, value, headers, now, compact_key),
        )
        ends[at] += 1
    db.executemany(
        "INSERT INTO ends VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET next = excluded.next",
        [(topic, partition, end) for (topic, partition), end in ends.items()],
    )


def select(db: sqlite3.Connection, partition: Partition, topic: int, offset: int, limit: int) -> list[Message]:
    """Up to `limit` records of a partition from `offset` on."""
    rows = db.execute(
        "SELECT offset, key, value, headers, written_ms FROM records"
        " WHERE topic = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?",
        (topic, partition.number, offset, limit),
    )
    return [
        Message(partition.topic, partition.number, at, key, value, _unpack(headers), written)
        for at, key, value, headers, written in rows
    ]


def position(db: sqlite3.Connection, consumer: str, topic: int, partition: int) -> int:
    """The next offset that a group will read."""
    found = db.execute(
        "SELECT next FROM positions WHERE consumer = ? AND topic = ? AND partition = ?", (consumer, topic, partition)
    ).fetchone()
    return int(found[0]) if found else 0


def move(db: sqlite3.Connection, positions: Sequence[tuple[str, int, int, int]]) -> None:
    """Set positions of a group."""
    db.executemany(
        "INSERT INTO positions VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET next = excluded.next", positions
    )


def expire(db: sqlite3.Connection) -> int:
    """Delete some of what is past its keeping, so little that writers hardly wait; returns the number of rows."""
    now = time.time_ns() // 1_000_000
    deleted = 0
    for topic, kept in db.execute("SELECT number, kept_ms FROM topics").fetchall():
        if kept is None:
            condition, before = "compact_key IS NOT NULL AND value IS NULL AND written_ms < ?", now - _TOMBSTONE_MS
        else:
            condition, before = "written_ms < ?", now - kept
        for (partition,) in db.execute("SELECT partition FROM ends WHERE topic = ?", (topic,)).fetchall():
            deleted += db.execute(
                "DELETE FROM records WHERE topic = ?1 AND partition = ?2 AND offset IN (SELECT offset FROM records"  # noqa: S608 (no input in it)
                f" WHERE topic = ?1 AND partition = ?2 AND {condition.replace('?', '?3')} ORDER BY offset LIMIT ?4)",
                (topic, partition, before, _EXPIRE_ROWS),
            ).rowcount
    return deleted


def end(db: sqlite3.Connection, topic: int, partition: int) -> int:
    """The next offset to be written to a partition."""
    found = db.execute("SELECT next FROM ends WHERE topic = ? AND partition = ?", (topic, partition)).fetchone()
    return int(found[0]) if found else 0


def _is_compacted(db: sqlite3.Connection, topic: int) -> bool:
    found = db.execute("SELECT kept_ms IS NULL FROM topics WHERE number = ?", (topic,)).fetchone()
    return bool(found[0])


def _pack(headers: Headers) -> bytes:
    parts: list[bytes] = []
    for name, value in headers:
        encoded = name.encode()
        parts += (struct.pack("<HI", len(encoded), len(value)), encoded, value)
    return b"".join(parts)


def _unpack(packed: bytes) -> Headers:
    return tuple(_headers(packed))


def _headers(packed: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(packed):
        name_length, value_length = struct.unpack_from("<HI", packed, at)
        name_end = at + 6 + name_length
        at_next = name_end + value_length
        yield packed[at + 6 : name_end].decode(), packed[name_end:at_next]
        at = at_next
