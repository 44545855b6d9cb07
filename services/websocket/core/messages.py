"""The messages of the stream: what a client may send, and what it is sent. JSON objects with a `type`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from events.filter import InvalidFilter
from services.websocket.core.cursor import EARLIEST, LONGEST, CannotReplay, Cursor

SubscriptionId = Annotated[str, Field(min_length=1, max_length=64)]
"""The client's own name for a subscription, unique in its connection."""


class _Inbound(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Subscribe(_Inbound):
    """Send alerts that match a filter, from a cursor on, or from now on. An id that is in use is replaced."""

    type: Literal["subscribe"]
    id: SubscriptionId
    filter: str = ""
    since: Annotated[str, Field(min_length=1, max_length=LONGEST)] | None = None


class Unsubscribe(_Inbound):
    """Send no more for a subscription."""

    type: Literal["unsubscribe"]
    id: SubscriptionId


class Ping(_Inbound):
    """Answer with a pong: browsers cannot send the protocol's own."""

    type: Literal["ping"]


class Auth(_Inbound):
    """The API key, from a client that could not send it as a header; the first message."""

    type: Literal["auth"]
    key: Annotated[str, Field(min_length=1, max_length=1024, repr=False)]


Inbound: TypeAlias = Subscribe | Unsubscribe | Ping | Auth

_INBOUND: TypeAdapter[Inbound] = TypeAdapter(Annotated[Inbound, Field(discriminator="type")])


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message was not understood."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Control:
    """A message other than an alert, ready to be sent."""

    type: str
    json: bytes
    cursor: Cursor | None = None
    """The place in the log that it tells the client, where it does."""


def read(text: str) -> Inbound | Refusal:
    """The message in a text frame, or why there is none."""
    try:
        return _INBOUND.validate_json(text)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if problem["type"] == "json_invalid":
        return Refusal("not_json", f"a message is one JSON object: {problem['msg']}")
    if problem["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        return Refusal("unknown_type", "the type is one of subscribe, unsubscribe, ping, auth")
    place = ".".join(str(step) for step in problem["loc"]) or "the message"
    return Refusal("invalid", f"{place}: {problem['msg']}")


def subscribed(subscription: str, canonical: str, cursor: Cursor) -> Control:
    """The subscription is open; `cursor` is where it starts."""
    return _control("subscribed", cursor, id=subscription, filter=canonical, cursor=cursor)


def unsubscribed(subscription: str) -> Control:
    """Nothing more will come for it."""
    return _control("unsubscribed", None, id=subscription)


def authenticated() -> Control:
    """The key is good."""
    return _control("authenticated", None)


def pong(at: str, cursor: Cursor | None) -> Control:
    """Answers a ping; all that was due before it has been sent, so the cursor may be kept."""
    known = {} if cursor is None else {"cursor": cursor}
    return _control("pong", cursor, at=at, **known)


def error(code: str, detail: str, subscription: str | None = None) -> Control:
    """Something was not done; the connection stays."""
    named = {} if subscription is None else {"id": subscription}
    return _control("error", None, code=code, detail=detail, **named)


def invalid_filter(subscription: str, problem: InvalidFilter) -> Control:
    """The filter cannot be understood; `position` counts characters from 0."""
    return _control(
        "error",
        None,
        code="invalid_filter",
        detail=str(problem),
        id=subscription,
        position=problem.position,
        expected=problem.expected,
    )


def cannot_replay(subscription: str, why: CannotReplay, now: Cursor) -> Control:
    """The subscription was not opened, since there would have been a gap; the client decides what to do."""
    return _control(
        "cannot_replay",
        None,
        id=subscription,
        reason=why.reason,
        detail=(
            f"{why.detail}. Ask GET /v1/alerts for the present state and subscribe without since, "
            f'or with since "{EARLIEST}" for all that is kept.'
        ),
        earliest=EARLIEST,
        now=now,
    )


def alert(cursor: Cursor, subscriptions: Sequence[str], alert_json: bytes) -> bytes:
    """An alert revision; the alert itself is the JSON that all clients share."""
    listed = json.dumps(list(subscriptions), ensure_ascii=False)
    head = f'{{"type":"alert","cursor":"{cursor}","subscriptions":{listed},"alert":'
    return b"".join((head.encode("utf-8", "replace"), alert_json, b"}"))


def _control(kind: str, place: Cursor | None, **fields: str | int) -> Control:
    document = json.dumps({"type": kind, **fields}, ensure_ascii=False, separators=(",", ":"))
    return Control(kind, document.encode("utf-8", "replace"), place)
