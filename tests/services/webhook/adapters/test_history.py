from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from webhook_service import alert, ground, memory, say

from events.alert import AlertId
from events.base import head
from events.delivery import DeliveryAttempted, DeliveryId, DeliveryPlanned, Outcome
from events.subscription import SubscriptionId
from services.runtime.bus.port import Message
from services.webhook.adapters.history import History

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def attempted(sub: str, number: int) -> DeliveryAttempted:
    """The number-th delivery to a subscription."""
    return DeliveryAttempted(
        delivery_id=DeliveryId(f"{sub}-{number}"),
        subscription_id=SubscriptionId(sub),
        alert_id=AlertId("a1"),
        revision=1,
        attempt=1,
        outcome=Outcome.DELIVERED,
        attempted_at=AT,
        duration=0.1,
    )


async def test_the_latest_attempts_of_each_subscription_are_kept_newest_first() -> None:
    """200 of each, nothing but attempts, and nothing of one that is not known."""
    bus = await memory()
    planned = DeliveryPlanned(
        delivery_id=DeliveryId("s1-0"), subscription_id=SubscriptionId("s1"), alert=alert(), planned_at=AT
    )
    await say(bus, planned, *(attempted("s1", number) for number in range(250)), attempted("s2", 7))
    history = History(ground(bus))
    task = asyncio.create_task(history.view.follow(asyncio.Event()))
    await history.view.loaded.wait()
    assert [held.delivery_id for held in history.of(SubscriptionId("s1"))] == [f"s1-{n}" for n in range(249, 49, -1)]
    assert [held.delivery_id for held in history.of(SubscriptionId("s2"))] == ["s2-7"]
    assert history.of(SubscriptionId("s3")) == []
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_subscriptions_without_news_make_room() -> None:
    """What is kept is bounded also in subscriptions: the one that was quiet longest goes."""
    history = History(ground(await memory()))
    message = Message("tocsin.deliveries", 0, 0, None, None, (), 0)
    for name in ("first", *(f"s{number}" for number in range(4_999)), "first", "last"):
        event = attempted(name, 1)
        history._fold(message, head(event, source="/webhook", time=AT, identity=name))
    assert len(history.of(SubscriptionId("first"))) == 2
    assert history.of(SubscriptionId("s0")) == []
    assert len(history.of(SubscriptionId("s1"))) == len(history.of(SubscriptionId("last"))) == 1
