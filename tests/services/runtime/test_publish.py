from __future__ import annotations

import pytest
from faulty_bus import Faults, FaultyBus
from tally import ids, story, written

from events.codec import encode
from events.topics import TOPICS
from services.runtime.bus.memory import MemoryBus
from services.runtime.bus.port import Outgoing
from services.runtime.bus.size import LARGEST_RECORD_BYTES
from services.runtime.errors import Poison, Transient
from services.runtime.publish import publish, record_of


def test_a_record_goes_to_the_topic_of_its_event() -> None:
    """Key, value and headers are the codec's; the key decides the partition."""
    envelope = story(1)
    encoded = encode(envelope)
    assert record_of(envelope) == Outgoing("tocsin.stories", "en", encoded.value, encoded.headers)


async def test_published_is_written_and_a_second_time_has_the_same_ids() -> None:
    """So that an edge may write again what it is not sure of."""
    bus = MemoryBus()
    await bus.declare(TOPICS)
    faulty = FaultyBus(bus, Faults(append=[Transient("away")]))
    with pytest.raises(Transient):
        await publish(faulty, [story(1)])
    assert written(bus, "tocsin.stories") == []
    await publish(faulty, [story(1), story(2)])
    await publish(faulty, [story(1)])
    first, _, again = ids(written(bus, "tocsin.stories"))
    assert first == again


async def test_of_many_records_one_too_large_refuses_all() -> None:
    """None is written, so the sender knows what to send again."""
    bus = MemoryBus()
    await bus.declare(TOPICS)
    with pytest.raises(Poison, match="a record may have 1000000"):
        await publish(bus, [story(1), story(2, headline="x" * LARGEST_RECORD_BYTES)])
    assert written(bus, "tocsin.stories") == []
