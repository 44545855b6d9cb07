from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from eventually import eventually
from faulty_bus import Faults, FaultyBus
from webhook_service import ground, memory, on_log, say

from events.base import Envelope, Event, head
from events.subscription import SigningSecret, Subscription, SubscriptionDeleted, SubscriptionId, SubscriptionSaved
from events.topics import SUBSCRIPTIONS
from services.runtime.bus.port import Bus
from services.runtime.errors import Transient
from services.webhook.adapters.subscribers import Subscribers

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def saved(name: str = "s1", filter: str = "", description: str = "") -> SubscriptionSaved:  # noqa: A002
    """A subscription was saved."""
    return SubscriptionSaved(
        subscription=Subscription(
            id=SubscriptionId(name),
            url="https://example.org/",
            filter=filter,
            description=description,
            secrets=(SigningSecret(value="whsec_x"),),
            created=AT,
            updated=AT,
        )
    )


def written(event: Event) -> Envelope[Event]:
    """An event to be saved."""
    return head(event, source="/webhook", time=AT, identity=event.model_dump_json())


@asynccontextmanager
async def following(bus: Bus) -> AsyncIterator[Subscribers]:
    """Subscribers that keep themselves current."""
    subscribers = Subscribers(ground(bus))
    task = asyncio.create_task(subscribers.view.follow(asyncio.Event()))
    await subscribers.view.loaded.wait()
    try:
        yield subscribers
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_the_latest_state_of_each_subscription_is_seen() -> None:
    """Saved, changed, deleted; and one whose filter cannot be read is there, but gets nothing."""
    bus = await memory()
    await say(bus, saved("s1"), saved("s2"), saved("s3"), saved("s4", "severity:"), saved("s3", "severity:flash"))
    await say(bus, SubscriptionDeleted(subscription_id=SubscriptionId("s2")))
    async with following(bus) as subscribers:
        assert set(subscribers.all) == {"s1", "s3", "s4"}
        assert set(subscribers.orders) == {"s1", "s3"}
        assert subscribers.all[SubscriptionId("s3")].filter == "severity:flash"
        await say(bus, saved("s1", "severity:"))
        await eventually(lambda: set(subscribers.orders) == {"s3"})


async def test_a_change_is_seen_when_it_is_saved() -> None:
    """Reading one's own writes."""
    async with following(await memory()) as subscribers:
        await subscribers.save(written(saved("s1")))
        assert set(subscribers.all) == {"s1"}


async def test_changes_at_once_lose_none_of_each_other() -> None:
    """Each is made to the state that the one before it left; one that makes nothing writes nothing."""
    bus = await memory()
    async with following(bus) as subscribers:
        await subscribers.save(written(saved("s1")))

        def longer(held: Subscription | None) -> Envelope[Event]:
            assert held is not None
            return written(saved("s1", description=held.description + "x"))

        await asyncio.gather(*(subscribers.change(SubscriptionId("s1"), longer) for _ in range(5)))
        assert subscribers.all[SubscriptionId("s1")].description == "xxxxx"
        await subscribers.change(SubscriptionId("s1"), lambda _held: None)
        assert len(on_log(bus, SUBSCRIPTIONS.name)) == 6


async def test_what_was_written_is_no_error_even_if_it_cannot_be_seen_yet() -> None:
    """An error would make the client write again, and lose the secret that it was to be shown."""
    bus = await memory()
    faults = Faults()
    async with following(FaultyBus(bus, faults)) as subscribers:
        faults._turns["bounds"] = deque([Transient("away")])
        await subscribers.save(written(saved("s1")))
        assert len(on_log(bus, SUBSCRIPTIONS.name)) == 1
        faults._turns["append"] = deque([Transient("away")])
        with pytest.raises(Transient):
            await subscribers.save(written(saved("s2")))
        faults._turns["bounds"] = deque([Transient("away")])
        with pytest.raises(Transient):
            await subscribers.caught_up()
        assert await subscribers.caught_up()
