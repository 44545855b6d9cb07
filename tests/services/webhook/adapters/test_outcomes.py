from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from faulty_bus import Faults, FaultyBus
from webhook_service import attempts, ground, memory

from events.alert import AlertId
from events.base import Envelope, Event
from events.codec import decode
from events.delivery import DeliveryAttempted, DeliveryId, Outcome
from events.subscription import SubscriptionId
from events.topics import DELIVERIES
from services.runtime.bus.memory import MemoryBus
from services.runtime.bus.port import Partition
from services.runtime.clock import VirtualClock
from services.runtime.errors import Transient
from services.webhook.adapters.outcomes import Outcomes
from services.webhook.adapters.subscribers import Subscribers

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def attempted(outcome: Outcome, attempt: int = 1) -> DeliveryAttempted:
    """How an attempt of d1 ended."""
    return DeliveryAttempted(
        delivery_id=DeliveryId("d1"),
        subscription_id=SubscriptionId("s1"),
        alert_id=AlertId("a1"),
        revision=1,
        attempt=attempt,
        outcome=outcome,
        attempted_at=AT,
        duration=0.1,
    )


def envelopes(bus: MemoryBus) -> list[Envelope[Event]]:
    """What lies on the ledger's topic."""
    return [decode(at.key, at.value, at.headers) for at in bus.log(Partition(DELIVERIES.name, 0))]


async def test_an_outcome_is_written_as_soon_as_the_log_takes_it() -> None:
    """Tried again every half second, and written once."""
    bus, clock = await memory(), VirtualClock(AT)
    faults = Faults(append=[Transient("away"), Transient("away")])
    base = ground(FaultyBus(bus, faults), clock)
    outcomes = Outcomes(base, Subscribers(base))
    writing = asyncio.create_task(outcomes.write([attempted(Outcome.DELIVERED)]))
    for call in (1, 2):
        await asyncio.sleep(0.01)
        assert faults.calls["append"] == call
        assert not writing.done()
        await clock.advance(0.5)
    await writing
    assert attempts(bus) == [attempted(Outcome.DELIVERED)]


async def test_equal_outcomes_have_equal_ids() -> None:
    """So that one which was written twice is recognised; another attempt or another end is another record."""
    bus = await memory()
    base = ground(bus)
    outcomes = Outcomes(base, Subscribers(base))
    await outcomes.write([])
    await outcomes.write([attempted(Outcome.RETRYING), attempted(Outcome.RETRYING, 2), attempted(Outcome.GIVEN_UP)])
    await outcomes.write([attempted(Outcome.RETRYING)])
    first, second, third, again = (envelope.id for envelope in envelopes(bus))
    assert first == again
    assert len({first, second, third}) == 3
