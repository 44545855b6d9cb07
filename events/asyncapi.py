"""
The AsyncAPI 3.0.0 document, made from the topics, the events and the messages of the stream.

https://www.asyncapi.com/docs/reference/specification/v3.0.0. `python -m events.asyncapi` prints it. Server addresses
are examples on this machine; a deployment puts its own in their place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from events.alert import AlertRevised
from events.base import Event
from events.dead_letter import RecordDeadLettered
from events.delivery import AlertBroadcast, DeliveryAttempted, DeliveryPlanned
from events.editorial import EditorActed
from events.story import StoryClassified, StoryEnriched, StoryIngested
from events.stream import ANSWERS, REQUESTS
from events.subscription import SubscriptionDeleted, SubscriptionSaved
from events.topics import EVENTS, TOPICS, Topic, topic_of

_JSON = "application/json"
_KAFKA_BINDING = "0.5.0"
_WEBSOCKET_BINDING = "0.1.0"
_REFERENCE = "#/components/schemas/{model}"
_STREAM = "stream"
_HEADERS = "CloudEventsHeaders"

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Role:
    """What one service reads from the topics and writes to them."""

    service: str
    receives: tuple[type[Event], ...]
    sends: tuple[type[Event], ...]


ROLES = (
    Role("ingest", (), (StoryIngested,)),
    Role("classify", (StoryIngested,), (StoryClassified, RecordDeadLettered)),
    Role("enrich", (StoryClassified,), (StoryEnriched, RecordDeadLettered)),
    Role("alert", (StoryEnriched, EditorActed), (AlertRevised, RecordDeadLettered)),
    Role("websocket", (StoryClassified, AlertRevised), (AlertBroadcast, EditorActed)),
    Role(
        "webhook",
        (AlertRevised, SubscriptionSaved, SubscriptionDeleted, DeliveryPlanned, DeliveryAttempted),
        (SubscriptionSaved, SubscriptionDeleted, DeliveryPlanned, DeliveryAttempted, RecordDeadLettered),
    ),
)


def document(version: str = "1.0.0") -> Document:
    """
    The whole document, ready for JSON.

    Args:
        version: of the interface; a deployment may state its own release.
    """
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tocsin",
            "version": version,
            "description": "Breaking-news alerts: one alert per event, with reasons. Records on Kafka are CloudEvents "
            "1.0 in binary mode; a subscriber that keeps the highest revision of each alert has the present state.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": _JSON,
        "servers": _servers(),
        "channels": {topic.name: _topic_channel(topic) for topic in TOPICS} | {_STREAM: _stream_channel()},
        "operations": _operations() | _stream_operations(),
        "components": {
            "messages": {event.type: _record(event) for event in EVENTS}
            | {f"{_STREAM}.{_type_of(model)}": _frame(model) for model in (*REQUESTS, *ANSWERS)},
            "schemas": _schemas((*EVENTS, *REQUESTS, *ANSWERS)) | {_HEADERS: _cloud_events_headers()},
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key, as `Authorization: Bearer KEY`, or in an `auth` message as the first "
                    "of the connection. Where no key is configured, loopback clients need none.",
                }
            },
        },
    }


def _servers() -> Document:
    return {
        "kafka": {"host": "localhost:9092", "protocol": "kafka", "description": "The log that the services share."},
        "websocket": {
            "host": "localhost:8081",
            "protocol": "ws",
            "description": "The alert stream; behind a proxy with TLS it is `wss`.",
            "security": [{"$ref": "#/components/securitySchemes/apiKey"}],
        },
    }


def _topic_channel(topic: Topic) -> Document:
    kept = -1 if topic.kept is None else int(topic.kept.total_seconds() * 1000)
    return {
        "address": topic.name,
        "description": f"{topic.carries[:1].upper()}{topic.carries[1:]}. Keyed by {topic.keyed_by}.",
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {event.type: {"$ref": f"#/components/messages/{event.type}"} for event in topic.events},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "topicConfiguration": {
                    "cleanup.policy": ["compact" if topic.compacted else "delete"],
                    "retention.ms": kept,
                },
                "bindingVersion": _KAFKA_BINDING,
            }
        },
    }


def _stream_channel() -> Document:
    return {
        "address": "/v1/stream",
        "description": "Alert revisions as they are made, in order for each alert. A client that subscribes with the "
        "cursor of the last message it handled gets all that it missed, or is told `cannot_replay`.",
        "servers": [{"$ref": "#/servers/websocket"}],
        "messages": {
            _type_of(model): {"$ref": f"#/components/messages/{_STREAM}.{_type_of(model)}"}
            for model in (*REQUESTS, *ANSWERS)
        },
        "bindings": {"ws": {"method": "GET", "bindingVersion": _WEBSOCKET_BINDING}},
    }


def _operations() -> Document:
    return {
        f"{role.service}.{action}.{topic.name.removeprefix('tocsin.')}": {
            "action": action,
            "channel": {"$ref": f"#/channels/{topic.name}"},
            "messages": [
                {"$ref": f"#/channels/{topic.name}/messages/{event.type}"} for event in events if event in topic.events
            ],
            "tags": [{"name": role.service}],
        }
        for role in ROLES
        for action, events in (("receive", role.receives), ("send", role.sends))
        for topic in dict.fromkeys(map(topic_of, events))
    }


def _stream_operations() -> Document:
    return {
        f"websocket.{action}.{_STREAM}": {
            "action": action,
            "channel": {"$ref": f"#/channels/{_STREAM}"},
            "messages": [{"$ref": f"#/channels/{_STREAM}/messages/{_type_of(model)}"} for model in models],
            "tags": [{"name": "websocket"}],
        }
        for action, models in (("receive", REQUESTS), ("send", ANSWERS))
    }


def _record(event: type[Event]) -> Document:
    """The message of an event: CloudEvents headers, key and payload. That of a tombstone has no value."""
    erases = "from_tombstone" in vars(event)
    required = ["ce_sequence"] if "sequence" in vars(event) else []
    return {
        "name": event.type,
        "title": event.__name__,
        "summary": _summary(event),
        "contentType": _JSON,
        "headers": {
            "allOf": [{"$ref": _REFERENCE.format(model=_HEADERS)}],
            "type": "object",
            "properties": {"ce_type": {"type": "string", "const": event.type}},
            "required": required,
        },
        "payload": {"type": "null"} if erases else {"$ref": _REFERENCE.format(model=event.__name__)},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": topic_of(event).keyed_by},
                "bindingVersion": _KAFKA_BINDING,
            }
        },
    }


def _frame(model: type[BaseModel]) -> Document:
    return {
        "name": _type_of(model),
        "title": model.__name__,
        "summary": _summary(model),
        "contentType": _JSON,
        "payload": {"$ref": _REFERENCE.format(model=model.__name__)},
    }


def _cloud_events_headers() -> Document:
    text = {"type": "string"}
    known: Mapping[str, Document] = {
        "ce_specversion": text | {"const": "1.0"},
        "ce_id": text | {"description": "Equal for a record and for its repetition: what a reader dedupes on."},
        "ce_source": text | {"format": "uri-reference", "description": "The service that wrote it, e.g. `/classify`."},
        "ce_type": text,
        "ce_time": text | {"format": "date-time", "description": "When it became true, by its cause."},
        "ce_subject": text | {"description": "What the event is about."},
        "ce_correlationid": text | {"description": "The record at the head of the chain of causes."},
        "ce_causationid": text | {"description": "The record whose processing made this one; none at the head."},
        "ce_sequence": text | {"pattern": "^[0-9]{19}$", "description": "Its number among those of its subject."},
        "ce_traceparent": text | {"description": "W3C trace context."},
        "content-type": text | {"const": _JSON},
    }
    optional = {"ce_causationid", "ce_sequence", "ce_traceparent"}
    return {
        "type": "object",
        "description": "CloudEvents 1.0 attributes as Kafka headers, UTF-8.",
        "properties": dict(known),
        "required": [name for name in known if name not in optional],
    }


def _schemas(models: Iterable[type[BaseModel]]) -> Document:
    _, definitions = models_json_schema([(model, "validation") for model in models], ref_template=_REFERENCE)
    return {name: _in_draft_7(schema) for name, schema in definitions["$defs"].items()}


def _in_draft_7(node: object) -> Any:
    """AsyncAPI's own dialect, JSON Schema draft 7: the discriminator is a plain name, fixed items are `items`."""
    if isinstance(node, list):
        return [_in_draft_7(item) for item in cast("list[object]", node)]
    if not isinstance(node, dict):
        return node
    schema = {keyword: _in_draft_7(value) for keyword, value in cast("dict[str, object]", node).items()}
    match schema.get("discriminator"):
        case {"propertyName": str(name)}:
            schema["discriminator"] = name
        case _:
            pass
    if isinstance(schema.get("prefixItems"), list):
        schema["items"] = schema.pop("prefixItems")
    return schema


def _type_of(model: type[BaseModel]) -> str:
    """The `type` of a stream message."""
    return str(model.model_json_schema()["properties"]["type"]["const"])


def _summary(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").strip().split("\n\n")[0].split())


if __name__ == "__main__":
    import sys

    sys.stdout.write(json.dumps(document(), indent=2, ensure_ascii=False) + "\n")
