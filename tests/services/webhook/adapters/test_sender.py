from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from eventually import eventually
from faulty_bus import Faults, FaultyBus
from receiver import Delivery, Reply, receiving
from webhook_service import LOOPBACK, alert, attempts, ground, memory, say

from events.alert import Alert
from events.delivery import DeliveryAttempted, DeliveryPlanned, Outcome
from events.subscription import (
    SigningSecret,
    Subscription,
    SubscriptionDeleted,
    SubscriptionId,
    SubscriptionSaved,
    SubscriptionStatus,
)
from services.runtime.bus.memory import MemoryBus
from services.runtime.clock import Clock, SystemClock, VirtualClock
from services.runtime.errors import Fatal, Transient
from services.webhook.adapters.client import Client
from services.webhook.adapters.sender import Sender
from services.webhook.adapters.subscribers import Subscribers
from services.webhook.core.delivery import Ledger, step
from services.webhook.core.plan import delivery_id
from services.webhook.core.signature import new_secret
from services.webhook.settings import WebhookSettings

pytestmark = pytest.mark.socket

NOW = datetime.now(UTC)
SECRET = SigningSecret(value=new_secret(b"k" * 32))


def saved(name: str, url: str, status: str = "active", description: str = "") -> SubscriptionSaved:
    """A subscription was saved."""
    return SubscriptionSaved(
        subscription=Subscription(
            id=SubscriptionId(name),
            url=url,
            status=SubscriptionStatus(status),
            description=description,
            secrets=(SECRET,),
            created=NOW,
            updated=NOW,
        )
    )


def fold(ledger: Ledger, *events: DeliveryPlanned | DeliveryAttempted) -> Ledger:
    """The ledger with these events in it."""
    for event in events:
        for change in step(ledger, event, NOW).changes:
            ledger.apply(change)
    return ledger


def owed(sub: str, revision: Alert) -> DeliveryPlanned:
    """A delivery that is planned."""
    to = SubscriptionId(sub)
    return DeliveryPlanned(
        delivery_id=delivery_id(to, revision.id, revision.revision),
        subscription_id=to,
        alert=revision,
        planned_at=NOW,
    )


@dataclass
class Bench:
    """A sender with what it stands on; the ledger is folded by the test."""

    bus: MemoryBus
    faults: Faults
    subscribers: Subscribers
    sender: Sender
    ledger: Ledger
    stop: asyncio.Event
    running: asyncio.Task[None]

    def owe(self, *deliveries: DeliveryPlanned) -> None:
        """Plan deliveries and show the sender."""
        fold(self.ledger, *deliveries)
        self.sender.observe(0, self.ledger)

    def outcomes(self) -> list[tuple[str, str]]:
        """Outcome and detail of each attempt on record."""
        return [(event.outcome.value, event.detail) for event in attempts(self.bus)]

    async def looks(self) -> None:
        """Give the sender every occasion to do what it should not."""
        for _ in range(15):
            self.sender._wake.set()
            await asyncio.sleep(0.002)

    def fail(self, call: str, *faults: Exception | None) -> None:
        """The next calls of this kind fail."""
        self.faults._turns[call] = deque(faults)


@asynccontextmanager
async def bench(
    *subscriptions: SubscriptionSaved,
    settings: WebhookSettings = LOOPBACK,
    clock: Clock | None = None,
    drain: float = 0.2,
) -> AsyncIterator[Bench]:
    """A sender at work."""
    bus = await memory()
    await say(bus, *subscriptions)
    faults = Faults()
    base = ground(FaultyBus(bus, faults), clock or SystemClock())
    subscribers = Subscribers(base)
    sender = Sender(base, settings, subscribers, drain=drain)
    stop = asyncio.Event()
    following = asyncio.create_task(subscribers.view.follow(asyncio.Event()))
    await subscribers.view.loaded.wait()
    running = asyncio.create_task(sender.run(stop))
    try:
        yield Bench(bus, faults, subscribers, sender, Ledger(), stop, running)
    finally:
        for task in (running, following):
            task.cancel()
        await asyncio.gather(running, following, return_exceptions=True)


def waiting_for(event: asyncio.Event, status: int = 204) -> Reply:
    """A reply that waits."""

    async def reply(_delivery: Delivery) -> int:
        await event.wait()
        return status

    return reply


async def test_what_is_in_flight_is_not_sent_again() -> None:
    """However often the sender looks before the outcome is folded in; and once it is, the next of the line goes."""
    async with receiving() as receiver, bench(saved("s1", receiver.url)) as at:
        at.owe(owed("s1", alert(1)), owed("s1", alert(2, "revised")))
        (outcome,) = await eventually(lambda: attempts(at.bus))
        await at.looks()
        assert receiver.told == [("a1", 1)]
        fold(at.ledger, outcome)
        at.sender.observe(0, at.ledger)
        await eventually(lambda: len(receiver.told) == 2)
        assert receiver.told == [("a1", 1), ("a1", 2)]
        assert outcome.duration > 0
        assert outcome.status_code == 204


async def test_an_outcome_that_waits_for_its_number_to_come_back_is_not_forgotten() -> None:
    """A commit failed and the ledger is restored to before the outcome: it is known here all the same."""
    released = asyncio.Event()
    async with receiving(waiting_for(released)) as receiver, bench(saved("s1", receiver.url)) as at:
        plan = owed("s1", alert(1))
        at.owe(plan)
        await eventually(lambda: receiver.deliveries)
        at.sender.observe(0, None)
        released.set()
        (outcome,) = await eventually(lambda: attempts(at.bus))
        restored = fold(Ledger(), plan)
        at.sender.observe(0, restored)
        await at.looks()
        assert len(receiver.deliveries) == 1
        at.sender.observe(0, fold(restored, outcome))
        assert at.sender._in_flight == {}


async def test_a_subscription_that_is_deleted_before_its_turn_gets_nothing() -> None:
    """Between the decision and the request: no error, and what is owed is withdrawn."""
    async with receiving() as receiver, bench(saved("s1", receiver.url)) as at:
        at.owe(owed("s1", alert(1)))
        client = Client(LOOPBACK, SystemClock())
        at.sender._begin(client)  # decided, not yet begun
        del at.subscribers._all[SubscriptionId("s1")]
        await say(at.bus, SubscriptionDeleted(subscription_id=SubscriptionId("s1")))
        await eventually(at.outcomes)
        await client.close()
        assert at.outcomes() == [("given_up", "never attempted: the subscription was deleted")]
        assert receiver.deliveries == []
        assert at.sender._requests == {}


async def test_what_another_process_saved_is_read_before_a_delivery_is_withdrawn() -> None:
    """The plan came by one way and the subscription by another: who is behind must not give the delivery up."""
    clock = VirtualClock(NOW)
    async with receiving() as receiver, bench(clock=clock) as at:
        at.fail("reader_poll", Transient("away"))
        await say(at.bus, saved("other", receiver.url))  # its own view stumbles over this, and pauses
        await eventually(lambda: not at.faults._turns["reader_poll"])
        at.owe(owed("other", alert(1)))
        await at.looks()
        assert at.outcomes() == []
        await clock.advance(2)
        await eventually(at.outcomes)
        assert at.outcomes() == [("delivered", "")]
        assert len(receiver.deliveries) == 1


async def test_nothing_is_withdrawn_while_the_log_cannot_say_how_far_it_goes() -> None:
    """Tried again until it can."""
    async with bench(saved("s1", "http://127.0.0.1:1/", "disabled")) as at:
        at.fail("bounds", Transient("away"))
        at.owe(owed("s1", alert(1)))
        await eventually(lambda: at.faults.calls["bounds"] > 1)
        assert at.outcomes() == []
        await eventually(at.outcomes)
        assert at.outcomes() == [("given_up", "never attempted: the subscription is disabled: no reason given")]


@pytest.mark.parametrize(
    ("meanwhile", "left"),
    [
        ((), "disabled"),
        ((saved("s1", "{url}", description="new words"),), "disabled new words"),
        ((saved("s1", "https://moved.example/"),), "active"),
        ((SubscriptionDeleted(subscription_id=SubscriptionId("s1")),), "none"),
    ],
)
async def test_gone_disables_the_subscription_as_it_is_now(meanwhile: Sequence[object], left: str) -> None:
    """Not as it was when the request began: neither is a change undone, nor a deletion, nor a new URL blamed."""
    asked, released = asyncio.Event(), asyncio.Event()

    async def gone(_delivery: Delivery) -> int:
        asked.set()
        await released.wait()
        return 410

    async with receiving(gone) as receiver, bench(saved("s1", receiver.url)) as at:
        at.owe(owed("s1", alert(1)))
        await asked.wait()
        for event in meanwhile:
            if isinstance(event, SubscriptionSaved) and event.subscription.url == "{url}":
                await say(at.bus, saved("s1", receiver.url, description="new words"))
            elif isinstance(event, SubscriptionSaved | SubscriptionDeleted):
                await say(at.bus, event)
        await at.subscribers.caught_up()
        released.set()
        await eventually(at.outcomes)
        assert at.outcomes() == [("given_up", "HTTP 410 Gone: the endpoint wants no more deliveries")]
        held = at.subscribers.all.get(SubscriptionId("s1"))
        assert ("none" if held is None else f"{held.status} {held.description}".strip()) == left


async def test_an_outcome_waits_for_the_log() -> None:
    """It is known, and so the endpoint is not asked again; it is written as soon as the log is back."""
    async with receiving() as receiver, bench(saved("s1", receiver.url)) as at:
        at.fail("append", Transient("away"))
        at.owe(owed("s1", alert(1)))
        await eventually(at.outcomes)
        assert len(receiver.deliveries) == 1
        assert at.faults.calls["append"] == 2


async def test_an_outcome_that_cannot_be_written_does_not_hold_up_the_stop() -> None:
    """It is dropped when the time is up: after the restart the delivery is sent again, with the same id."""
    async with receiving() as receiver, bench(saved("s1", receiver.url)) as at:
        at.fail("append", *[Transient("away")] * 100)
        at.owe(owed("s1", alert(1)))
        await eventually(lambda: at.faults.calls["append"])
        at.stop.set()
        async with asyncio.timeout(2):
            await at.running
        assert at.outcomes() == []


async def test_a_stop_lets_requests_end_and_begins_no_others() -> None:
    """What is under way when the stop is asked for is finished and written down."""
    asked, released = asyncio.Event(), asyncio.Event()

    async def slow(_delivery: Delivery) -> int:
        asked.set()
        await released.wait()
        return 204

    async with receiving(slow) as receiver, bench(saved("s1", receiver.url), drain=5.0) as at:
        at.owe(owed("s1", alert(1)))
        await asked.wait()
        at.stop.set()
        await at.looks()
        at.owe(owed("s1", alert(1, id="a2")))
        await at.looks()
        released.set()
        await at.running
        assert at.outcomes() == [("delivered", "")]
        assert receiver.told == [("a1", 1)]


async def test_a_fault_that_does_not_pass_ends_the_sender() -> None:
    """Going on would send and never record."""
    async with receiving() as receiver, bench(saved("s1", receiver.url)) as at:
        at.fail("append", Fatal("the log is corrupt"))
        at.owe(owed("s1", alert(1)))
        with pytest.raises(Fatal, match="corrupt"):
            await asyncio.wait_for(at.running, 5)


async def test_what_breaks_inside_an_attempt_is_a_failed_attempt() -> None:
    """A subscription that cannot be signed for: no request, an outcome, and the sender goes on."""
    unsigned = saved("s1", "http://127.0.0.1:1/").subscription.model_copy(
        update={"secrets": (SigningSecret(value="none of ours"),)}
    )
    async with bench(SubscriptionSaved(subscription=unsigned)) as at:
        at.owe(owed("s1", alert(1)))
        await eventually(at.outcomes)
        assert at.outcomes() == [("retrying", "the sender failed: InvalidSecret")]
        assert not at.running.done()


async def test_a_private_address_is_given_up_at_once() -> None:
    """No use in trying again."""
    async with bench(saved("s1", "http://10.0.0.1/")) as at:
        at.owe(owed("s1", alert(1)))
        await eventually(at.outcomes)
        (attempt,) = attempts(at.bus)
        assert attempt.outcome is Outcome.GIVEN_UP
        assert "10.0.0.1 is private" in attempt.detail


async def test_one_endpoint_takes_no_more_than_its_share() -> None:
    """Four at once while it answers; one at a time once it failed; and as many as before when it answers again."""
    released = asyncio.Event()
    replies = [waiting_for(released, 500)] * 4
    async with receiving(*replies) as receiver, bench(saved("s1", receiver.url)) as at:
        at.owe(*(owed("s1", alert(1, id=f"a{number}")) for number in range(12)))
        await eventually(lambda: len(receiver.deliveries) == 4)
        await at.looks()
        assert len(receiver.deliveries) == 4
        again = asyncio.Event()
        receiver.replies.clear()
        receiver.replies += [waiting_for(again)]
        receiver.always = waiting_for(again)
        released.set()
        await eventually(lambda: len(receiver.deliveries) == 5)
        await at.looks()
        assert len(receiver.deliveries) == 5
        again.set()
        await eventually(lambda: len(receiver.deliveries) == 12)


async def test_requests_at_once_are_bounded() -> None:
    """Over all endpoints together."""
    released = asyncio.Event()
    few = LOOPBACK.model_copy(update={"concurrency": 3})
    async with (
        receiving(always=waiting_for(released)) as receiver,
        bench(*(saved(f"s{n}", receiver.url) for n in range(6)), settings=few) as at,
    ):
        at.owe(*(owed(f"s{n}", alert()) for n in range(6)))
        await eventually(lambda: len(receiver.deliveries) == 3)
        await at.looks()
        assert len(receiver.deliveries) == 3
        released.set()
        await eventually(lambda: len(receiver.deliveries) == 6)


async def test_no_partition_takes_all_the_places() -> None:
    """With one place, deliveries of two partitions go out in turn."""
    one = LOOPBACK.model_copy(update={"concurrency": 1})
    async with receiving() as receiver, bench(saved("x", receiver.url), saved("y", receiver.url), settings=one) as at:
        other = fold(Ledger(), *(owed("y", alert(1, id=f"y{number}")) for number in range(3)))
        fold(at.ledger, *(owed("x", alert(1, id=f"x{number}")) for number in range(3)))
        at.sender.observe(0, at.ledger)
        at.sender.observe(1, other)
        await eventually(lambda: len(receiver.told) == 6)
        assert {name[0] for name, _ in receiver.told[:3]} == {"x", "y"}


async def test_a_backlog_of_20_000_does_not_hold_the_loop() -> None:
    """A look costs what it starts, not what waits; and who is behind the backlog of another is served."""
    released = asyncio.Event()
    blank = alert()
    plans = [owed("slow", blank.model_copy(update={"id": f"b{n:05d}"})) for n in range(20_000)]
    async with (
        receiving(always=waiting_for(released)) as slow,
        receiving() as quick,
        bench(saved("slow", slow.url), saved("quick", quick.url)) as at,
    ):
        at.stop.set()
        await at.running
        late = owed("quick", alert(1, id="late")).model_copy(update={"planned_at": NOW + timedelta(seconds=1)})
        fold(at.ledger, *plans, late)
        at.sender.observe(0, at.ledger)
        client = Client(LOOPBACK, SystemClock())
        at.sender._wake.clear()
        began = time.thread_time()
        at.sender._begin(client)
        took = time.thread_time() - began
        assert took < 0.05, f"{took} s"
        assert at.sender._wake.is_set()  # the others were hidden behind it: look again at once
        await asyncio.sleep(0.01)
        at.sender._begin(client)
        await eventually(lambda: quick.told == [("late", 1)])
        assert len(slow.deliveries) == 4
        released.set()
        await eventually(lambda: len(attempts(at.bus)) == 5)
        await client.close()
