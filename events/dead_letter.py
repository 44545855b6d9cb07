"""Records that could not be processed, kept whole."""

from __future__ import annotations

import base64
from typing import ClassVar

from pydantic import Field

from events.base import Event, Instant


class RecordDeadLettered(Event):
    """A record was set aside, with its original bytes, so that it can be read, mended and requeued."""

    type: ClassVar[str] = "tocsin.record.dead-lettered.v1"
    topic: str
    partition: int = Field(ge=0)
    offset: int = Field(ge=0)
    record_key: str | None = None
    record_value: str | None = None
    """Base64 of the original value."""

    record_headers: tuple[tuple[str, str], ...] = ()
    """Name, and base64 of the original value."""

    service: str
    reason: str
    """`poison` (not a valid event) or `step` (the service failed on it)."""

    error: str
    traceback: str = ""
    at: Instant

    @property
    def key(self) -> str:
        """The topic it was read from."""
        return self.topic

    @property
    def subject(self) -> str:
        """Where it lay."""
        return f"{self.topic}/{self.partition}/{self.offset}"

    def original_value(self) -> bytes | None:
        """The record's value as it was read."""
        return None if self.record_value is None else base64.b64decode(self.record_value)

    def original_headers(self) -> tuple[tuple[str, bytes], ...]:
        """The record's headers as they were read."""
        return tuple((name, base64.b64decode(value)) for name, value in self.record_headers)
