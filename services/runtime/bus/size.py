"""How large a record may be: one rule for every bus, so that none is a surprise when the bus is changed."""

from __future__ import annotations

from services.runtime.bus.port import Outgoing
from services.runtime.errors import Poison

LARGEST_RECORD_BYTES = 1_000_000
"""Key, value and headers together: what fits a batch of a Kafka broker with its default limit of 1 MiB."""


def checked(record: Outgoing) -> Outgoing:
    """
    The record, if a log takes one of its size.

    Raises:
        Poison: it is too large.
    """
    size = len(record.key.encode()) + len(record.value or b"")
    size += sum([len(name.encode()) + len(value) for name, value in record.headers])
    if size > LARGEST_RECORD_BYTES:
        raise Poison(f"{record.key!r} for {record.topic} has {size} bytes; a record may have {LARGEST_RECORD_BYTES}")
    return record
