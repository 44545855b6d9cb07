"""How events become records, and how an edge writes them: durably, one call for many."""

from __future__ import annotations

from collections.abc import Iterable

from events.base import Envelope, Event
from events.codec import encode
from events.topics import topic_of
from services.runtime.bus.port import Bus, Outgoing
from services.runtime.errors import Poison

LARGEST_RECORD_BYTES = 1_000_000
"""Key, value and headers together: what Kafka takes by default, for every bus, so that none is a surprise later."""
_WORTH_COUNTING = LARGEST_RECORD_BYTES // 4


def record_of(envelope: Envelope[Event]) -> Outgoing:
    """
    The record for an envelope, in the topic that the contract gives its event.

    Raises:
        Poison: it is larger than a log takes.
    """
    encoded = encode(envelope)
    return checked(Outgoing(topic_of(type(envelope.data)).name, encoded.key, encoded.value, encoded.headers))


def checked(record: Outgoing) -> Outgoing:
    """
    The record, if a log takes one of its size.

    Raises:
        Poison: it is too large.
    """
    # Whatever stands in key and headers stands in the value too, so only a large value is worth counting.
    if record.value is None or len(record.value) < _WORTH_COUNTING:
        return record
    size = len(record.key.encode()) + len(record.value)
    size += sum(len(name) + len(value) for name, value in record.headers)
    if size > LARGEST_RECORD_BYTES:
        raise Poison(f"{record.key!r} for {record.topic} has {size} bytes; a record may have {LARGEST_RECORD_BYTES}")
    return record


async def publish(bus: Bus, envelopes: Iterable[Envelope[Event]]) -> None:
    """
    Write envelopes to their topics; returns when they are durable.

    Raises:
        Poison: one is larger than a log takes; none was written.
        Transient: they were not written, or not surely. Their ids are derived, so writing again is safe.
    """
    await bus.append([record_of(envelope) for envelope in envelopes])
