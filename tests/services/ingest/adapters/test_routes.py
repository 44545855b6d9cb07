from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from asgi import Answer, call
from fastapi import FastAPI
from faulty_bus import Faults, FaultyBus
from prometheus_client import REGISTRY
from webhook_service import ground, memory

from events.base import Envelope
from events.codec import decode
from events.story import StoryIngested
from events.topics import STORIES
from services.ingest.adapters.routes import router
from services.runtime.bus.memory import MemoryBus
from services.runtime.bus.port import Bus, Partition
from services.runtime.clock import VirtualClock
from services.runtime.errors import Transient
from services.runtime.http import MOST_BODY_BYTES, application

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
STORY = {"id": "dam-1", "source": "River Wire", "published": "2026-11-24T09:58:00Z", "headline": "Dam breaks in Orlova"}
NINJS = {
    "uri": "urn:dam:1",
    "versioncreated": "2026-11-24T09:58:00Z",
    "pubstatus": "usable",
    "urgency": 1,
    "headline": "Dam breaks in Orlova",
    "body_html": "<p>The dam gave way at dawn.</p>",
}
SENTENCES = [
    f"Families of district {n} left in the night, officials said, as the river rose further." for n in range(9)
]
HTML = f"""<!DOCTYPE html><html lang="en"><head><title>Dam breaks in Orlova</title></head>
<body><article><h1>Dam breaks in Orlova</h1>{"".join(f"<p>{text}</p>" for text in SENTENCES)}</article></body></html>"""
PAGE = "Dam breaks in Orlova\n\nNovember 24, 2026\n\n" + "\n\n".join(SENTENCES)


def app(bus: Bus, most_in_flight: int = 256) -> FastAPI:
    """The ingest routes over a bus."""
    base = ground(bus, VirtualClock(AT))
    return application([router(base, most_in_flight)], access=base.access, health=base.health, clock=base.clock)


async def push(
    to: FastAPI, body: bytes | AsyncIterator[bytes], content_type: str | None = None, query: str = "", **headers: str
) -> Answer:
    """A push; underscores in header names are hyphens."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if content_type is not None:
        given["content-type"] = content_type
    return await call(to, "POST", "/v1/stories", query=query, body=body, headers=given)


def lines(*stories: object) -> bytes:
    """JSON lines."""
    return b"\n".join(json.dumps(story).encode() for story in stories)


def on_log(bus: MemoryBus) -> list[Envelope[StoryIngested]]:
    """The story records."""
    found = [decode(at.key, at.value, at.headers) for at in bus.log(Partition(STORIES.name, 0))]
    return [envelope for envelope in found if isinstance(envelope.data, StoryIngested)]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (lines(STORY), "application/json"),
        (json.dumps([STORY]).encode(), "application/json; charset=utf-8"),
        (lines(STORY), "application/x-ndjson"),
        (lines(STORY), None),
        (lines(NINJS), "application/json"),
        (HTML.encode(), "text/html"),
        (PAGE.encode(), "text/plain"),
        (gzip.compress(PAGE.encode()), "text/plain"),
    ],
)
async def test_a_story_in_any_format_is_on_the_log_when_it_is_acknowledged(
    body: bytes, content_type: str | None
) -> None:
    """Told by content type or by its bytes; the answer names what was taken in."""
    bus = await memory()
    packed = {"content_encoding": "gzip"} if body[:2] == b"\x1f\x8b" else {}
    answer = await push(app(bus), body, content_type, "source=Courier", **packed)
    assert answer.status == 202, answer.body
    (envelope,) = on_log(bus)
    story = envelope.data.story
    assert story.headline == "Dam breaks in Orlova"
    assert story.first_seen == AT
    assert story.source == ("River Wire" if b"River Wire" in body else "Courier")
    assert answer.json == {"accepted": [{"id": story.id, "source": story.source, "headline": story.headline}]}


async def test_many_stories_in_one_push_are_taken_in_together() -> None:
    """In their order; also where there are so many that they are read beside the event loop."""
    bus = await memory()
    stories = [STORY | {"id": f"s{number}", "headline": f"Dam {number} breaks"} for number in range(400)]
    answer = await push(app(bus), lines(*stories), "application/x-ndjson")
    assert [item["id"] for item in answer.json["accepted"]] == [f"s{number}" for number in range(400)]
    assert [envelope.data.story.id for envelope in on_log(bus)] == [f"s{number}" for number in range(400)]


async def test_the_same_story_twice_is_the_same_record() -> None:
    """The same id in the answer, and the same record id on the log; a new revision is another record of one story."""
    bus = await memory()
    here = app(bus)
    first, again = (
        await push(here, lines(STORY)),
        await push(here, gzip.compress(lines(STORY)), content_encoding="gzip"),
    )
    later = await push(here, lines(STORY | {"headline": "Dam breaks in Orlova, 200 missing"}))
    assert first.json == again.json
    assert later.json["accepted"][0]["id"] == first.json["accepted"][0]["id"]
    one, two, three = on_log(bus)
    assert one.id == two.id
    assert three.id != one.id
    unnamed = {name: value for name, value in STORY.items() if name != "id"}
    assert (await push(here, lines(unnamed))).json == (await push(here, lines(unnamed))).json


@pytest.mark.parametrize(
    ("sent", "trace"),
    [
        (TRACE, "0af7651916cd43dd8448eb211c80319c"),
        ("nonsense", None),
        ("00-00000000000000000000000000000000-b7ad6b7169203331-01", None),
    ],
)
async def test_the_record_carries_on_the_trace_of_the_sender(sent: str, trace: str | None) -> None:
    """With a span of its own; what is no valid context starts a trace of ours."""
    bus = await memory()
    await push(app(bus), lines(STORY), traceparent=sent)
    (envelope,) = on_log(bus)
    assert envelope.traceparent is not None
    _, got, span, _ = envelope.traceparent.split("-")
    assert got == trace if trace is not None else got not in {sent[3:35], "0" * 32}
    assert span != "b7ad6b7169203331"


@pytest.mark.parametrize(
    ("body", "headers", "status", "words"),
    [
        (
            b"%PDF-1.7",
            {"content_type": "application/pdf"},
            415,
            "in no format that is known here (newsml-g2, nitf, cap",
        ),
        (lines(STORY), {"content_encoding": "br"}, 415, "content-encoding 'br' is not read; send gzip or none"),
        (lines(STORY), {"content_encoding": "gzip"}, 422, "the gzip body is damaged"),
        (gzip.compress(lines(STORY))[:-9], {"content_encoding": "gzip"}, 422, "the gzip body is damaged"),
        (gzip.compress(lines(STORY)) + b"more", {"content_encoding": "gzip"}, 422, "the gzip body is damaged"),
        (b"", {"content_encoding": "gzip", "content_type": "application/json"}, 422, "json: "),
        (b"", {"content_type": "application/json"}, 422, "json: "),
        (lines(STORY, {"headline": {"x": 1}}), {"content_type": "application/x-ndjson"}, 422, "line 2"),
        (b'{"headline": "Dam', {"content_type": "application/json"}, 422, "json: line 1"),
        (b"x", {"content_length": str(MOST_BODY_BYTES + 1)}, 413, "10485760 bytes"),
    ],
)
async def test_bad_input_is_refused_with_the_reason(
    body: bytes, headers: dict[str, str], status: int, words: str
) -> None:
    """What was wrong, where, and what to send instead; nothing of it is on the log."""
    bus = await memory()
    problem = (await push(app(bus), body, **headers)).problem
    assert problem["status"] == status, problem
    assert words in problem["detail"]
    assert on_log(bus) == []


async def test_a_body_that_grows_past_the_limit_is_refused() -> None:
    """Also where its length was not said."""
    bus = await memory()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 1_000_000

    assert (await push(app(bus), endless(), "application/json")).problem["status"] == 413
    assert on_log(bus) == []


async def test_a_gzip_bomb_is_refused_before_it_goes_off() -> None:
    """Whether in one member or in many."""
    bus = await memory()
    bomb = gzip.compress(b" " * 50_000_000, 9)
    members = gzip.compress(b" " * 9_000_000, 9) * 5
    for body in (bomb, members):
        tracemalloc.start()
        answer = await push(app(bus), body, "application/json", content_encoding="gzip")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 3.5 * MOST_BODY_BYTES
        assert answer.problem["status"] == 413
        assert "inflates to more than 10485760 bytes" in answer.problem["detail"]


async def test_all_members_of_a_gzip_body_are_read() -> None:
    """Files that were put one after another are one body: none of their stories is lost."""
    bus = await memory()
    parts = gzip.compress(lines(STORY) + b"\n") + gzip.compress(lines(STORY | {"id": "dam-2"}))
    answer = await push(app(bus), parts, "application/x-ndjson", content_encoding="x-gzip")
    assert [item["id"] for item in answer.json["accepted"]] == ["dam-1", "dam-2"]


async def test_no_story_is_too_large_for_the_log() -> None:
    """Whatever is sent, what is kept of it is less than a record may have: it is taken in, not refused later."""
    bus = await memory()
    wave = "\U0001f30a"
    long = dict.fromkeys(("body", "headline", "byline", "slug", "section", "editorial_note"), wave * 300_000)
    story = STORY | long | {"keywords": [wave * 100 + str(number) for number in range(1_000)]}
    answer = await push(app(bus), json.dumps(story, ensure_ascii=False).encode())
    assert answer.status == 202
    assert len(on_log(bus)) == 1


async def test_a_log_that_is_away_is_no_acknowledgement() -> None:
    """503, when to come again, and that nothing was taken in."""
    bus = await memory()
    answer = await push(app(FaultyBus(bus, Faults(append=[Transient("the log is locked")]))), lines(STORY))
    assert answer.problem["status"] == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "the log is locked; nothing was taken in" in answer.problem["detail"]
    assert on_log(bus) == []


async def test_too_many_pushes_at_once_are_told_to_come_again() -> None:
    """The one under way is not disturbed, and there is room again after it."""
    bus = await memory()
    here = app(bus, most_in_flight=1)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        begun.set()
        await go_on.wait()
        yield lines(STORY)

    first = asyncio.create_task(push(here, slow()))
    await begun.wait()
    refused = await push(here, lines(STORY))
    assert refused.problem["status"] == 503
    assert refused.headers["retry-after"] == "1"
    go_on.set()
    assert (await first).status == 202
    assert (await push(here, lines(STORY))).status == 202


async def test_a_client_that_goes_away_gives_its_place_back() -> None:
    """Nothing of a body that did not come to its end is taken in."""
    bus = await memory()
    here = app(bus, most_in_flight=1)

    async def torn() -> AsyncIterator[bytes]:
        yield b'{"headline":'
        raise asyncio.CancelledError

    with suppress(asyncio.CancelledError):
        await push(here, torn())
    assert on_log(bus) == []
    assert (await push(here, lines(STORY))).status == 202


async def test_a_large_push_is_read_beside_the_event_loop() -> None:
    """Thousands of stories take seconds, in which others are served."""
    bus = await memory()
    body = lines(*(STORY | {"id": f"s{number}", "body": "The dam gave way. " * 20} for number in range(2_000)))
    pushing = asyncio.create_task(push(app(bus), body, "application/x-ndjson"))
    turns = 0
    while not pushing.done():
        turns += 1
        await asyncio.sleep(0)
    assert (await pushing).status == 202
    assert turns > 50  # on the loop itself it is done within 5


async def test_sources_are_counted_by_name_up_to_a_bound() -> None:
    """Whoever pushes may invent names; a metric with one label for each would grow for ever."""
    bus = await memory()
    before = _counted()
    await push(app(bus), lines(*(STORY | {"id": f"x{n}", "source": f"Invented {n}"} for n in range(250))))
    after = _counted()
    assert len(after) - len(before) <= 201
    assert after["others"] - before.get("others", 0) == 50


def _counted() -> dict[str, float]:
    return {
        sample.labels["source"]: sample.value
        for metric in REGISTRY.collect()
        if metric.name == "tocsin_stories_accepted"
        for sample in metric.samples
        if sample.name.endswith("_total")
    }
