"""The event and its envelope: what every record on every topic has in common."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, ClassVar, Generic, NewType, Protocol, Self, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

from events import trace as trace_context
from events.errors import Undecodable

EnvelopeId = NewType("EnvelopeId", str)
"""Identifies one record; equal for a record and for its repetition under replay."""

_NAMESPACE = uuid.UUID("7f9ac5a1-51b3-5c51-9c1a-3d3f5b1a70c5").bytes


def _in_utc(value: datetime) -> datetime:
    try:
        return value if not value.utcoffset() else value.astimezone(UTC)
    except OverflowError as error:  # the first or last hours of the calendar
        raise ValueError(f"{value.isoformat()} cannot be told in UTC") from error


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment with a zone, held in UTC. A naive date is refused: its sender must say what was believed."""


class Model(BaseModel):
    """
    A frozen value of the contract.

    Readers ignore fields that they do not know, so that a newer writer may add some.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False, use_attribute_docstrings=True)


class Event(Model):
    """A fact, named in the past tense, that is written to one topic."""

    type: ClassVar[str]
    """CloudEvents `type`: `tocsin.<noun>.<verb in past tense>.v<major>`."""

    @property
    def key(self) -> str:
        """What decides the partition: events with the same key keep their order."""
        raise NotImplementedError

    @property
    def subject(self) -> str:
        """What the event is about: CloudEvents `subject`."""
        return self.key

    @property
    def sequence(self) -> int | None:
        """Its number among the events of the same subject, where it has one."""
        return None

    @property
    def is_tombstone(self) -> bool:
        """Whether it erases its key from a compacted topic: its record has no value."""
        return False

    @classmethod
    def from_tombstone(cls, key: str) -> Self:  # noqa: ARG003 (for those that can)
        """
        The event that a record without a value stands for.

        Raises:
            Undecodable: events of this type always have a value.
        """
        raise Undecodable(f"{cls.type}: the record has no value")


E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class Envelope(Generic[E_co]):
    """
    An event with its CloudEvents 1.0 context attributes.

    A plain dataclass on purpose: pydantic serialises a field by its declared type, and a field declared as
    `Event` would lose the payload of its subclass without an error.
    """

    id: EnvelopeId
    source: str
    """The service that wrote it, as a path: `/classify`."""

    time: datetime
    """When it became true, on the clock of its cause: under replay the same, never the wall clock."""

    data: E_co

    correlation_id: EnvelopeId
    """The envelope at the head of the chain of causes, usually the story's."""

    causation_id: EnvelopeId | None = None
    """The envelope whose processing made this one; none at the head of the chain."""

    traceparent: str | None = None
    """W3C trace context, as received or made at the edge."""

    @property
    def type(self) -> str:
        """CloudEvents `type` of the event inside."""
        return self.data.type


class Cause(Protocol):
    """What an event takes over from the one that brought it about; an `Envelope` is one."""

    @property
    def id(self) -> EnvelopeId: ...  # noqa: D102
    @property
    def time(self) -> datetime: ...  # noqa: D102
    @property
    def correlation_id(self) -> EnvelopeId: ...  # noqa: D102
    @property
    def traceparent(self) -> str | None: ...  # noqa: D102


def derived_id(*parts: str) -> EnvelopeId:
    """
    Name-based id (UUID version 5, RFC 9562) over the parts.

    Equal causes give equal ids, so a step that runs twice writes records that every reader can recognise. Spelled
    out because `uuid.uuid5` takes ten times as long, and every record of every stage has one.
    """
    digest = hashlib.sha1(_NAMESPACE + "\x1f".join(parts).encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return EnvelopeId(f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}")


def head(data: E, *, source: str, time: datetime, identity: str, traceparent: str | None = None) -> Envelope[E]:
    """
    First envelope of a chain: for what arrives from outside.

    Args:
        data: the event.
        source: the service that writes it, as a path.
        time: when it arrived.
        identity: what makes two arrivals the same one, e.g. the story's id and digest.
        traceparent: as received; a new trace is started where there is none.
    """
    envelope_id = derived_id(source, data.type, identity)
    trace = trace_context.child(traceparent, envelope_id) or trace_context.started(envelope_id)
    return Envelope(id=envelope_id, source=source, time=time, data=data, correlation_id=envelope_id, traceparent=trace)


def caused_by(cause: Cause, data: E, *, source: str, index: int) -> Envelope[E]:
    """The `index`-th envelope that the service `source` makes from `cause`."""
    envelope_id = derived_id(source, data.type, cause.id, str(index))
    return Envelope(
        id=envelope_id,
        source=source,
        time=cause.time,
        data=data,
        correlation_id=cause.correlation_id,
        causation_id=cause.id,
        traceparent=trace_context.child(cause.traceparent, envelope_id),
    )
