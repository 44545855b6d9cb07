"""The one thread that writes to the embedded log, many submissions to a transaction."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from services.runtime.bus import embedded_schema as schema
from services.runtime.errors import Fatal, Transient

T = TypeVar("T")
_MOST_PER_TRANSACTION = 256


@dataclass(frozen=True, slots=True)
class _Job(Generic[T]):
    work: Callable[[sqlite3.Connection], T]
    done: asyncio.Future[T]


class Writer:
    """Runs submitted work inside transactions and tells when it is on disk."""

    def __init__(self, path: Path, on_commit: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._db = schema.connect(path)
        self._on_commit = on_commit
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    async def submit(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """
        Run `work` in a transaction and return its result once that is on disk.

        Raises:
            Transient: it was rolled back; it may be tried again.
            Fatal: the log is damaged.
        """
        done: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(_Job(work, done))
        # The write happens whether or not the caller still waits; a cancelled wait must not cancel the future,
        # or the thread would resolve a dead one.
        return await asyncio.shield(done)

    def close(self) -> None:
        """Write what is waiting, then stop the thread."""
        self._jobs.put(None)
        self._thread.join()
        self._db.close()

    def _run(self) -> None:
        while True:
            jobs = self._take()
            if jobs:
                outcome = self._write(jobs)
                self._loop.call_soon_threadsafe(self._resolve, outcome)
            else:
                return

    def _take(self) -> list[_Job[Any]]:
        first = self._jobs.get()
        if first is None:
            return []
        jobs = [first]
        while len(jobs) < _MOST_PER_TRANSACTION and not self._jobs.empty():
            job = self._jobs.get()
            if job is None:
                self._jobs.put(None)
                break
            jobs.append(job)
        return jobs

    def _write(self, jobs: list[_Job[Any]]) -> list[tuple[asyncio.Future[Any], Any, Exception | None]]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            outcome = [self._one(job) for job in jobs]
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            fault = _fault(error)
            return [(job.done, None, fault) for job in jobs]
        return outcome

    def _one(self, job: _Job[Any]) -> tuple[asyncio.Future[Any], Any, Exception | None]:
        """One job in a savepoint, so that its failure is its own."""
        self._db.execute("SAVEPOINT job")
        try:
            result = job.work(self._db)
        except sqlite3.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, this thread must live on for the others)
            self._db.execute("ROLLBACK TO job")
            return job.done, None, Fatal(f"the log refused a record: {error}")
        finally:
            if self._db.in_transaction:
                self._db.execute("RELEASE job")
        return job.done, result, None

    def _resolve(self, outcome: list[tuple[asyncio.Future[Any], Any, Exception | None]]) -> None:
        for done, result, error in outcome:
            if done.done():
                continue
            if error is None:
                done.set_result(result)
            else:
                done.set_exception(error)
        asyncio.ensure_future(self._on_commit())  # noqa: RUF006 (ends at once; nothing waits for it)


def _fault(error: sqlite3.Error) -> Exception:
    if isinstance(error, sqlite3.OperationalError):
        return Transient(f"the log cannot be written: {error}; is the disk full, or the log locked by another program?")
    return Fatal(f"the log is damaged: {error}; restore it from a backup")
