"""
What a Kafka group decided about one member, kept until the member's loop asks.

aiokafka moves partitions from a background task. Here that task only takes notes, and waits with giving partitions
back until the loop is between two batches.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Generator
from typing import Any

from services.runtime.bus.kafka_client import KafkaError, Listener
from services.runtime.bus.kafka_protocols import Consumer
from services.runtime.errors import Transient


class Rebalance(Listener):  # type: ignore[misc]
    """
    The listener of one consumer.

    A number that the group gives to the same member again, in the very next generation, was never anybody else's: it
    is kept. After any gap in the generations it may have been, so it counts as lost and given anew.
    """

    def __init__(self, consumer: Consumer, patience: float) -> None:
        self._consumer: Any = consumer
        self._patience = patience
        self._idle = asyncio.Event()
        self._news = asyncio.Event()
        self._member: tuple[str, int] = ("", -1)
        self._closing = False
        self.moving = True
        """Whether the group is deciding: what is assigned now is not known."""
        self.numbers: frozenset[int] = frozenset()
        """The partition numbers that are ours."""
        self.lost: set[int] = set()
        """Numbers that were ours before and were somebody else's since, or may have been."""
        self.unplaced = False
        """Whether the consumer has forgotten its positions, which it does in each rebalance."""

    async def on_partitions_revoked(self, revoked: Collection[Any]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] (aiokafka awaits it)
        """Hold the group up until the loop is between batches, or patience ends: commits are fenced then."""
        self.moving = True
        self._news.set()
        if revoked and not self._closing:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._patience):
                    await self._idle.wait()

    def on_partitions_assigned(self, assigned: Collection[Any]) -> None:
        """Note what is ours; nothing is fetched of it until the loop has found the positions."""
        if assigned:
            self._consumer.pause(*assigned)
        coordinator = self._consumer._coordinator  # noqa: SLF001 (the generation is nowhere else)
        name, generation = self._member
        self._member = (coordinator.member_id, coordinator.generation)
        numbers = frozenset(partition.partition for partition in assigned)
        kept = self.numbers & numbers if self._member == (name, generation + 1) else frozenset[int]()
        self.lost |= self.numbers - kept
        self.numbers = numbers
        self.unplaced = True
        self.moving = False
        self._news.set()

    @contextlib.contextmanager
    def between_batches(self) -> Generator[None]:
        """While the loop is in here nothing that it polled is being worked on."""
        # To aiokafka this is the sign of life of a loop that is not stuck.
        with self._consumer._subscription.fetch_context():  # noqa: SLF001
            pass
        self._idle.set()
        try:
            yield
        finally:
            if not self._closing:
                self._idle.clear()

    def release(self) -> None:
        """Hold nothing up any more."""
        self._closing = True
        self._idle.set()

    async def news(self) -> None:
        """Wait until the group begins or ends to decide."""
        await self._news.wait()
        self._news.clear()

    def check(self) -> None:
        """
        See that aiokafka's background still runs; a failure there is silent.

        Raises:
            Transient: the group cannot be joined at present, or `dead` is true now.
        """
        try:
            self._consumer._coordinator.check_errors()  # noqa: SLF001 (else raised by getmany only)
        except KafkaError as error:
            raise Transient(f"the consumer group: {error!r}") from error
        if self.dead:
            raise Transient("aiokafka's consumer has ended its background work")

    @property
    def dead(self) -> bool:
        """Whether the consumer will never deliver again."""
        tasks = (self._consumer._coordinator._coordination_task, self._consumer._fetcher._fetch_task)  # noqa: SLF001
        return any(task.done() for task in tasks)
