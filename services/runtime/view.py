"""A view: topics folded into memory, from the start to the end and then along with them. For edges that answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import structlog

from events.base import Envelope, Event
from events.codec import decode
from events.errors import ContractError
from services.runtime.bus.port import Bus, Message, Partition, Reader
from services.runtime.clock import Clock, pause
from services.runtime.errors import Transient
from services.runtime.health import Health

log = structlog.get_logger(__name__)

Fold = Callable[[Message, Envelope[Event]], None]
_POLL_SECONDS = 0.25
_LOADING_POLL_SECONDS = 0.02
"""Short, so that an empty topic is known to be loaded at once."""

_RETRY_SECONDS = 1.0


class View:
    """
    Reads topics without a group, so that each process sees every record.

    `loaded` is set once everything that lay there at the start was folded. A record that cannot be decoded is
    logged and passed over: the stage that reads it for its work sets it aside.
    """

    def __init__(
        self, name: str, bus: Bus, topics: Sequence[str], fold: Fold, *, clock: Clock, health: Health, newest: int = 0
    ) -> None:
        """
        Make a view; `follow` runs it.

        Args:
            name: in logs and health.
            bus: where the topics are.
            topics: to be folded.
            fold: called with each record in the order of its partition; must not wait.
            clock: for health and pauses.
            health: is told of progress and trouble.
            newest: begin so many records before the end of each partition; 0 begins at the oldest.
        """
        self._name = name
        self._bus = bus
        self._topics = topics
        self._fold = fold
        self._clock = clock
        self._health = health
        self._newest = newest
        self._positions: Mapping[Partition, int] = {}
        self._moved = asyncio.Condition()
        self.loaded = asyncio.Event()
        health.expect(name)

    @property
    def positions(self) -> Mapping[Partition, int]:
        """The next offset that will be folded, per partition."""
        return self._positions

    async def follow(self, stop: asyncio.Event) -> None:
        """Fold until `stop` is set."""
        reader: Reader | None = None
        ends: Mapping[Partition, int] = {}
        try:
            while not stop.is_set():
                try:
                    if reader is None:
                        reader, ends = await self._open()
                    await self._turn(reader, ends)
                except Transient as fault:
                    log.warning("will try again", view=self._name, error=str(fault))
                    self._health.trouble(self._name, str(fault))
                    # A reader that failed half-way may have moved past what it did not hand out.
                    await _close(reader)
                    reader = None
                    await pause(self._clock, _RETRY_SECONDS, stop)
        finally:
            await _close(reader)
            self._health.gone(self._name)

    async def reached(self, positions: Mapping[Partition, int]) -> None:
        """Wait until the view has folded everything before `positions`: reading one's own writes."""
        async with self._moved:
            await self._moved.wait_for(lambda: self._at_least(positions))

    async def _open(self) -> tuple[Reader, Mapping[Partition, int]]:
        """Begin where the view left off, or as far back as is asked for."""
        start: dict[Partition, int] = {}
        ends: dict[Partition, int] = {}
        for topic in self._topics:
            for partition, held in (await self._bus.bounds(topic)).items():
                oldest = max(held.start, held.end - self._newest) if self._newest else held.start
                start[partition] = max(held.start, self._positions.get(partition, oldest))
                ends[partition] = held.end
        return await self._bus.read(start), ends

    async def _turn(self, reader: Reader, ends: Mapping[Partition, int]) -> None:
        for message in await reader.poll(_POLL_SECONDS if self.loaded.is_set() else _LOADING_POLL_SECONDS):
            try:
                self._fold(message, decode(message.key, message.value, message.headers))
            except ContractError as error:
                log.warning(
                    "passed over", view=self._name, topic=message.topic, offset=message.offset, error=str(error)
                )
        self._positions = dict(reader.positions)
        if not self.loaded.is_set() and self._at_least(ends):
            self.loaded.set()
        self._health.progress(self._name, self._clock.now())
        async with self._moved:
            self._moved.notify_all()
        await asyncio.sleep(0)  # a poll that finds records may not have waited: let the process' other parts run

    def _at_least(self, positions: Mapping[Partition, int]) -> bool:
        return all(self._positions.get(partition, 0) >= offset for partition, offset in positions.items())


async def _close(reader: Reader | None) -> None:
    if reader is not None:
        with suppress(Transient):
            await reader.close()
