"""How a record becomes a dead letter: whole, with the reason beside it."""

from __future__ import annotations

import base64
import traceback
from datetime import datetime
from typing import Literal

from events.base import Envelope, derived_id
from events.dead_letter import RecordDeadLettered
from services.runtime.bus.port import Message, Outgoing
from services.runtime.errors import Poison
from services.runtime.publish import record_of

_TRACEBACK_CHARACTERS = 4000
_TOO_LARGE = "too large to be kept here, read it at its place while its topic has it"


def dead_letter(
    message: Message, error: Exception, *, service: str, reason: Literal["poison", "step"], at: datetime
) -> Outgoing:
    """
    The record for the dead-letter topic; its id is that of the place it was read from.

    One too large to be written out in Base64 is left where it lies: the letter says where, and has no value.
    """
    event = RecordDeadLettered(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        record_key=message.key,
        record_value=None if message.value is None else _base64(message.value),
        record_headers=tuple((name, _base64(value)) for name, value in message.headers),
        service=service,
        reason=reason,
        error=f"{type(error).__name__}: {error}"[:_TRACEBACK_CHARACTERS],
        traceback="".join(traceback.format_exception(error))[-_TRACEBACK_CHARACTERS:] if reason == "step" else "",
        at=at,
    )
    identity = derived_id(service, event.type, event.subject)
    try:
        return record_of(Envelope(identity, f"/{service}", at, event, correlation_id=identity))
    except Poison:
        bare = {"record_value": None, "record_headers": (), "record_key": None, "error": f"{_TOO_LARGE}; {event.error}"}
        event = event.model_copy(update=bare)
        return record_of(Envelope(identity, f"/{service}", at, event, correlation_id=identity))


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
