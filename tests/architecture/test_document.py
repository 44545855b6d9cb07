from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from events.asyncapi import ROLES, Role, document
from events.filter import InvalidFilter, parse
from services.websocket.core import messages
from services.websocket.core.cursor import CannotReplay, Cursor

_DOCUMENT = document()
_CURSOR = Cursor("1.0123456789abcdef.7,9")


def _stages(service: str, root: Path) -> Iterator[tuple[set[str], set[str]]]:
    """What each stage of a service reads and writes, by the names in its `Stage(reads=…, writes=…)`."""
    for path in sorted((root / "services" / service).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Stage":
                by_name = {keyword.arg: _names(keyword.value) for keyword in node.keywords}
                yield by_name["reads"], by_name["writes"]


def _names(value: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.service)
def test_the_operations_are_those_of_the_stages(role: Role, root: Path) -> None:
    """What a service's stages read and write is in the AsyncAPI document."""
    for reads, writes in _stages(role.service, root):
        assert reads <= {event.__name__ for event in role.receives}
        assert writes <= {event.__name__ for event in role.sends}


@pytest.mark.parametrize("service", ["classify", "enrich", "alert"])
def test_stages_are_found(service: str, root: Path) -> None:
    """The check above looks at something."""
    assert list(_stages(service, root))


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
