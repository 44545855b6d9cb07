from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from aiohttp import web
from eventually import eventually
from faulty_bus import Faults, FaultyBus
from receiver import Delivery, Receiver, receiving
from standardwebhooks import Webhook
from webhook_service import LOOPBACK, alert, attempts, ground, memory, on_log, serving, tell

from events.alert import AlertRevised
from events.delivery import DeliveryAttempted, DeliveryPlanned, Outcome
from events.topics import DELIVERIES, SUBSCRIPTIONS, topic_of
from services.runtime.bus.memory import MemoryBus
from services.runtime.clock import VirtualClock
from services.runtime.errors import Transient
from services.webhook.adapters.subscribers import Subscribers
from services.webhook.app import assemble, delivery_stage, plan_stage
from services.webhook.core.entries import LINE, TOLD
from services.webhook.settings import WebhookSettings

pytestmark = pytest.mark.socket

NOW = datetime.now(UTC)


def ended(bus: MemoryBus) -> list[tuple[int, str]]:
    """Revision and outcome of every attempt on record."""
    return [(event.revision, event.outcome.value) for event in attempts(bus)]


def planned(bus: MemoryBus) -> int:
    """How many deliveries were planned."""
    return sum(isinstance(event, DeliveryPlanned) for event in on_log(bus, DELIVERIES.name))


async def test_the_stages_say_what_they_read_and_write() -> None:
    """By their names the groups and changelogs are found again after an update."""
    plan, delivery = plan_stage(Subscribers(ground(await memory()))), delivery_stage()
    assert (plan.name, plan.reads, plan.writes) == ("webhook-plan", (AlertRevised,), (DeliveryPlanned,))
    assert plan.state.entry is TOLD
    assert (delivery.name, delivery.reads, delivery.writes) == (
        "webhook-delivery",
        (DeliveryPlanned, DeliveryAttempted),
        (),
    )
    assert delivery.state.entry is LINE
    assert delivery.topics == (topic_of(DeliveryAttempted),)


async def test_every_part_is_awaited_before_the_service_is_ready() -> None:
    """Five parts and one router, all of which say that they are starting."""
    base = ground(await memory())
    assembly = assemble(base, WebhookSettings())
    assert len(assembly.routers) == 1
    assert {part.name for part in assembly.parts} == {
        "webhook-subscriptions",
        "webhook-history",
        "webhook-plan",
        "webhook-delivery",
        "webhook-sender",
    }
    assert set(base.health.problems(NOW)) == {
        "subscriptions",
        "deliveries",
        "webhook-plan",
        "webhook-delivery",
        "webhook-sender",
    }


async def test_an_alert_is_delivered_once_to_those_whose_filter_it_matches() -> None:
    """Signed with the secret that the subscriber was shown; and a stop in good order leaves nothing undone."""
    bus = await memory()
    async with receiving() as receiver, receiving() as other, serving(bus) as service:
        made = await service.subscribe(receiver.url, "severity:urgent")
        await service.subscribe(other.url, "severity:flash")
        await tell(bus, alert())
        await eventually(lambda: ended(bus))
        await tell(bus, alert())  # a revision that comes again is no news
        await eventually(lambda: planned(bus) == 2)
        await service.stopped()
        (delivery,) = receiver.deliveries
        assert Webhook(made["secret"]).verify(delivery.body, delivery.headers)["data"]["alert"]["id"] == "a1"
        assert other.deliveries == []
        assert ended(bus) == [(1, "delivered")]
        assert service.health.problems(NOW) == {}


async def test_alerts_wait_for_the_subscriptions_to_be_known() -> None:
    """However long they cannot be read: an alert that was planned before that would reach nobody."""
    bus, clock = await memory(), VirtualClock(NOW)
    async with receiving() as receiver:
        async with serving(bus) as service:
            await service.subscribe(receiver.url)
        await tell(bus, *(alert(1, id=f"a{number}") for number in range(20)))
        away = Faults(reader_poll=[Transient("away")])  # the view of subscriptions is the first to read
        base = ground(FaultyBus(bus, away), clock)
        stop = asyncio.Event()
        running = [asyncio.ensure_future(part.run(stop)) for part in assemble(base, LOOPBACK).parts]
        await eventually(lambda: base.health.problems(NOW).get("subscriptions") == "away")
        await eventually(lambda: "webhook-delivery" not in base.health.problems(NOW))
        assert base.health.problems(NOW)["webhook-plan"] == "starting"
        assert planned(bus) == 0
        await clock.advance(2)
        await eventually(lambda: len(ended(bus)) == 20)
        stop.set()
        await asyncio.gather(*running)
    assert len(receiver.deliveries) == 20


async def test_a_stop_while_the_subscriptions_are_awaited_is_one() -> None:
    """The plan does not wait for them then."""
    stop = asyncio.Event()
    stop.set()
    assembly = assemble(ground(await memory()), LOOPBACK)
    async with asyncio.timeout(2):
        await next(part for part in assembly.parts if part.name == "webhook-plan").run(stop)


async def test_a_receiver_that_was_down_gets_it_when_it_is_up() -> None:
    """The attempt failed is made again when it is due, with the same id, and not before."""
    clock = VirtualClock(NOW)
    bus = await memory()
    receiver = Receiver()
    await receiver.up()
    await receiver.down()
    async with serving(bus, clock=clock) as service:
        await service.subscribe(receiver.url)
        await tell(bus, alert())
        await eventually(lambda: ended(bus) == [(1, "retrying")])
        await receiver.up()
        await clock.advance(3.9)  # 5 s, give or take 20 %
        assert receiver.deliveries == []
        await clock.advance(2.2)
        await eventually(lambda: ended(bus) == [(1, "retrying"), (1, "delivered")])
    first, second = attempts(bus)
    assert (first.attempt, second.attempt) == (1, 2)
    assert [delivery.id for delivery in receiver.deliveries] == [first.delivery_id]
    await receiver.down()


async def test_what_a_receiver_asks_for_by_retry_after_is_kept_to() -> None:
    """Ten minutes, where we would have come again after five seconds."""
    clock = VirtualClock(NOW)
    bus = await memory()
    busy = web.Response(status=429, headers={"retry-after": "600"})
    async with receiving(busy) as receiver, serving(bus, clock=clock) as service:
        await service.subscribe(receiver.url)
        await tell(bus, alert())
        (attempt,) = await eventually(lambda: attempts(bus))
        assert attempt.outcome is Outcome.RETRYING
        assert attempt.due is not None
        assert 600 <= (attempt.due - NOW).total_seconds() < 601
        await clock.advance(60)
        await eventually(lambda: service.health.problems(clock.now()) == {})
        assert len(receiver.deliveries) == 1
        await clock.advance(545)
        await eventually(lambda: len(receiver.deliveries) == 2)


async def test_the_revisions_of_an_alert_arrive_in_order() -> None:
    """While one is under way the next waits, and other alerts do not."""
    released, bus = asyncio.Event(), await memory()

    async def slow(_delivery: Delivery) -> int:
        await released.wait()
        return 204

    async with receiving(slow) as receiver, serving(bus) as service:
        await service.subscribe(receiver.url)
        await tell(bus, alert(1))
        await eventually(lambda: receiver.told == [("a1", 1)])
        await tell(bus, alert(2, "revised"), alert(3, "corrected"), alert(1, id="a2"))
        await eventually(lambda: ("a2", 1) in receiver.told)
        assert receiver.told == [("a1", 1), ("a2", 1)]
        released.set()
        await eventually(lambda: len(receiver.told) == 4)
    assert [told for told in receiver.told if told[0] == "a1"] == [("a1", 1), ("a1", 2), ("a1", 3)]


async def test_a_kill_reaches_whoever_got_the_alert_and_nobody_else() -> None:
    """Whatever its filter says by now; to one that never heard of it, the kill would be the news."""
    bus = await memory()
    async with receiving() as told, receiving() as untold, serving(bus) as service:
        made = await service.subscribe(told.url, "severity:urgent")
        await service.subscribe(untold.url, "severity:flash")
        await tell(bus, alert(1))
        await eventually(lambda: told.deliveries)
        await service.call("PATCH", f"/{made['id']}", {"filter": "severity:flash", "status": "paused"})
        await tell(bus, alert(2, "killed"))
        await eventually(lambda: len(told.deliveries) == 2)
        assert [(delivery.told, delivery.alert["status"]) for delivery in told.deliveries] == [
            (("a1", 1), "raised"),
            (("a1", 2), "killed"),
        ]
        await eventually(lambda: len(ended(bus)) == 2)
        assert untold.deliveries == []


async def test_a_restart_sends_again_what_had_no_outcome_and_nothing_else() -> None:
    """The process is cut off while a delivery is under way: after the restart it comes again, with the same id."""
    bus, asked = await memory(), asyncio.Event()

    async def never(_delivery: Delivery) -> int:
        asked.set()
        await asyncio.Event().wait()
        return 204

    async with receiving() as receiver:
        async with serving(bus) as service:
            await service.subscribe(receiver.url)
            await tell(bus, alert(1))
            await eventually(lambda: ended(bus) == [(1, "delivered")])
            receiver.replies.append(never)
            await tell(bus, alert(2, "revised"))
            await asked.wait()
        async with serving(bus):
            await eventually(lambda: len(ended(bus)) == 2)
            await tell(bus, alert(1, id="a2"))
            await eventually(lambda: len(ended(bus)) == 3)
    assert receiver.told == [("a1", 1), ("a1", 2), ("a1", 2), ("a2", 1)]
    assert len({delivery.id for delivery in receiver.deliveries}) == 3
    assert receiver.deliveries[1].id == receiver.deliveries[2].id


async def test_a_hanging_endpoint_delays_no_other() -> None:
    """Nor do many deliveries that wait for it."""
    bus = await memory()

    async def never(_delivery: Delivery) -> int:
        await asyncio.Event().wait()
        return 204

    async with receiving(always=never) as hanging, receiving() as quick, serving(bus) as service:
        await service.subscribe(hanging.url)
        await service.subscribe(quick.url)
        await tell(bus, *(alert(1, id=f"a{number}") for number in range(50)))
        await eventually(lambda: len(quick.deliveries) == 50)
        assert len(hanging.deliveries) == 4


async def test_an_endpoint_that_is_gone_gets_nothing_more() -> None:
    """410 disables the subscription: what waits for it is withdrawn, and new alerts are not owed to it."""
    bus = await memory()
    async with receiving(410) as receiver, receiving() as other, serving(bus) as service:
        made = await service.subscribe(receiver.url)
        await tell(bus, alert(1))
        await eventually(lambda: ended(bus) == [(1, "given_up")])
        shown = (await service.call("GET", f"/{made['id']}")).json
        assert shown["status"] == "disabled"
        assert "410" in shown["status_reason"]
        await service.subscribe(other.url)
        await tell(bus, alert(1, id="a2"))
        await eventually(lambda: other.told == [("a2", 1)])
        assert len(receiver.deliveries) == 1
    assert len(on_log(bus, SUBSCRIPTIONS.name)) == 3


async def test_what_waits_for_a_deleted_subscription_is_withdrawn() -> None:
    """And says why."""
    clock, bus = VirtualClock(NOW), await memory()
    async with receiving(500) as receiver, serving(bus, clock=clock) as service:
        made = await service.subscribe(receiver.url)
        await tell(bus, alert(1))
        await eventually(lambda: ended(bus) == [(1, "retrying")])
        await service.call("DELETE", f"/{made['id']}")
        await clock.advance(7)
        await eventually(lambda: ended(bus) == [(1, "retrying"), (1, "given_up")])
        assert attempts(bus)[-1].detail == "the subscription was deleted"
        assert len(receiver.deliveries) == 1
