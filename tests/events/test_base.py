from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar

import pytest
from pydantic import TypeAdapter, ValidationError

from events.base import Envelope, EnvelopeId, Event, Instant, Model, caused_by, derived_id, head
from events.errors import Undecodable
from events.subscription import SubscriptionDeleted, SubscriptionId
from events.trace import trace_id

_TIME = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
_TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
_INSTANT = TypeAdapter[datetime](Instant)


class _Noted(Model):
    number: int
    word: str = "default"


class _Plain(Event):
    type: ClassVar[str] = "tocsin.plain.made.v1"


def _fact(name: str = "sub-1") -> SubscriptionDeleted:
    return SubscriptionDeleted(subscription_id=SubscriptionId(name))


def _head(**changes: Any) -> Envelope[SubscriptionDeleted]:
    return head(**{"data": _fact(), "source": "/ingest", "time": _TIME, "identity": "story-1", **changes})


@pytest.mark.parametrize("naive", [datetime(2026, 11, 24, 6, 30), "2026-11-24T06:30:00"])  # noqa: DTZ001 (that is the point)
def test_a_naive_date_is_refused(naive: datetime | str) -> None:
    """A date without a zone is no instant, as an object and as text."""
    with pytest.raises(ValidationError, match="timezone"):
        _INSTANT.validate_python(naive)


@pytest.mark.parametrize("given", ["2026-11-24T08:30:00+02:00", _TIME.astimezone(timezone(timedelta(hours=2)))])
def test_an_instant_is_held_in_utc(given: datetime | str) -> None:
    """Whatever zone it came with, the moment is the same and the zone is UTC."""
    held = _INSTANT.validate_python(given)
    assert held == _TIME
    assert held.tzinfo is UTC


def test_models_are_frozen() -> None:
    """A value of the contract does not change."""
    with pytest.raises(ValidationError, match="frozen"):
        _Noted(number=1).number = 2


def test_unknown_fields_are_ignored_and_missing_ones_defaulted() -> None:
    """A reader takes records from newer and from older writers."""
    assert _Noted.model_validate({"number": 1, "added_later": True}) == _Noted(number=1, word="default")


def test_an_event_has_a_key_of_its_own() -> None:
    """An event class that forgets its key cannot be written."""
    with pytest.raises(NotImplementedError):
        _ = Event().key


def test_an_event_is_no_tombstone_unless_it_says_so() -> None:
    """Only an event that can come back from a key alone may be written without a value."""
    assert not Event().is_tombstone
    with pytest.raises(Undecodable, match="no value"):
        _Plain.from_tombstone("key")


def test_derived_ids_are_pinned() -> None:
    """Ids must be the same in every release: records written before an upgrade are recognised after it."""
    assert derived_id("/classify", "tocsin.story.classified.v1", "cause", "0") == (
        "142b0aae-bb98-50b0-82e0-d17b6784fa15"
    )


def test_derived_ids_keep_their_parts_apart() -> None:
    """Where one part ends and the next begins counts."""
    assert len({derived_id("ab", "c"), derived_id("a", "bc"), derived_id("abc"), derived_id("abc", "")}) == 4


def test_the_head_of_a_chain_is_its_own_correlation() -> None:
    """What arrives from outside has no cause, and a trace is started for it."""
    envelope = _head()
    assert envelope.correlation_id == envelope.id
    assert envelope.causation_id is None
    assert envelope.time == _TIME
    assert trace_id(envelope.traceparent) is not None
    assert envelope.type == "tocsin.subscription.deleted.v1"


def test_equal_arrivals_are_one() -> None:
    """The same story received twice, at whatever time, gives the same id and the same trace."""
    again = _head(time=_TIME + timedelta(minutes=1))
    assert (again.id, again.traceparent) == (_head().id, _head().traceparent)


@pytest.mark.parametrize("changes", [{"identity": "story-2"}, {"source": "/poll"}])
def test_different_arrivals_are_two(changes: dict[str, str]) -> None:
    """Another identity or another source is another record."""
    assert _head(**changes).id != _head().id


def test_a_received_trace_goes_on() -> None:
    """The trace of whoever sent the story is kept, with a span of our own."""
    traceparent = _head(traceparent=_TRACE).traceparent
    assert trace_id(traceparent) == trace_id(_TRACE)
    assert traceparent != _TRACE


def test_a_malformed_trace_is_replaced() -> None:
    """What is no trace context does not travel on."""
    assert _head(traceparent="nonsense").traceparent == _head().traceparent


def test_an_effect_takes_over_from_its_cause() -> None:
    """Time, correlation and trace are the cause's; the causation is the cause itself."""
    cause = _head(traceparent=_TRACE)
    effect = caused_by(caused_by(cause, _fact(), source="/classify", index=0), _fact(), source="/enrich", index=0)
    middle = caused_by(cause, _fact(), source="/classify", index=0)
    assert (effect.time, effect.correlation_id, effect.causation_id) == (_TIME, cause.id, middle.id)
    assert trace_id(effect.traceparent) == trace_id(_TRACE)
    assert len({cause.traceparent, middle.traceparent, effect.traceparent}) == 3


def test_a_cause_without_trace_has_effects_without() -> None:
    """A trace is begun at the edge only."""
    cause = replace(_head(), traceparent=None)
    assert caused_by(cause, _fact(), source="/classify", index=0).traceparent is None


def test_a_replay_makes_the_same_ids() -> None:
    """The same step over the same cause gives the same envelope, whatever its payload has become."""
    cause = _head()
    first = caused_by(cause, _fact("one"), source="/classify", index=0)
    assert caused_by(cause, _fact("two"), source="/classify", index=0).id == first.id


def test_effects_of_one_cause_differ() -> None:
    """The place in the outputs and the service that made them tell them apart, and so does the cause."""
    cause, other = _head(), replace(_head(), id=EnvelopeId("other"))
    ids = {
        caused_by(cause, _fact(), source="/classify", index=0).id,
        caused_by(cause, _fact(), source="/classify", index=1).id,
        caused_by(cause, _fact(), source="/enrich", index=0).id,
        caused_by(other, _fact(), source="/classify", index=0).id,
    }
    assert len(ids) == 4
