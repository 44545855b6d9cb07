"""
Envelope <-> key, headers and value of a record: CloudEvents 1.0, Kafka protocol binding, binary mode.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

from pydantic import ValidationError

from events.base import Envelope, EnvelopeId, Event
from events.errors import MissingAttribute, Undecodable, UnknownType
from events.topics import EVENTS

Headers = tuple[tuple[str, bytes], ...]

_SPEC_VERSION = ("ce_specversion", b"1.0")
_CONTENT_TYPE = ("content-type", b"application/json")
_SEQUENCE_DIGITS = 19
"""As many as the largest version has: `sequence` is compared as text."""
_BY_TYPE: Mapping[str, type[Event]] = MappingProxyType({event.type: event for event in EVENTS})


class Encoded(NamedTuple):
    """A record's key, value and headers. The value of a tombstone is None."""

    key: str
    value: bytes | None
    headers: Headers


def encode(envelope: Envelope[Event]) -> Encoded:
    """The record for an envelope. The payload is dumped by its own class, so that nothing of it is lost."""
    data = envelope.data
    key, sequence = data.key, data.sequence
    headers = [
        _SPEC_VERSION,
        ("ce_id", envelope.id.encode()),
        ("ce_source", envelope.source.encode()),
        ("ce_type", data.type.encode()),
        ("ce_time", _format_time(envelope.time)),
        ("ce_subject", data.subject.encode()),
        ("ce_correlationid", envelope.correlation_id.encode()),
        _CONTENT_TYPE,
    ]
    if sequence is not None:
        headers.append(("ce_sequence", b"%0*d" % (_SEQUENCE_DIGITS, sequence)))
    if envelope.causation_id is not None:
        headers.append(("ce_causationid", envelope.causation_id.encode()))
    if envelope.traceparent is not None:
        headers.append(("ce_traceparent", envelope.traceparent.encode()))
    value = None if data.is_tombstone else data.__pydantic_serializer__.to_json(data)
    return Encoded(key, value, tuple(headers))


def decode(key: str | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> Envelope[Event]:
    """
    The envelope in a record.

    Raises:
        MissingAttribute: a required header is absent.
        UnknownType: the type is not one of ours.
        Undecodable: the value is not valid for its type, or a header is not valid.
    """
    attributes = dict(headers)
    try:
        event_type = attributes["ce_type"].decode()
        envelope_id = EnvelopeId(attributes["ce_id"].decode())
        source = attributes["ce_source"].decode()
        time = _parse_time(attributes["ce_time"])
    except KeyError as missing:
        raise MissingAttribute(f"{missing.args[0]!r} is not among {sorted(attributes)}") from missing
    except ValueError as error:
        raise Undecodable(f"a header cannot be read: {error}") from error
    event = _BY_TYPE.get(event_type)
    if event is None:
        raise UnknownType(f"{event_type!r}")
    return Envelope(
        id=envelope_id,
        source=source,
        time=time,
        data=_payload(event, key, value),
        correlation_id=EnvelopeId(_text(attributes.get("ce_correlationid")) or envelope_id),
        causation_id=EnvelopeId(causation) if (causation := _text(attributes.get("ce_causationid"))) else None,
        traceparent=_text(attributes.get("ce_traceparent")),
    )


def _payload(event: type[Event], key: str | None, value: bytes | None) -> Event:
    try:
        if value is None:
            if not key:
                raise Undecodable(f"{event.type}: a record without a value must have a key")
            return event.from_tombstone(key)
        return event.__pydantic_validator__.validate_json(value)  # type: ignore[no-any-return]
    except ValidationError as error:
        raise Undecodable(_first_problem(event, error)) from error


def _first_problem(event: type[Event], error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(step) for step in problem["loc"]) or "the document"
    return f"{event.type}: {place}: {problem['msg']}"


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")


def _format_time(moment: datetime) -> bytes:
    return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).isoformat().encode()


def _parse_time(value: bytes) -> datetime:
    moment = datetime.fromisoformat(value.decode())
    if moment.tzinfo is None:
        raise ValueError(f"ce_time {value!r} has no zone")
    return moment
