from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from events.alert import AlertId
from events.base import Envelope, EnvelopeId, Event
from events.codec import Encoded, decode, encode
from events.delivery import AlertBroadcast, DeliveryAttempted, DeliveryId, Outcome
from events.errors import ContractError, MissingAttribute, Undecodable, UnknownType
from events.subscription import SubscriptionDeleted, SubscriptionId
from events.topics import EVENTS

_TIME = datetime(2026, 11, 24, 6, 30, 15, 123456, tzinfo=UTC)
_TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
_any_event = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
_few = settings(max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])


def _broadcast() -> AlertBroadcast:
    return AlertBroadcast(gateway="gw-1", alert_id=AlertId("a-1"), revision=7, recipients=3, broadcast_at=_TIME)


def _enveloped(data: Event) -> Envelope[Event]:
    return Envelope(
        id=EnvelopeId("id-1"),
        source="/websocket",
        time=_TIME,
        data=data,
        correlation_id=EnvelopeId("story-1"),
        causation_id=EnvelopeId("cause-1"),
        traceparent=_TRACE,
    )


def _record(**headers: bytes | None) -> Encoded:
    """A good record, with headers replaced, or left out where None is given."""
    good = encode(_enveloped(_broadcast()))
    kept = {name: value for name, value in {**dict(good.headers), **headers}.items() if value is not None}
    return Encoded(good.key, good.value, tuple(kept.items()))


def _decoded(record: Encoded) -> Envelope[Event]:
    return decode(record.key, record.value, record.headers)


def _judged(record: Encoded) -> Any:
    """The record as the CloudEvents project's own SDK reads it."""
    # The SDK has no message without a value; `null` is the JSON that stands for none.
    message = KafkaMessage(headers=dict(record.headers), key=None, value=record.value or b"null")
    return from_binary(message, JSONFormat())


@_any_event
@_few
@given(data=st.data())
def test_every_event_survives_a_round_trip(event: type[Event], populated: Any, data: st.DataObject) -> None:
    """What is decoded equals what was encoded: every field of every event, and all of the envelope."""
    if event is SubscriptionDeleted:
        fact = SubscriptionDeleted(subscription_id=SubscriptionId(data.draw(st.text(min_size=1))))
    else:
        fact = data.draw(populated(event))
    envelope = _enveloped(fact)
    assert _decoded(encode(envelope)) == envelope


@_any_event
@_few
@given(data=st.data())
def test_a_stranger_reads_our_headers(event: type[Event], populated: Any, data: st.DataObject) -> None:
    """The CloudEvents SDK accepts the headers of every event and finds in them what the envelope holds."""
    fact = data.draw(populated(event))
    read = _judged(encode(_enveloped(fact)))
    assert (read.get_id(), read.get_source(), read.get_type()) == ("id-1", "/websocket", event.type)
    assert (read.get_specversion(), read.get_time(), read.get_subject()) == ("1.0", _TIME, fact.subject)
    assert read.get_datacontenttype() == "application/json"
    assert read.get_extension("correlationid") == "story-1"
    assert read.get_extension("causationid") == "cause-1"
    assert read.get_extension("traceparent") == _TRACE
    assert read.get_extension("sequence") == (None if fact.sequence is None else f"{fact.sequence:019}")
    if not fact.is_tombstone:
        assert event.model_validate(read.get_data()) == fact


def test_we_read_what_a_stranger_writes() -> None:
    """A record written by the CloudEvents SDK, with its own spelling of UTC, decodes to the same envelope."""
    attributes = {
        "id": "id-1",
        "source": "/websocket",
        "type": AlertBroadcast.type,
        "time": _TIME,
        "datacontenttype": "application/json",
        "correlationid": "story-1",
        "causationid": "cause-1",
        "traceparent": _TRACE,
    }
    message = to_binary(CloudEvent(attributes, _broadcast().model_dump(mode="json")), JSONFormat())
    assert message.headers["ce_time"].endswith(b"Z")
    assert decode("gw-1", message.value, tuple(message.headers.items())) == _enveloped(_broadcast())


def test_a_deletion_is_a_tombstone() -> None:
    """A deleted subscription has no value, and comes back from its key."""
    deleted = SubscriptionDeleted(subscription_id=SubscriptionId("sub-1"))
    record = encode(_enveloped(deleted))
    assert (record.key, record.value) == ("sub-1", None)
    assert _decoded(record).data == deleted


def test_only_a_deletion_may_lack_its_value() -> None:
    """A record of another type without a value names its type."""
    record = _record()
    with pytest.raises(Undecodable, match=r"tocsin\.delivery\.broadcast\.v1.*no value"):
        decode(record.key, None, record.headers)


def test_a_tombstone_needs_a_key() -> None:
    """Without a key it is not known what was deleted, so the record is set aside instead of read as nothing."""
    headers = encode(_enveloped(SubscriptionDeleted(subscription_id=SubscriptionId("sub-1")))).headers
    with pytest.raises(Undecodable):
        decode(None, None, headers)


def test_sequences_sort_as_text() -> None:
    """A sequence has nineteen digits, so that readers who compare text find the order of the numbers."""
    attempted = DeliveryAttempted(
        delivery_id=DeliveryId("d-1"),
        subscription_id=SubscriptionId("sub-1"),
        alert_id=AlertId("a-1"),
        revision=2,
        attempt=7,
        outcome=Outcome.DELIVERED,
        attempted_at=_TIME,
        duration=0.25,
    )
    assert dict(encode(_enveloped(attempted)).headers)["ce_sequence"] == b"0000000000000000007"


def test_an_event_without_sequence_writes_none() -> None:
    """The header is left out, not empty."""
    record = encode(_enveloped(SubscriptionDeleted(subscription_id=SubscriptionId("sub-1"))))
    assert "ce_sequence" not in dict(record.headers)


def test_times_are_written_in_utc() -> None:
    """The header holds the same moment in UTC, whatever zone the envelope had."""
    shifted = _enveloped(_broadcast())
    envelope = Envelope(
        id=shifted.id,
        source=shifted.source,
        time=_TIME.astimezone(timezone(timedelta(hours=-5))),
        data=shifted.data,
        correlation_id=shifted.correlation_id,
    )
    assert dict(encode(envelope).headers)["ce_time"] == b"2026-11-24T06:30:15.123456+00:00"


@pytest.mark.parametrize("header", ["ce_type", "ce_id", "ce_source", "ce_time"])
def test_a_missing_attribute_is_named(header: str) -> None:
    """The error says which header is absent, and which there were."""
    with pytest.raises(MissingAttribute, match=rf"'{header}' is not among \[.*'content-type'"):
        _decoded(_record(**{header: None}))


@pytest.mark.parametrize(
    "header", ["ce_correlationid", "ce_causationid", "ce_traceparent", "ce_sequence", "ce_subject"]
)
def test_other_attributes_may_be_missing(header: str) -> None:
    """Records of other writers need only what CloudEvents requires, and a time; such a record heads its own chain."""
    envelope = _decoded(_record(**{header: None}))
    assert envelope.data == _broadcast()
    assert envelope.correlation_id == ("id-1" if header == "ce_correlationid" else "story-1")


def test_an_unknown_type_is_named() -> None:
    """The error says which type is not known."""
    with pytest.raises(UnknownType, match=r"'tocsin\.delivery\.broadcast\.v9'"):
        _decoded(_record(ce_type=b"tocsin.delivery.broadcast.v9"))


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"ce_time": b"yesterday"}, "yesterday"),
        ({"ce_time": b"2026-11-24T06:30:15"}, "has no zone"),
        ({"ce_id": b"\xff"}, "utf-8"),
    ],
)
def test_an_unreadable_header_is_undecodable(headers: dict[str, bytes], said: str) -> None:
    """The error says what is wrong with the header."""
    with pytest.raises(Undecodable, match=said):
        _decoded(_record(**headers))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (b"", "the document"),
        (b"{", "the document"),
        (b"null", "the document"),
        (b"[]", "the document"),
        (b"\xff\xfe", "the document"),
        (b'{"gateway": "gw-1"}', "alert_id: Field required"),
        (
            json.dumps(_broadcast().model_dump(mode="json") | {"revision": 0}).encode(),
            "revision: .*greater than or equal",
        ),
    ],
)
def test_an_undecodable_value_names_the_type_and_the_place(value: bytes, said: str) -> None:
    """The error says which type it should have been, and where in the value the first problem is."""
    record = _record()
    with pytest.raises(Undecodable, match=rf"tocsin\.delivery\.broadcast\.v1: {said}"):
        decode(record.key, value, record.headers)


@given(
    value=st.binary(max_size=40), headers=st.dictionaries(st.sampled_from(["ce_type", "ce_id", "ce_time"]), st.binary())
)
def test_no_bytes_do_more_than_be_refused(value: bytes, headers: dict[str, bytes]) -> None:
    """Whatever the bytes, the outcome is an envelope or a contract error: nothing that a runtime would not expect."""
    record = _record(**headers)
    try:
        assert decode(record.key, value, record.headers).id
    except ContractError as refusal:
        assert str(refusal)  # noqa: PT017 (either outcome is right)


def test_unknown_fields_are_ignored() -> None:
    """A newer writer may add fields; this version reads past them."""
    record = _record()
    value = json.dumps(_broadcast().model_dump(mode="json") | {"added_later": True}).encode()
    assert decode(record.key, value, record.headers).data == _broadcast()


def test_the_payload_of_a_subclass_is_whole() -> None:
    """The payload is written by its own class: nothing below `Event` is lost on the way through `Envelope[Event]`."""
    value = encode(_enveloped(_broadcast())).value
    assert value is not None
    assert set(json.loads(value)) == {"gateway", "alert_id", "revision", "recipients", "broadcast_at"}
