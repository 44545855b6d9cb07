"""
The `Bus` port: partitioned, ordered, durable topics with consumer groups and atomic commits.

What every implementation promises, shown by tests/services/runtime/bus/conformance.py:
- Records of one partition are read in the order of their offsets, each once per reader, by whoever reads.
- `append` returns when the records survive a crash of the process, all of them or none.
- `Member.commit` writes positions and records in one transaction; readers see all of it or nothing.
- Each partition number of a group has one member at a time; one that lost it cannot commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from events.codec import Headers
from events.topics import Topic


class Partition(NamedTuple):
    """One ordered log."""

    topic: str
    number: int


class Outgoing(NamedTuple):
    """A record to be written."""

    topic: str
    key: str
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None
    """Where it must go; None lets the key decide, the same way in every implementation for equal partition counts."""


class Message(NamedTuple):
    """A record that was read."""

    topic: str
    partition: int
    offset: int
    key: str | None
    value: bytes | None
    headers: Headers
    timestamp: int
    """When it was written, milliseconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a partition holds: offsets from `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll brought a member. Apply `revoked`, then `assigned`, then `messages`."""

    revoked: frozenset[int] = frozenset()
    assigned: frozenset[int] = frozenset()
    messages: Mapping[int, Sequence[Message]] = field(default_factory=dict[int, Sequence[Message]])
    """By partition number, over all topics of the group."""


class Member(Protocol):
    """
    One process's part in a consumer group.

    Topics that a group reads together have equal partition counts, and a partition *number* is assigned as a
    whole: whoever has number 3 reads partition 3 of each of them. A number is the member's from the poll that
    reports it assigned to the poll that reports it revoked; between polls nothing is taken away.
    """

    async def poll(self, timeout: float) -> Polled:  # noqa: ASYNC109 (a long poll, not a cancellation)
        """
        Wait up to `timeout` seconds for records or a change of assignment.

        Raises:
            Transient: the log cannot be read at present; nothing was passed over.
        """
        ...

    async def commit(self, number: int, positions: Mapping[Partition, int], records: Sequence[Outgoing]) -> None:
        """
        Write records and the next offsets to read, as one transaction.

        Raises:
            Fenced: the number belongs to another member now.
            Transient: it was not written; `rewind` before going on.
        """
        ...

    async def rewind(self, number: int) -> None:
        """Forget what was polled and not committed: the next poll brings it again."""
        ...

    async def leave(self) -> None:
        """Give all numbers back at once, so that others need not wait."""
        ...


class Reader(Protocol):
    """A reader without a group: sees every record from where it starts."""

    @property
    def positions(self) -> Mapping[Partition, int]:
        """The next offset that will be read, per partition."""
        ...

    async def poll(self, timeout: float) -> Sequence[Message]:  # noqa: ASYNC109 (a long poll, not a cancellation)
        """Wait up to `timeout` seconds for records; some may be there at once."""
        ...

    async def close(self) -> None:
        """Release what it holds."""
        ...


class Bus(Protocol):
    """A durable log of topics."""

    async def start(self) -> None:
        """
        Connect.

        Raises:
            Transient: it cannot be reached; the message says what was tried.
        """
        ...

    async def close(self) -> None:
        """Flush and disconnect."""
        ...

    async def log_id(self) -> str:
        """Identifies this log for ever: offsets of one log mean nothing in another."""
        ...

    async def declare(self, topics: Sequence[Topic]) -> None:
        """
        Create those topics that are missing; what exists is left as it is.

        Raises:
            Transient: it cannot be done at present.
        """
        ...

    async def bounds(self, topic: str) -> Mapping[Partition, Bounds]:
        """
        What each partition of a topic holds at this moment, committed records only.

        Raises:
            KeyError: there is no such topic.
        """
        ...

    async def append(self, records: Sequence[Outgoing]) -> None:
        """
        Write records durably; returns when they are.

        Raises:
            Transient: they were not written, or not surely; writing them again is safe, since ids are derived.
        """
        ...

    async def join(self, group: str, topics: Sequence[str]) -> Member:
        """Become a member of a consumer group; a new group starts at the oldest record."""
        ...

    async def read(self, start: Mapping[Partition, int]) -> Reader:
        """
        A reader from given offsets.

        Raises:
            KeyError: there is no such topic or partition.
        """
        ...
