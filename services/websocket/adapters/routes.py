"""The board over HTTP: alerts, verdicts, an editor's actions, and the stream as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body, Header, Query, Response
from pydantic import BaseModel

from events.alert import Alert, AlertId, AlertStatus
from events.filter import Filter, InvalidFilter, parse
from events.story import StoryId
from services.runtime.assembly import Ground
from services.runtime.http import Problem
from services.runtime.publish import publish
from services.websocket.adapters.actions import Order, Taken, acted
from services.websocket.adapters.gateway import Gateway
from services.websocket.adapters.ledger import Ledger
from services.websocket.adapters.sse import EventStream
from services.websocket.core import paging
from services.websocket.core.board import Entry
from services.websocket.core.cursor import EARLIEST, LONGEST, CannotReplay, Offsets, resumable
from services.websocket.core.judged import Judged

_CursorText = Annotated[str, Query(min_length=1, max_length=LONGEST)]
_FilterText = Annotated[str, Query(description="An expression of the filter language")]
_JSON = "application/json"
_MOST_SEARCHED = 1000
_AT_ONCE = 25
"""Alerts that a filter is asked about before others get their turn on the event loop: some 3 ms."""


class AlertPage(BaseModel):
    """Latest revisions, and the cursor to ask with next."""

    items: list[Alert]
    next: str


class AlertHistory(Alert):
    """The latest revision of an alert, and all that are held."""

    revisions: list[Alert]


def alerts(gateway: Gateway) -> APIRouter:
    """The alerts on the board."""
    routes = APIRouter(tags=["alerts"])

    @routes.get("/v1/alerts", response_model=AlertPage, summary="The latest revision of each alert")
    async def page(
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        since: _CursorText | None = None,
        status: AlertStatus | None = None,
        filter: _FilterText = "",  # noqa: A002 (the public name)
    ) -> Response:
        """
        Without `since`: the newest alerts, newest first, and as `next` the cursor of the present.

        With `since`, a `next` or the cursor of a stream's message: the alerts that were revised after it, oldest
        first. Ask again with each `next`, at once while pages are full, else when you like; nothing is missed.
        `earliest` is a cursor before everything that is kept. 410 says that a cursor is too old. With a filter a
        page may be shorter than its limit, and the newest 1000 alerts are searched. As on the stream, tests are shown
        only where the filter asks for them.
        """
        _opened(gateway)
        entries, following = await _page(gateway, limit, since, status, filter)
        listed = b",".join(entry.json for entry in entries)
        return Response(b'{"items":[%s],"next":"%s"}' % (listed, gateway.cursor(following).encode()), media_type=_JSON)

    @routes.get("/v1/alerts/{alert_id}", response_model=AlertHistory, summary="One alert with all its revisions")
    async def one(alert_id: AlertId) -> Response:
        """The fields of the latest revision, and under `revisions` all of them, the first one first."""
        history = _history(gateway, alert_id)
        listed = b",".join(entry.json for entry in history)
        return Response(b'%s,"revisions":[%s]}' % (history[-1].json[:-1], listed), media_type=_JSON)

    _ = page, one
    return routes


def editorial(ground: Ground, gateway: Gateway) -> APIRouter:
    """What an editor does to an alert."""
    routes = APIRouter(tags=["alerts"])

    @routes.post("/v1/alerts/{alert_id}/actions", status_code=202, summary="Kill or correct an alert")
    async def act(
        alert_id: AlertId,
        order: Annotated[Order, Body()],
        idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255)] = None,
    ) -> Taken:
        """
        Everyone who had the alert gets the kill or the correction, whatever their filter says.

        202 means that the action is on the log. Send the same `Idempotency-Key` when you repeat a request.
        """
        latest = _history(gateway, alert_id)[-1]
        if latest.status is AlertStatus.KILLED:
            raise Problem(409, "Conflict", f"alert {alert_id} is killed already; nothing can be done to it any more")
        envelope = acted(order, alert_id, latest.event_id, idempotency_key, ground.clock.now())
        await publish(ground.bus, [envelope])
        return Taken(id=envelope.id, alert_id=alert_id, action=order.action)

    _ = act
    return routes


def verdicts(gateway: Gateway) -> APIRouter:
    """Why a story did or did not ring."""
    routes = APIRouter(tags=["stories"])

    @routes.get("/v1/stories/{story_id:path}/verdict", summary="The verdict on a story, with its reasons")
    async def verdict(story_id: StoryId) -> Judged:
        """The latest verdict. A story that was pushed a moment ago may still be in flight: then 404, ask again."""
        _opened(gateway)
        judged = gateway.verdicts.get(story_id)
        if judged is None:
            raise Problem(
                404,
                "Not Found",
                f"no verdict on story {story_id!r} is held here: it may still be in flight, be past what is held, "
                "or never have been sent",
                {"retry-after": "1"},
            )
        return judged

    _ = verdict
    return routes


def stream(gateway: Gateway, ledger: Ledger, heartbeat_seconds: float) -> APIRouter:
    """The stream as server-sent events."""
    routes = APIRouter(tags=["alerts"])

    @routes.get("/v1/stream", summary="Alerts as server-sent events", response_class=EventStream)
    async def events(
        filter: _FilterText = "",  # noqa: A002 (the public name)
        since: _CursorText | None = None,
        last_event_id: Annotated[str | None, Header(max_length=LONGEST)] = None,
    ) -> Response:
        """
        Events `alert`, `subscribed` and `cannot_replay`; the `id` of each is a cursor, which browsers send back.

        After `cannot_replay`, which says why there is a gap, the stream goes on with what comes now.
        """
        _opened(gateway)
        return EventStream(gateway, ledger, _filter(filter), last_event_id or since, heartbeat_seconds)

    _ = events
    return routes


async def _page(
    gateway: Gateway, limit: int, since: str | None, status: AlertStatus | None, text: str
) -> tuple[Sequence[Entry], Offsets]:
    wanted = _filter(text)
    shown = partial(_shown, status, bool(text))
    if since is not None:
        found = paging.changed(gateway.board, await _after(gateway, since), limit, shown)
    else:
        found = paging.newest(gateway.board, _MOST_SEARCHED if text else limit, shown)
    return (await _matching(gateway, wanted, found.entries, limit) if text else found.entries), found.next


def _shown(status: AlertStatus | None, filtered: bool, entry: Entry) -> bool:  # noqa: FBT001 (of a partial)
    """Tests are for those whose filter asks for them; it has the say where there is one."""
    return status in {None, entry.status} and (filtered or not entry.test)


async def _matching(gateway: Gateway, wanted: Filter, entries: Sequence[Entry], limit: int) -> list[Entry]:
    found: list[Entry] = []
    gateway.matching.use(wanted)
    try:
        for number, entry in enumerate(entries):
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
            if gateway.matching.matched(wanted, entry):
                found.append(entry)
            if len(found) == limit:
                break
    finally:
        gateway.matching.drop(wanted)
    return found


def _filter(text: str) -> Filter:
    try:
        return parse(text)
    except InvalidFilter as error:
        raise Problem(
            400, "Bad Request", str(error), code="invalid_filter", position=error.position, expected=error.expected
        ) from error


def _opened(gateway: Gateway) -> None:
    if not gateway.opened.is_set():
        raise Problem(503, "Service Unavailable", "the alerts are still being loaded; ask again", {"retry-after": "1"})


def _history(gateway: Gateway, alert_id: AlertId) -> tuple[Entry, ...]:
    _opened(gateway)
    history = gateway.board.history(alert_id)
    if not history:
        raise Problem(404, "Not Found", f"there is no alert {alert_id!r} here, or it is past what is held")
    return history


async def _after(gateway: Gateway, since: str) -> Offsets:
    held = paging.on_board(await gateway.held(), gateway.board)
    where = resumable(since, held)
    if not isinstance(where, CannotReplay):
        return where.offsets
    if where.reason == "malformed":
        raise Problem(400, "Bad Request", where.detail, code=where.reason)
    raise Problem(
        410,
        "Gone",
        f"{where.detail}. Ask without since for the present state, or with since={EARLIEST} for all that is held.",
        code=where.reason,
    )
