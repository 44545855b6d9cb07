from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from events import topics
from events.asyncapi import ROLES, Role, document
from events.filter import InvalidFilter, parse
from events.topics import EVENTS
from services.websocket.core import messages
from services.websocket.core.cursor import CannotReplay, Cursor

_DOCUMENT = document()
_CURSOR = Cursor("1.0123456789abcdef.7,9")


def _calls(service: str, root: Path) -> Iterator[ast.Call]:
    for path in sorted((root / "services" / service).rglob("*.py")):
        if "training" not in path.parts:
            yield from (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))


def _stages(service: str, root: Path) -> Iterator[tuple[set[str], set[str]]]:
    """What each stage of a service reads and writes, by the names in its `Stage(reads=…, writes=…)`."""
    for call in _calls(service, root):
        if ast.unparse(call.func) == "Stage":
            by_name = {keyword.arg: _names(keyword.value) for keyword in call.keywords}
            yield by_name["reads"], by_name["writes"]


def _names(value: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}


def _viewed(service: str, root: Path) -> set[str]:
    """The topics that a service names in a call: `View("name", bus, [ALERTS.name], …)`."""
    known = {name: topic for name, topic in vars(topics).items() if isinstance(topic, topics.Topic)}
    named = {ast.unparse(argument) for call in _calls(service, root) for argument in ast.walk(call)}
    return {topic.name for name, topic in known.items() if f"{name}.name" in named}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.service)
def test_what_a_service_receives_is_documented(role: Role, root: Path) -> None:
    """The topics of its stages and of its views, no more and no fewer."""
    read = {event.__name__: topics.topic_of(event).name for event in EVENTS}
    staged = {read[name] for reads, _ in _stages(role.service, root) for name in reads if name in read}
    assert staged | _viewed(role.service, root) == {topics.topic_of(event).name for event in role.receives}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.service)
def test_what_a_service_sends_is_documented(role: Role, root: Path) -> None:
    """The events that it makes, and dead letters, which the runtime makes for its stages."""
    names = {event.__name__ for event in EVENTS}
    made = {ast.unparse(call.func) for call in _calls(role.service, root)} & names
    stages = list(_stages(role.service, root))
    written = set().union(*(writes for _, writes in stages)) if stages else set()
    letters = {"RecordDeadLettered"} if stages else set()
    assert made | written | letters == {event.__name__ for event in role.sends}


def test_the_services_are_all_in_the_document(root: Path) -> None:
    """Every folder of services/ but the two that are none."""
    folders = {path.parent.name for path in (root / "services").glob("*/__init__.py")}
    assert {role.service for role in ROLES} == folders - {"runtime", "cli"}


def _problem() -> InvalidFilter:
    try:
        parse("severity>=")
    except InvalidFilter as problem:
        return problem
    raise AssertionError("that filter is unfinished")


@pytest.mark.parametrize(
    "control",
    [
        messages.subscribed("s1", "", _CURSOR),
        messages.unsubscribed("s1"),
        messages.authenticated(),
        messages.pong("2026-11-24T06:30:00+00:00", None),
        messages.pong("2026-11-24T06:30:00+00:00", _CURSOR),
        messages.error("too_fast", "send fewer"),
        messages.error("unknown_subscription", "there is none", "s1"),
        messages.invalid_filter("s1", _problem()),
        messages.cannot_replay("s1", CannotReplay("expired", "no longer kept"), _CURSOR),
    ],
    ids=lambda control: control.type,
)
def test_what_the_stream_sends_is_documented(control: messages.Control) -> None:
    """Every control message is valid by the document, and has no field that is not in it."""
    sent = json.loads(control.json)
    assert _problems(sent) == []
    assert set(sent) <= set(_schema(sent["type"])["properties"])


def test_an_alert_frame_is_documented() -> None:
    """The frame around an alert, whose own form the events fix."""
    alert = {
        "id": "a-1",
        "event_id": "e-1",
        "revision": 1,
        "status": "raised",
        "severity": "flash",
        "interrupt": True,
        "headline": "Dam breaks",
        "score": 0.9,
        "lead": "s-1",
    }
    sent = json.loads(messages.alert(_CURSOR, ["s1", 'quo"te'], json.dumps(alert).encode()))
    assert _problems(sent) == []
    assert set(sent) == set(_schema("alert")["properties"])


@pytest.mark.parametrize(
    "sent",
    [
        {"type": "subscribe", "id": "s1"},
        {"type": "subscribe", "id": "s1", "filter": "severity>=urgent", "since": _CURSOR},
        {"type": "subscribe", "id": ""},
        {"type": "subscribe", "id": "s" * 65},
        {"type": "subscribe", "id": 7},
        {"type": "subscribe", "id": "s1", "since": ""},
        {"type": "subscribe", "id": "s1", "since": None},
        {"type": "subscribe", "id": "s1", "since": "1" * 4097},
        {"type": "subscribe", "id": "s1", "fitler": "x"},
        {"type": "unsubscribe", "id": "s1"},
        {"type": "unsubscribe"},
        {"type": "ping"},
        {"type": "ping", "at": 1},
        {"type": "auth", "key": "k"},
        {"type": "auth", "key": ""},
        {"type": "auth"},
    ],
    ids=json.dumps,
)
def test_what_the_stream_takes_is_documented(sent: dict[str, Any]) -> None:
    """The session reads exactly what the document calls valid."""
    understood = not isinstance(messages.read(json.dumps(sent)), messages.Refusal)
    assert understood == (_problems(sent) == [])


def _schema(kind: str) -> dict[str, Any]:
    reference: str = _DOCUMENT["components"]["messages"][f"stream.{kind}"]["payload"]["$ref"]
    schema: dict[str, Any] = _DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]]
    return schema


def _problems(sent: dict[str, Any]) -> list[str]:
    judge = Draft7Validator({**_schema(sent["type"]), "components": _DOCUMENT["components"]})
    return [error.message for error in judge.iter_errors(sent)]
