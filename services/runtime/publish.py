"""How an edge writes events: durably, one call for many."""

from __future__ import annotations

from collections.abc import Iterable

from events.base import Envelope, Event
from events.codec import encode
from events.topics import topic_of
from services.runtime.bus.port import Bus, Outgoing


def record_of(envelope: Envelope[Event]) -> Outgoing:
    """The record for an envelope, in the topic that the contract gives its event."""
    encoded = encode(envelope)
    return Outgoing(topic_of(type(envelope.data)).name, encoded.key, encoded.value, encoded.headers)


async def publish(bus: Bus, envelopes: Iterable[Envelope[Event]]) -> None:
    """
    Write envelopes to their topics; returns when they are durable.

    Raises:
        Transient: they were not written, or not surely. Their ids are derived, so writing again is safe.
    """
    await bus.append([record_of(envelope) for envelope in envelopes])
