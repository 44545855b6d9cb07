from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from events.asyncapi import ROLES, document
from events.base import Envelope, EnvelopeId, Event
from events.codec import encode
from events.stream import ANSWERS, REQUESTS
from events.topics import EVENTS, TOPICS, Topic

_OFFICIAL = Path(__file__).parent / "asyncapi-3.0.0.schema.json"
_DOCUMENT = document()
_few = settings(max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])


def _validator(schema: dict[str, Any]) -> Draft7Validator:
    """A judge for a schema that refers into the document."""
    return Draft7Validator({**schema, "components": _DOCUMENT["components"]})


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _at(reference: str) -> Any:
    node: Any = _DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


def test_the_document_is_asyncapi() -> None:
    """The official schema of AsyncAPI 3.0.0, bindings included, finds nothing to say."""
    official = Draft7Validator(json.loads(_OFFICIAL.read_text(encoding="utf-8")))
    assert [f"{'/'.join(map(str, error.path))}: {error.message}" for error in official.iter_errors(_DOCUMENT)] == []


def test_the_official_schema_can_say_no() -> None:
    """It judges bindings too, so the test above means something."""
    official = Draft7Validator(json.loads(_OFFICIAL.read_text(encoding="utf-8")))
    wrong = json.loads(json.dumps(_DOCUMENT))
    wrong["channels"]["tocsin.stories"]["bindings"]["kafka"]["topicConfiguration"]["cleanup.policy"] = "shred"
    assert not official.is_valid(wrong)


def test_the_document_is_json() -> None:
    """It comes through JSON unchanged, and is made anew each time: a caller may change its own."""
    assert json.loads(json.dumps(_DOCUMENT)) == _DOCUMENT
    assert document() == _DOCUMENT
    assert document() is not _DOCUMENT
    assert document("2.1.0")["info"]["version"] == "2.1.0"


def test_every_reference_leads_somewhere() -> None:
    """No reference dangles."""
    references = set(_references(_DOCUMENT))
    assert len(references) > len(EVENTS)
    assert all(_at(reference) is not None for reference in references)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_every_topic_is_a_channel(topic: Topic) -> None:
    """With its name, its events, and how long it is kept."""
    channel = _DOCUMENT["channels"][topic.name]
    configuration = channel["bindings"]["kafka"]["topicConfiguration"]
    assert channel["address"] == channel["bindings"]["kafka"]["topic"] == topic.name
    assert set(channel["messages"]) == {event.type for event in topic.events}
    assert configuration["cleanup.policy"] == (["delete"] if topic.kept else ["compact"])
    assert configuration["retention.ms"] == (topic.kept / timedelta(milliseconds=1) if topic.kept else -1)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
@_few
@given(data=st.data())
def test_records_are_as_documented(event: type[Event], populated: Any, data: st.DataObject) -> None:
    """Headers, key and value of what we write are valid by the message of that type."""
    fact = data.draw(populated(event))
    time = data.draw(st.datetimes(timezones=st.timezones()))
    record = encode(
        Envelope(EnvelopeId("id-1"), "/classify", time, fact, EnvelopeId("head"), EnvelopeId("cause"), "00-a-b-01")
    )
    message = _DOCUMENT["components"]["messages"][event.type]
    value = None if record.value is None else json.loads(record.value)
    _validator(message["headers"]).validate({name: content.decode() for name, content in record.headers})
    _validator(message["payload"]).validate(value)
    _validator(message["bindings"]["kafka"]["key"]).validate(record.key)
    assert set(dict(record.headers)) <= set(_DOCUMENT["components"]["schemas"]["CloudEventsHeaders"]["properties"])


@pytest.mark.parametrize("missing", ["ce_type", "ce_sequence", "ce_id", "content-type"])
def test_headers_are_asked_for(missing: str) -> None:
    """A record of an alert without any of these is not as documented; its sequence is asked for too."""
    headers = {
        "ce_specversion": "1.0",
        "ce_id": "1",
        "ce_source": "/alert",
        "ce_type": "tocsin.alert.revised.v1",
        "ce_time": "2026-11-24T06:30:00+00:00",
        "ce_subject": "a-1",
        "ce_correlationid": "1",
        "ce_sequence": "0000000000000000001",
        "content-type": "application/json",
    }
    judge = _validator(_DOCUMENT["components"]["messages"]["tocsin.alert.revised.v1"]["headers"])
    assert judge.is_valid(headers)
    assert not judge.is_valid({name: value for name, value in headers.items() if name != missing})
    assert not judge.is_valid(headers | {"ce_type": "tocsin.story.ingested.v1"})


def test_the_stream_is_a_channel() -> None:
    """Every message of the stream, under its `type`, on the websocket's server."""
    channel = _DOCUMENT["channels"]["stream"]
    requests = {"subscribe", "unsubscribe", "ping", "auth"}
    answers = {"subscribed", "unsubscribed", "authenticated", "pong", "alert", "error", "cannot_replay"}
    assert channel["address"] == "/v1/stream"
    assert channel["servers"] == [{"$ref": "#/servers/websocket"}]
    assert set(channel["messages"]) == requests | answers
    for action, types in (("receive", requests), ("send", answers)):
        operation = _DOCUMENT["operations"][f"websocket.{action}.stream"]
        assert {reference["$ref"].rpartition("/")[2] for reference in operation["messages"]} == types


@pytest.mark.parametrize("model", [*REQUESTS, *ANSWERS], ids=lambda model: model.__name__)
@_few
@given(data=st.data())
def test_frames_are_as_documented(model: Any, populated: Any, data: st.DataObject) -> None:
    """A frame of the stream is valid by its message."""
    frame = data.draw(populated(model))
    _validator(_DOCUMENT["components"]["messages"][f"stream.{frame.type}"]["payload"]).validate(
        json.loads(frame.model_dump_json())
    )


def test_every_event_has_a_writer_and_every_topic_an_operation() -> None:
    """Nothing is documented that no service writes."""
    assert {event for role in ROLES for event in role.sends} == set(EVENTS)
    channels = {operation["channel"]["$ref"].rpartition("/")[2] for operation in _DOCUMENT["operations"].values()}
    assert channels == {topic.name for topic in TOPICS} | {"stream"}


def test_the_pipeline_can_be_read_from_the_operations() -> None:
    """Who receives and who sends, per topic."""
    assert _DOCUMENT["operations"]["classify.receive.stories"]["action"] == "receive"
    assert _DOCUMENT["operations"]["classify.send.verdicts"]["action"] == "send"
    assert _DOCUMENT["operations"]["websocket.send.deliveries"]["messages"] == [
        {"$ref": "#/channels/tocsin.deliveries/messages/tocsin.delivery.broadcast.v1"}
    ]


def test_draft_7_has_no_later_keywords() -> None:
    """AsyncAPI's dialect writes fixed items as `items` and a discriminator as a name."""
    schemas = _DOCUMENT["components"]["schemas"]
    assert schemas["EditorActed"]["properties"]["action"]["discriminator"] == "action"
    assert schemas["RecordDeadLettered"]["properties"]["record_headers"]["items"]["items"] == [{"type": "string"}] * 2
    assert not {"prefixItems", "$defs"} & set(json.dumps(schemas).replace('"', " ").split())
