"""
The messages of the alert stream, `/v1/stream` on the websocket port: the written form that clients rely on.

Each is a JSON object in a text frame. Of what a client sends, unknown fields and other types are refused; of what it
is sent, it should ignore both.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from events.alert import Alert
from events.base import Instant, Model

SubscriptionName = Annotated[str, Field(min_length=1, max_length=64)]
"""The client's own name for a subscription, unique in its connection."""

Cursor = Annotated[str, Field(min_length=1, max_length=4096)]
"""How far into the alerts a client has got: opaque; only its equality means something."""


class Request(Model):
    """What a client sends. A misspelt field is refused rather than ignored, since it was meant."""

    model_config = ConfigDict(extra="forbid")


class Subscribe(Request):
    """Send the alerts that match a filter, from a cursor on, or from now on. A name that is in use is replaced."""

    type: Literal["subscribe"]
    id: SubscriptionName
    filter: str = ""
    since: Cursor | None = None


class Unsubscribe(Request):
    """Send no more for a subscription."""

    type: Literal["unsubscribe"]
    id: SubscriptionName


class Ping(Request):
    """Answer with a pong: a page in a browser cannot send the protocol's own."""

    type: Literal["ping"]


class Auth(Request):
    """The API key, from a client that could not send it as a header. It must be the first message."""

    type: Literal["auth"]
    key: str = Field(min_length=1, max_length=1024, repr=False)


class Subscribed(Model):
    """The subscription is open, from `cursor` on, with the filter in its normal spelling."""

    type: Literal["subscribed"]
    id: SubscriptionName
    filter: str
    cursor: Cursor


class Unsubscribed(Model):
    """Nothing more will come for the subscription."""

    type: Literal["unsubscribed"]
    id: SubscriptionName


class Authenticated(Model):
    """The key is good."""

    type: Literal["authenticated"]


class Pong(Model):
    """Answers a ping. All that was due before it has been sent, so its cursor may be kept."""

    type: Literal["pong"]
    at: Instant
    cursor: Cursor | None = None
    """Absent before the first subscription."""


class StreamedAlert(Model):
    """An alert revision, once, however many subscriptions it is for; `cursor` resumes all of them after it."""

    type: Literal["alert"]
    cursor: Cursor
    subscriptions: tuple[SubscriptionName, ...] = Field(min_length=1)
    alert: Alert


class StreamError(Model):
    """Something was not done; the connection stays open."""

    type: Literal["error"]
    code: str
    """For programs: not_json, unknown_type, invalid, invalid_filter, unknown_subscription and the like."""

    detail: str
    """For people."""

    id: str | None = None
    """The subscription it is about."""

    position: int | None = Field(default=None, ge=0)
    """Where a filter cannot be understood, in characters from 0."""

    expected: str | None = None
    """What could have stood there."""


class CannotReplay(Model):
    """There would have been a gap, so the subscription is not open: ask for the present state, then subscribe anew."""

    type: Literal["cannot_replay"]
    id: SubscriptionName
    reason: str
    """For programs: malformed, another_log, expired or ahead."""

    detail: str
    earliest: Cursor
    """The cursor of the oldest alert that is kept."""

    now: Cursor
    """The cursor of this moment."""


REQUESTS: tuple[type[Request], ...] = (Subscribe, Unsubscribe, Ping, Auth)
ANSWERS: tuple[type[Model], ...] = (
    Subscribed,
    Unsubscribed,
    Authenticated,
    Pong,
    StreamedAlert,
    StreamError,
    CannotReplay,
)
