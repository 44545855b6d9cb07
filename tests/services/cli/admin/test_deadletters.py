from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from events.base import head
from events.dead_letter import RecordDeadLettered
from events.topics import DEAD_LETTERS, STORIES
from services.runtime.bus.port import Outgoing, Partition
from services.runtime.publish import record_of

_VALUE = b'{"broken": "\x1b[31m'
_HEADERS = (("ce_id", b"id-1"), ("ce_type", b"tocsin.story.ingested.v1"))


def _letter(offset: int, value: bytes | None = _VALUE) -> Outgoing:
    data = RecordDeadLettered(
        topic=STORIES.name,
        partition=0,
        offset=offset,
        record_key="en",
        record_value=None if value is None else base64.b64encode(value).decode(),
        record_headers=tuple((name, base64.b64encode(raw).decode()) for name, raw in _HEADERS),
        service="classify",
        reason="poison",
        error="The bytes of the record [are] not a valid event.",
        traceback="Traceback: line 1",
        at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    )
    return record_of(head(data, source="/classify", time=data.at, identity=data.subject))


@pytest.fixture
def letters(in_log: Callable[[Any], Any]) -> None:
    """Two dead letters, and between them a record that is none."""

    async def fill(bus: Any) -> None:
        await bus.declare([STORIES, DEAD_LETTERS])
        await bus.append([_letter(7), Outgoing(DEAD_LETTERS.name, STORIES.name, b"?", ()), _letter(8, None)])

    in_log(fill)


@pytest.mark.usefixtures("letters")
def test_they_are_listed_oldest_first(tocsin: Any) -> None:
    """Where, when, who and why, at any width; what cannot be read is said and stops nothing."""
    ran = tocsin("deadletters", "list")
    assert ran.out.splitlines() == [
        "tocsin.stories/0/7",
        "    2026-03-01T12:00:00+00:00  classify  poison",
        "    The bytes of the record [are] not a valid event.",
        "tocsin.stories/0/8",
        "    2026-03-01T12:00:00+00:00  classify  poison",
        "    The bytes of the record [are] not a valid event.",
    ]
    assert ran.status == 0
    assert ran.err.startswith("a record of tocsin.dead-letters is left out: ")


@pytest.mark.usefixtures("letters")
def test_one_is_shown_with_its_original(tocsin: Any) -> None:
    """Headers and value as they were, though they cannot steer the terminal."""
    out = tocsin("deadletters", "show", "tocsin.stories/0/7").out
    assert out.splitlines() == [
        "service   classify",
        "reason    poison",
        "error     The bytes of the record [are] not a valid event.",
        "key       en",
        "header    ce_id: id-1",
        "header    ce_type: tocsin.story.ingested.v1",
        'value     {"broken": "\\x1b[31m',
        "Traceback: line 1",
    ]
    assert "value     (none)" in tocsin("deadletters", "show", "tocsin.stories/0/8").out


@pytest.mark.usefixtures("letters")
def test_requeuing_writes_the_original_record(tocsin: Any, in_log: Callable[[Any], Any]) -> None:
    """The same key, value and headers, and with them the same id."""
    ran = tocsin("deadletters", "requeue", "tocsin.stories/0/7")
    assert (ran.status, ran.err.splitlines()[-1]) == (0, "back in tocsin.stories")

    async def first(bus: Any) -> Any:
        reader = await bus.read({Partition(STORIES.name, 0): 0})
        try:
            return await reader.poll(1.0)
        finally:
            await reader.close()

    (record,) = in_log(first)
    assert (record.key, record.value, tuple(record.headers)) == ("en", _VALUE, _HEADERS)


@pytest.mark.usefixtures("letters")
@pytest.mark.parametrize("verb", ["show", "requeue"])
def test_one_that_is_not_there(tocsin: Any, verb: str) -> None:
    """Says how to find those that are."""
    ran = tocsin("deadletters", verb, "tocsin.stories/0/9")
    assert ran.status == 2
    assert "deadletters list" in " ".join(ran.err.replace("│", " ").split())
