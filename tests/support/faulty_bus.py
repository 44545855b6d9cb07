"""A bus between a service and another bus that fails where it is told to."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence

from events.topics import Topic
from services.runtime.bus.port import Bounds, Bus, Member, Message, Outgoing, Partition, Polled, Reader


class Faults:
    """What goes wrong: for each kind of call, its failures in turn; None and the time after them go well."""

    def __init__(
        self, *, watch: Callable[[str], None] = lambda _call: None, **turns: Sequence[Exception | None]
    ) -> None:
        self._watch = watch
        self._turns = {call: deque(turn) for call, turn in turns.items()}
        self.calls: dict[str, int] = defaultdict(int)

    def meet(self, call: str) -> None:
        """Count a call, and fail if it is its turn to."""
        self.calls[call] += 1
        self._watch(call)
        turn = self._turns.get(call)
        if turn and (fault := turn.popleft()) is not None:
            raise fault


class FaultyBus:
    """A `Bus` over another."""

    def __init__(self, bus: Bus, faults: Faults) -> None:
        self._bus = bus
        self._faults = faults

    async def start(self) -> None:
        """Connect."""
        await self._bus.start()

    async def close(self) -> None:
        """Disconnect."""
        await self._bus.close()

    async def log_id(self) -> str:
        """That of the other."""
        return await self._bus.log_id()

    async def declare(self, topics: Sequence[Topic]) -> None:
        """Create topics. Fails as `declare`."""
        self._faults.meet("declare")
        await self._bus.declare(topics)

    async def bounds(self, topic: str) -> Mapping[Partition, Bounds]:
        """Fails as `bounds`."""
        self._faults.meet("bounds")
        return await self._bus.bounds(topic)

    async def append(self, records: Sequence[Outgoing]) -> None:
        """Fails as `append`, with nothing written."""
        self._faults.meet("append")
        await self._bus.append(records)

    async def join(self, group: str, topics: Sequence[str]) -> FaultyMember:
        """Fails as `join`."""
        self._faults.meet("join")
        return FaultyMember(await self._bus.join(group, topics), self._faults)

    async def read(self, start: Mapping[Partition, int]) -> FaultyReader:
        """Fails as `read`."""
        self._faults.meet("read")
        return FaultyReader(await self._bus.read(start), self._faults)


class FaultyMember:
    """A `Member` over another."""

    def __init__(self, member: Member, faults: Faults) -> None:
        self._member = member
        self._faults = faults

    async def poll(self, timeout: float) -> Polled:  # noqa: ASYNC109 (a long poll, not a cancellation)
        """Fails as `poll`, with nothing moved."""
        self._faults.meet("poll")
        return await self._member.poll(timeout)

    async def commit(self, number: int, positions: Mapping[Partition, int], records: Sequence[Outgoing]) -> None:
        """Fails as `commit` with nothing written, and as `committed` once all is."""
        self._faults.meet("commit")
        await self._member.commit(number, positions, records)
        self._faults.meet("committed")

    async def rewind(self, number: int) -> None:
        """Fails as `rewind`."""
        self._faults.meet("rewind")
        await self._member.rewind(number)

    async def leave(self) -> None:
        """Leaves, and then fails as `leave`."""
        await self._member.leave()
        self._faults.meet("leave")


class FaultyReader:
    """A `Reader` over another."""

    def __init__(self, reader: Reader, faults: Faults) -> None:
        self._reader = reader
        self._faults = faults

    @property
    def positions(self) -> Mapping[Partition, int]:
        """The next offset that will be read."""
        return self._reader.positions

    async def poll(self, timeout: float) -> Sequence[Message]:  # noqa: ASYNC109 (a long poll, not a cancellation)
        """Fails as `reader_poll`: the reader has moved then, and what it moved past is lost with it."""
        messages = await self._reader.poll(timeout)
        self._faults.meet("reader_poll")
        return messages

    async def close(self) -> None:
        """Fails as `reader_close`."""
        await self._reader.close()
        self._faults.meet("reader_close")
