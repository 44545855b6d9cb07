"""The one loop that every stage runs in: poll, decode, step, commit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

import structlog

from services.runtime import metrics
from services.runtime.batch import Batch, Lane
from services.runtime.bus.port import Bus, Member, Message, Polled
from services.runtime.clock import Clock, pause
from services.runtime.errors import Fenced, Transient
from services.runtime.health import Health
from services.runtime.stage import E, S, Stage
from services.runtime.state import restored

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How the loop waits, in seconds."""

    poll: float = 0.25
    """Longest wait for records; also how soon a stop is noticed."""

    commit: float = 0.25
    """Longest time to step through records before what was decided is committed."""

    turn: float = 0.01
    """Longest time to step without letting the rest of the process have its turn."""

    retry_first: float = 0.1
    retry_most: float = 5.0


class StageRunner(Generic[S, E]):
    """Runs a stage as one member of its consumer group."""

    def __init__(
        self,
        stage: Stage[S, E],
        bus: Bus,
        clock: Clock,
        health: Health,
        *,
        pace: Pace = Pace(),
        observe: Callable[[int, S | None], None] | None = None,
    ) -> None:
        """
        Make a runner; `run` starts it.

        Args:
            stage: what to run.
            bus: where it reads and writes.
            clock: stamps and ticks.
            health: is told of progress and trouble.
            pace: how long to wait for what.
            observe: told the state of a partition number after each commit, and None when the number is gone.
        """
        self._stage = stage
        self._bus = bus
        self._clock = clock
        self._health = health
        self._pace = pace
        self._observe = observe
        self._owned: frozenset[int] = frozenset()
        self._lanes: dict[int, Lane[S, E]] = {}
        self._ticked_at: datetime | None = None
        self._retry = pace.retry_first
        health.expect(stage.name)

    async def run(self, stop: asyncio.Event) -> None:
        """
        Work until `stop` is set; then finish the batch in hand, commit it and leave the group.

        Raises:
            Fatal: going on would lose or corrupt something.
        """
        member: Member | None = None
        try:
            while not stop.is_set():
                try:
                    member = member or await self._join()
                    await self._turn(member)
                except Transient as fault:
                    await self._pause(fault, stop)
        finally:
            for number in list(self._lanes):
                self._drop(number)
            if member is not None:
                with suppress(Transient):  # what holds the numbers will miss us by itself
                    await member.leave()
            self._health.gone(self._stage.name)

    async def _join(self) -> Member:
        if self._stage.changelog is not None:
            await self._bus.declare([self._stage.changelog])
        return await self._bus.join(self._stage.name, [topic.name for topic in self._stage.topics])

    async def _turn(self, member: Member) -> None:
        polled = await member.poll(self._pace.poll)
        self._reassign(polled)
        numbers = polled.messages.keys() | (self._owned - self._lanes.keys())
        await _all(self._work(member, number, polled.messages.get(number, ())) for number in sorted(numbers))
        for number, lane in self._lanes.items():
            lane.polled(brought=number in polled.messages)
        await self._tick(member)
        self._retry = self._pace.retry_first
        self._health.progress(self._stage.name, self._clock.now(), self._stuck())

    def _reassign(self, polled: Polled) -> None:
        if not (polled.revoked or polled.assigned):
            return
        for number in polled.revoked | polled.assigned:
            self._drop(number)
        self._owned = (self._owned - polled.revoked) | polled.assigned
        metrics.OWNED.labels(self._stage.name).set(len(self._owned))
        log.info("assigned", stage=self._stage.name, partitions=sorted(self._owned))

    async def _work(self, member: Member, number: int, messages: Sequence[Message]) -> None:
        lane = self._lanes.get(number)
        if lane is None:
            await self._restore(member, number)
            return
        rest: Sequence[Message] = messages
        while rest:
            batch, rest = await self._take(lane, rest)
            await self._commit(member, lane, batch)
        newest = messages[-1].timestamp / 1000
        metrics.LAG.labels(self._stage.name, str(number)).set(max(0.0, self._clock.now().timestamp() - newest))

    async def _take(self, lane: Lane[S, E], messages: Sequence[Message]) -> tuple[Batch, Sequence[Message]]:
        """
        Step through records as long as one commit should wait, and give what is left.

        A slow step lets the rest of the process have its turn every few milliseconds.
        """
        batch = Batch()
        began = turned = time.perf_counter()
        for message in messages:
            lane.take(message, self._clock.now(), batch)
            now = time.perf_counter()
            if now - began > self._pace.commit:
                break
            if now - turned > self._pace.turn:
                await asyncio.sleep(0)
                turned = time.perf_counter()
        metrics.STEP.labels(self._stage.name).observe(time.perf_counter() - began)
        return lane.close(batch), messages[batch.taken :]

    async def _restore(self, member: Member, number: int) -> None:
        """Take up a number where it was committed; what was polled of it before comes again."""
        state = await restored(self._stage, self._bus, number)
        await member.rewind(number)
        self._lanes[number] = Lane(self._stage, number, state)
        self._tell(number)

    async def _commit(self, member: Member, lane: Lane[S, E], batch: Batch) -> None:
        """Commit, or throw away the state that ran ahead and take the number up again from the last commit."""
        if batch.empty:
            return
        try:
            with metrics.COMMIT.labels(self._stage.name).time():
                await member.commit(lane.number, batch.positions, batch.records)
        except Fenced:
            self._drop(lane.number)
            raise
        except Transient:
            metrics.RETRIES.labels(self._stage.name).inc()
            self._drop(lane.number)
            await member.rewind(lane.number)
            raise
        if batch.oldest is not None:
            metrics.LATENCY.labels(self._stage.name).observe(
                max(0.0, (self._clock.now() - batch.oldest).total_seconds())
            )
        self._tell(lane.number)

    async def _tick(self, member: Member) -> None:
        """Tell each lane how late it is."""
        every, now = self._stage.tick_seconds, self._clock.now()
        if every is None or (self._ticked_at is not None and (now - self._ticked_at).total_seconds() < every):
            return
        self._ticked_at = now
        for lane in list(self._lanes.values()):
            moment = lane.reached(now)
            if moment is not None:
                await self._commit(member, lane, lane.tick(moment))

    async def _pause(self, fault: Transient, stop: asyncio.Event) -> None:
        log.warning("will try again", stage=self._stage.name, error=str(fault), seconds=self._retry)
        self._health.trouble(self._stage.name, str(fault))
        await pause(self._clock, self._retry, stop)
        self._retry = min(self._retry * 2, self._pace.retry_most)

    def _stuck(self) -> str | None:
        return next((lane.trouble for lane in self._lanes.values() if lane.trouble is not None), None)

    def _drop(self, number: int) -> None:
        if self._lanes.pop(number, None) is not None and self._observe is not None:
            self._observe(number, None)

    def _tell(self, number: int) -> None:
        if self._observe is not None:
            self._observe(number, self._lanes[number].state)


async def _all(works: Iterable[Awaitable[None]]) -> None:
    """
    Wait for all of them, whatever fails; then raise the gravest failure.

    A number whose lane failed for good must not go on because another number's log was away at that moment.
    """
    results = await asyncio.gather(*works, return_exceptions=True)
    failures = [result for result in results if isinstance(result, BaseException)]
    if failures:
        raise min(failures, key=lambda failure: isinstance(failure, Transient))
