from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from events.alert import Alert, AlertStatus
from events.base import head
from events.codec import decode
from events.editorial import CorrectAlert, EditorActed, KillAlert
from events.story import EventId, Story, StoryClassified, StoryId, Verdict
from events.topics import EDITORIAL
from services.runtime.bus.port import Partition
from services.runtime.publish import publish

pytestmark = pytest.mark.socket

MakeAlert = Callable[..., Alert]
AT = datetime(2026, 3, 1, tzinfo=UTC)
KILL = {"action": "kill", "reason": "It was a drill", "editor": "N. Editor"}


def names(page: Any) -> list[str]:
    """Alert and revision of each item."""
    return [f"{item['id']}{item['revision']}" for item in page["items"]]


async def shown(it: Any, path: str, wanted: list[str]) -> Any:
    """Ask until the page shows what was written a moment ago."""
    for _ in range(500):
        _, _, page = await it.get(path)
        if names(page) == wanted:
            return page
    pytest.fail(f"{path} shows {names(page)}, not {wanted}")


async def test_the_newest_alerts_come_first_and_a_poller_follows(desk: Any, alert: MakeAlert) -> None:
    """Each in its latest revision; next is where the poller goes on, oldest first."""
    async with desk() as it:
        await it.put(alert("a"), alert("b"), alert("a", 2))
        page = await shown(it, "/v1/alerts", ["a2", "b1"])
        assert page["items"][0] == json.loads(alert("a", 2).model_dump_json())
        assert names((await it.get("/v1/alerts?limit=1"))[2]) == ["a2"]
        await it.put(alert("c"), alert("b", 2))
        later = await shown(it, f"/v1/alerts?since={page['next']}", ["c1", "b2"])
        assert names((await it.get(f"/v1/alerts?since={later['next']}"))[2]) == []
        first = (await it.get("/v1/alerts?since=earliest&limit=2"))[2]
        assert names(first) == ["a2", "c1"]
        assert names((await it.get(f"/v1/alerts?since={first['next']}&limit=2"))[2]) == ["b2"]


async def test_a_cursor_is_good_on_the_stream_and_in_a_page(desk: Any, alert: MakeAlert) -> None:
    """So that a client can load the board and follow it without a gap."""
    async with desk() as it:
        await it.put(alert("a"))
        page = await shown(it, "/v1/alerts", ["a1"])
        await it.put(alert("b"))
        async with it.connected() as connection:
            await connection.send(json.dumps({"type": "subscribe", "id": "s1", "since": page["next"]}))
            assert json.loads(await connection.recv())["type"] == "subscribed"
            assert json.loads(await connection.recv())["alert"]["id"] == "b"


async def test_pages_are_by_status_and_by_filter(desk: Any, alert: MakeAlert) -> None:
    """A match sticks; tests are shown where the filter asks for them alone."""
    async with desk() as it:
        await it.put(alert("a", headline="Dam"), alert("b", headline="Flood"), alert("t", test=True))
        await it.put(alert("a", 2, headline="Nothing", status=AlertStatus.KILLED))
        await shown(it, "/v1/alerts", ["a2", "b1"])
        assert names((await it.get("/v1/alerts?status=killed"))[2]) == ["a2"]
        assert names((await it.get("/v1/alerts?filter=headline:dam"))[2]) == ["a2"]
        assert names((await it.get("/v1/alerts?filter=test:true"))[2]) == ["t1"]
        assert names((await it.get("/v1/alerts?filter=headline:dam&since=earliest"))[2]) == ["a2"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 422),
        ("limit=501", 422),
        ("status=gone", 422),
        ("filter=severity:fast", 400),
        ("since=nonsense", 400),
        ("since=MS4wMDAwMDAwMDAwMDAwMDAwLjA", 410),
    ],
)
async def test_what_cannot_be_answered_is_a_problem(desk: Any, query: str, status: int) -> None:
    """410 for a cursor of another log: the poller must begin anew."""
    async with desk() as it:
        got, headers, problem = await it.get(f"/v1/alerts?{query}")
    assert (got, headers["content-type"], problem["status"]) == (status, "application/problem+json", status)


async def test_one_alert_is_told_with_all_its_revisions(desk: Any, alert: MakeAlert) -> None:
    """The latest one's fields, and under revisions each one whole."""
    async with desk() as it:
        await it.put(alert("a"), alert("a", 2))
        await shown(it, "/v1/alerts", ["a2"])
        _, _, told = await it.get("/v1/alerts/a")
        assert told["revision"] == 2
        assert told["revisions"] == [json.loads(alert("a", n).model_dump_json()) for n in (1, 2)]
        assert (await it.get("/v1/alerts/nothing"))[0] == 404


async def written(it: Any) -> list[EditorActed]:
    """What was written to the editorial topic."""
    log = it.bus.log(Partition(EDITORIAL.name, 0))
    events = [decode(message.key, message.value, message.headers).data for message in log]
    return [event for event in events if isinstance(event, EditorActed)]


async def test_a_kill_is_on_the_log_before_it_is_acknowledged(desk: Any, alert: MakeAlert) -> None:
    """With who, why, and the event in the world as its key."""
    async with desk() as it:
        await it.put(alert("a"))
        await shown(it, "/v1/alerts", ["a1"])
        status, _, taken = await it.ask("POST", "/v1/alerts/a/actions", json=KILL)
        (event,) = await written(it)
    assert (status, taken["alert_id"], taken["action"]) == (202, "a", "kill")
    assert (event.action, event.reason, event.editor) == (KillAlert(), "It was a drill", "N. Editor")
    assert (event.event_id, event.alert_id) == ("event-a", "a")


async def test_a_correction_carries_the_headline(desk: Any, alert: MakeAlert) -> None:
    """That is to stand in its place."""
    async with desk() as it:
        await it.put(alert("a"))
        await shown(it, "/v1/alerts", ["a1"])
        order = {"action": "correct", "headline": "Dam holds", "reason": "Misheard", "editor": "N."}
        assert (await it.ask("POST", "/v1/alerts/a/actions", json=order))[0] == 202
        (event,) = await written(it)
    assert event.action == CorrectAlert(headline="Dam holds")


async def test_a_repeated_request_is_the_same_record(desk: Any, alert: MakeAlert) -> None:
    """Where it has the same Idempotency-Key: equal ids, so that it counts once."""
    async with desk() as it:
        await it.put(alert("a"))
        await shown(it, "/v1/alerts", ["a1"])
        answers = [
            (await it.ask("POST", "/v1/alerts/a/actions", json=KILL, headers=headers))[2]["id"]
            for headers in ({"idempotency-key": "k"}, {"idempotency-key": "k"}, {"idempotency-key": "l"}, {}, {})
        ]
    assert answers[0] == answers[1]
    assert len(set(answers)) == 4


@pytest.mark.parametrize(
    ("order", "status"),
    [
        (KILL | {"reason": "  "}, 422),
        (KILL | {"editor": ""}, 422),
        (KILL | {"headline": "x"}, 422),
        (KILL | {"action": "hide"}, 422),
        (KILL | {"action": "correct"}, 422),
        ({}, 422),
    ],
)
async def test_an_order_that_is_not_whole_is_refused(
    desk: Any, alert: MakeAlert, order: dict[str, str], status: int
) -> None:
    """Nobody kills without a reason and a name."""
    async with desk() as it:
        await it.put(alert("a"))
        await shown(it, "/v1/alerts", ["a1"])
        assert (await it.ask("POST", "/v1/alerts/a/actions", json=order))[0] == status
        assert await written(it) == []


async def test_nothing_is_done_to_an_alert_that_is_unknown_or_killed(desk: Any, alert: MakeAlert) -> None:
    """404, and 409."""
    async with desk() as it:
        await it.put(alert("a"), alert("a", 2, status=AlertStatus.KILLED))
        await shown(it, "/v1/alerts", ["a2"])
        assert (await it.ask("POST", "/v1/alerts/b/actions", json=KILL))[0] == 404
        assert (await it.ask("POST", "/v1/alerts/a/actions", json=KILL))[0] == 409
        assert await written(it) == []


async def test_a_verdict_tells_why(desk: Any) -> None:
    """By the story's id, which may have slashes; 404 says what it may mean."""
    async with desk() as it:
        story = Story(
            id=StoryId("wire:https://x.example/1"), source="wire", digest="0", headline="H", published=AT, first_seen=AT
        )
        verdict = Verdict(story_id=story.id, event_id=EventId("e"), breaking=False, score=0.2, threshold=0.5)
        classified = StoryClassified(story=story, verdict=verdict, classified_at=AT)
        await publish(it.bus, [head(classified, source="/classify", time=AT, identity="1")])
        status, told = 404, {}
        for _ in range(500):
            status, _, told = await it.get("/v1/stories/wire:https:%2F%2Fx.example%2F1/verdict")
            if status == 200:
                break
        assert (status, told["breaking"], told["score"], told["headline"]) == (200, False, 0.2, "H")
        status, _, problem = await it.get("/v1/stories/other/verdict")
    assert status == 404
    assert "in flight" in problem["detail"]
