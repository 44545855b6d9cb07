"""How events become records, and how an edge writes them: durably, one call for many."""

from __future__ import annotations

from collections.abc import Iterable

from events.base import Envelope, Event
from events.codec import encode
from events.topics import topic_of
from services.runtime.bus.port import Bus, Outgoing
from services.runtime.bus.size import checked


def record_of(envelope: Envelope[Event]) -> Outgoing:
    """
    The record for an envelope, in the topic that the contract gives its event.

    Raises:
        Poison: it is larger than a log takes.
    """
    encoded = encode(envelope)
    return checked(Outgoing(topic_of(type(envelope.data)).name, encoded.key, encoded.value, encoded.headers))


async def publish(bus: Bus, envelopes: Iterable[Envelope[Event]]) -> None:
    """
    Write envelopes to their topics; returns when they are durable.

    Raises:
        Poison: one is larger than a log takes; none was written.
        Transient: they were not written, or not surely. Their ids are derived, so writing again is safe.
    """
    await bus.append([record_of(envelope) for envelope in envelopes])
