"""What a group decided, and when the group is held up; aiokafka's consumer is stood in for by its few attributes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import GroupAuthorizationFailedError
from aiokafka.structs import TopicPartition

from services.runtime.bus.kafka_rebalance import Rebalance
from services.runtime.errors import Transient


class _Consumer:
    """What Rebalance touches of a consumer."""

    def __init__(self) -> None:
        self.paused: list[Any] = []
        self.errors: list[Exception] = []
        self.task = asyncio.get_running_loop().create_future()
        self._coordinator = SimpleNamespace(
            member_id="m1", generation=1, _coordination_task=self.task, check_errors=self._check
        )
        self._fetcher = SimpleNamespace(_fetch_task=asyncio.get_running_loop().create_future())
        self._subscription = SimpleNamespace(fetch_context=contextlib.nullcontext)

    def pause(self, *partitions: Any) -> None:
        self.paused.extend(partitions)

    def _check(self) -> None:
        if self.errors:
            raise self.errors.pop()


def _partitions(numbers: Iterable[int]) -> set[TopicPartition]:
    return {TopicPartition(topic, number) for topic in ("a", "b") for number in numbers}


async def _assign(rebalance: Rebalance, consumer: _Consumer, member: str, generation: int, *numbers: int) -> None:
    with rebalance.between_batches():
        await rebalance.on_partitions_revoked(_partitions(rebalance.numbers))
    consumer._coordinator.member_id, consumer._coordinator.generation = member, generation
    rebalance.on_partitions_assigned(_partitions(numbers))


@pytest.mark.parametrize(
    ("member", "generation", "numbers", "lost"),
    [
        ("m1", 2, (0, 1), set()),
        ("m1", 2, (0, 2), {1}),
        ("m1", 3, (0, 1), {0, 1}),
        ("m2", 2, (0, 1), {0, 1}),
        ("m1", 2, (), {0, 1}),
    ],
    ids=["all kept", "one moved", "a generation missed", "expelled and come back", "all moved"],
)
async def test_only_an_unbroken_hold_is_kept(
    member: str, generation: int, numbers: tuple[int, ...], lost: set[int]
) -> None:
    """What may have been somebody else's between two generations is lost, though it came back."""
    consumer = _Consumer()
    rebalance = Rebalance(consumer, 1.0)
    await _assign(rebalance, consumer, "m1", 1, 0, 1)
    assert rebalance.lost == set()
    await _assign(rebalance, consumer, member, generation, *numbers)
    assert rebalance.numbers == set(numbers)
    assert rebalance.lost == lost


async def test_losses_add_up_until_they_are_told() -> None:
    """A number that went and came back between two polls is still lost."""
    consumer = _Consumer()
    rebalance = Rebalance(consumer, 1.0)
    await _assign(rebalance, consumer, "m1", 1, 0, 1)
    await _assign(rebalance, consumer, "m1", 2, 0)
    await _assign(rebalance, consumer, "m1", 3, 0, 1)
    assert rebalance.lost == {1}
    assert rebalance.numbers == {0, 1}


async def test_nothing_is_fetched_before_the_loop_has_placed_it() -> None:
    """Aiokafka would start at once, from positions of its own."""
    consumer = _Consumer()
    rebalance = Rebalance(consumer, 1.0)
    await _assign(rebalance, consumer, "m1", 1, 0)
    assert set(consumer.paused) == _partitions([0])
    assert rebalance.unplaced


async def test_the_group_is_held_up_during_a_batch() -> None:
    """Partitions are given back when the loop comes to poll, not before."""
    consumer = _Consumer()
    rebalance = Rebalance(consumer, 60.0)
    await _assign(rebalance, consumer, "m1", 1, 0)
    revoking = asyncio.create_task(rebalance.on_partitions_revoked(_partitions([0])))
    await rebalance.news()
    await asyncio.sleep(0)
    assert rebalance.moving
    assert not revoking.done()
    with rebalance.between_batches():
        await revoking


async def test_patience_ends() -> None:
    """A loop that never comes does not cost the membership."""
    consumer = _Consumer()
    rebalance = Rebalance(consumer, 0.01)
    await _assign(rebalance, consumer, "m1", 1, 0)
    async with asyncio.timeout(5):
        await rebalance.on_partitions_revoked(_partitions([0]))


async def test_who_leaves_holds_nobody_up() -> None:
    """Nor does one that has nothing."""
    consumer = _Consumer()
    rebalance = Rebalance(consumer, 60.0)
    async with asyncio.timeout(5):
        await rebalance.on_partitions_revoked(set())
        rebalance.release()
        await rebalance.on_partitions_revoked(_partitions([0]))


async def test_a_dead_background_is_noticed() -> None:
    """Aiokafka's own tasks end silently; an error it keeps for the next fetch is told at once."""
    consumer = _Consumer()
    rebalance = Rebalance(consumer, 1.0)
    rebalance.check()
    consumer.errors.append(GroupAuthorizationFailedError("g"))
    with pytest.raises(Transient, match="GroupAuthorizationFailed"):
        rebalance.check()
    assert not rebalance.dead
    consumer.task.set_result(None)
    with pytest.raises(Transient, match="background"):
        rebalance.check()
    assert rebalance.dead
