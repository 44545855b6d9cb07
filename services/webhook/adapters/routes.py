"""The subscriptions API."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from events.alert import Alert, AlertId, AlertStatus
from events.base import Envelope, Event, Instant, head
from events.delivery import DeliveryAttempted, DeliveryPlanned
from events.filter import InvalidFilter, parse
from events.story import EventId, Severity, StoryId
from events.subscription import (
    SigningSecret,
    Subscription,
    SubscriptionDeleted,
    SubscriptionId,
    SubscriptionSaved,
    SubscriptionStatus,
)
from services.runtime.assembly import Ground
from services.runtime.http import Problem
from services.runtime.publish import publish
from services.webhook.adapters.history import History
from services.webhook.adapters.subscribers import Subscribers
from services.webhook.core.address import Blocked, Network, judge
from services.webhook.core.plan import delivery_id
from services.webhook.core.signature import new_secret
from services.webhook.core.target import DEFAULT_PORTS, Refused, parse_target
from services.webhook.settings import WebhookSettings

_SECRET_BYTES = 32
_OLD_SECRET_SIGNS = timedelta(hours=24)
_MOST_SECRETS = 8
"""Each adds 48 characters to a header, and receivers take some thousands; past it the oldest stop early."""

_LOOPBACK = IPv4Address("127.0.0.1")
_SETTING = "TOCSIN_WEBHOOK__ALLOW_PRIVATE"

Id = Annotated[str, Path(description="The subscription's id")]


class Wanted(BaseModel):
    """A subscription to be made."""

    model_config = ConfigDict(extra="forbid")

    channel: Literal["webhook"] = "webhook"
    url: str
    filter: str = ""
    description: str = Field(default="", max_length=500)


class Amended(BaseModel):
    """What is to be changed; what is absent stays."""

    model_config = ConfigDict(extra="forbid")

    url: str | None = None
    filter: str | None = None
    description: str | None = Field(default=None, max_length=500)
    status: Literal[SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED] | None = None


class Shown(BaseModel):
    """A subscription as it is shown: without its secrets."""

    id: SubscriptionId
    channel: str
    url: str
    filter: str
    description: str
    status: SubscriptionStatus
    status_reason: str
    created: Instant
    updated: Instant


class ShownOnce(Shown):
    """A subscription with its new secret, which is shown this once."""

    secret: str


class Listed(BaseModel):
    """All subscriptions, oldest first."""

    items: list[Shown]


class Attempts(BaseModel):
    """The latest attempts, newest first."""

    items: list[DeliveryAttempted]


def router(ground: Ground, settings: WebhookSettings, subscribers: Subscribers, history: History) -> APIRouter:
    """The routes under /v1/subscriptions."""
    routes = APIRouter(prefix="/v1/subscriptions", tags=["subscriptions"])
    api = _Subscriptions(ground, settings, subscribers, history)
    routes.add_api_route("", api.list_all, methods=["GET"], summary="All subscriptions")
    routes.add_api_route("", api.create, methods=["POST"], status_code=201, summary="Subscribe an endpoint")
    routes.add_api_route("/{subscription_id}", api.show, methods=["GET"], summary="One subscription")
    routes.add_api_route("/{subscription_id}", api.amend, methods=["PATCH"], summary="Change a subscription")
    routes.add_api_route(
        "/{subscription_id}", api.delete, methods=["DELETE"], status_code=204, summary="End a subscription"
    )
    routes.add_api_route(
        "/{subscription_id}/rotate-secret", api.rotate, methods=["POST"], summary="A new secret; the old signs for 24 h"
    )
    routes.add_api_route(
        "/{subscription_id}/test", api.test, methods=["POST"], status_code=202, summary="Send a test alert"
    )
    routes.add_api_route("/{subscription_id}/deliveries", api.deliveries, methods=["GET"], summary="Latest attempts")
    return routes


class _Subscriptions:
    """The handlers, over what they share."""

    def __init__(self, ground: Ground, settings: WebhookSettings, subscribers: Subscribers, history: History) -> None:
        self._ground = ground
        self._settings = settings
        self._subscribers = subscribers
        self._history = history

    async def list_all(self) -> Listed:
        """All subscriptions, oldest first."""
        held = sorted(self._subscribers.all.values(), key=lambda item: (item.created, item.id))
        return Listed(items=[_shown(item) for item in held])

    async def create(self, wanted: Wanted) -> ShownOnce:
        """Subscribe an endpoint to the alerts that its filter matches. The secret is shown this once."""
        self._check(wanted.url, wanted.filter)
        secret = new_secret(secrets.token_bytes(_SECRET_BYTES))
        now = self._ground.clock.now()
        subscription = Subscription(
            id=SubscriptionId(f"sub_{uuid.uuid4().hex}"),
            url=wanted.url,
            filter=wanted.filter,
            description=wanted.description,
            secrets=(SigningSecret(value=secret),),
            created=now,
            updated=now,
        )
        await self._subscribers.save(self._record(SubscriptionSaved(subscription=subscription)))
        return ShownOnce(**_shown(subscription).model_dump(), secret=secret)

    async def show(self, subscription_id: Id) -> Shown:
        """One subscription."""
        return _shown(self._held(subscription_id))

    async def amend(self, subscription_id: Id, amended: Amended) -> Shown:
        """Change a subscription. Making a disabled one active lets it receive again."""
        changed = amended.model_dump(exclude_none=True)
        self._check(changed.get("url"), changed.get("filter"))
        if "status" in changed:
            changed["status_reason"] = ""
        return _shown(await self._change(subscription_id, lambda _held: changed))

    async def delete(self, subscription_id: Id) -> None:
        """End a subscription; what waits to be delivered is not sent."""

        def ended(held: Subscription | None) -> Envelope[Event]:
            return self._record(SubscriptionDeleted(subscription_id=_known(held, subscription_id).id))

        await self._subscribers.change(SubscriptionId(subscription_id), ended)

    async def rotate(self, subscription_id: Id) -> ShownOnce:
        """Give a subscription a new secret. Both sign for 24 hours, so that receivers can change over."""
        secret = new_secret(secrets.token_bytes(_SECRET_BYTES))

        def rotated(held: Subscription) -> dict[str, Any]:
            return {"secrets": _with_new(secret, held.secrets, self._ground.clock.now())}

        subscription = await self._change(subscription_id, rotated)
        return ShownOnce(**_shown(subscription).model_dump(), secret=secret)

    async def test(self, subscription_id: Id) -> dict[str, str]:
        """Send the endpoint an alert that is marked as a test, whatever its filter says."""
        held = self._held(subscription_id)
        if held.status is not SubscriptionStatus.ACTIVE:
            raise Problem(409, "Conflict", f"the subscription is {held.status}: make it active, then test it")
        alert = _test_alert(self._ground)
        planned = DeliveryPlanned(
            delivery_id=delivery_id(held.id, alert.id, alert.revision),
            subscription_id=held.id,
            alert=alert,
            planned_at=self._ground.clock.now(),
        )
        time = self._ground.clock.now()
        await publish(
            self._ground.bus, [head(planned, source="/webhook", time=time, identity=str(planned.delivery_id))]
        )
        return {"delivery_id": planned.delivery_id, "alert_id": alert.id}

    async def deliveries(self, subscription_id: Id) -> Attempts:
        """Up to 200 attempts, newest first."""
        return Attempts(items=self._history.of(self._held(subscription_id).id))

    def _held(self, subscription_id: str) -> Subscription:
        return _known(self._subscribers.all.get(SubscriptionId(subscription_id)), subscription_id)

    async def _change(self, subscription_id: str, update: Callable[[Subscription], dict[str, Any]]) -> Subscription:
        """Save the subscription with some of its fields changed; gives the new state."""
        saved: list[Subscription] = []

        def changed(held: Subscription | None) -> Envelope[Event]:
            known = _known(held, subscription_id)
            new = known.model_copy(update={**update(known), "updated": self._ground.clock.now()})
            saved.append(new)
            return self._record(SubscriptionSaved(subscription=new))

        await self._subscribers.change(SubscriptionId(subscription_id), changed)
        return saved[0]

    def _record(self, event: Event) -> Envelope[Event]:
        return head(event, source="/webhook", time=self._ground.clock.now(), identity=uuid.uuid4().hex)

    def _check(self, url: str | None, expression: str | None) -> None:
        """Refuse what could never be delivered or never match; None is not looked at."""
        try:
            parse(expression or "")
        except InvalidFilter as error:
            raise Problem(
                422, "Unprocessable Content", f"filter: {error}", field="filter", position=error.position
            ) from error
        reason = None if url is None else _unreachable(url, self._settings.allow_private)
        if reason is not None:
            raise Problem(422, "Unprocessable Content", f"url: {reason}", field="url")


def _unreachable(url: str, allowed: Collection[Network]) -> str | None:
    """Why a delivery would never be sent to the URL, as far as it tells by itself; names are resolved only then."""
    target = parse_target(url, ports=None)
    if isinstance(target, Refused):
        return target.reason
    local = target.host == "localhost" or target.host.endswith(".localhost")  # always loopback: RFC 6761, 6.3
    address = _LOOPBACK if local else target.literal
    verdict = None if address is None else judge(address, allowed)
    if isinstance(verdict, Blocked):
        return f"{verdict.reason} ({_SETTING})"
    usual = parse_target(url, ports=None if allowed else DEFAULT_PORTS)
    return f"{usual.reason}: 80, 443 and 8080 to 8999 are ({_SETTING})" if isinstance(usual, Refused) else None


def _known(held: Subscription | None, subscription_id: str) -> Subscription:
    if held is None:
        raise Problem(404, "Not Found", f"there is no subscription {subscription_id!r}")
    return held


def _with_new(secret: str, held: Sequence[SigningSecret], now: datetime) -> tuple[SigningSecret, ...]:
    """The secrets after a rotation: the older ones that still sign do so for a while."""
    until = now + _OLD_SECRET_SIGNS
    older = [
        SigningSecret(value=old.value, expires=min(until, old.expires or until))
        for old in held
        if old.expires is None or old.expires > now
    ]
    return (SigningSecret(value=secret), *older[: _MOST_SECRETS - 1])


def _shown(subscription: Subscription) -> Shown:
    return Shown.model_validate(subscription.model_dump(exclude={"secrets"}))


def _test_alert(ground: Ground) -> Alert:
    now = ground.clock.now()
    name = uuid.uuid4().hex
    return Alert(
        id=AlertId(f"test-{name}"),
        event_id=EventId(f"test-{name}"),
        revision=1,
        status=AlertStatus.RAISED,
        severity=Severity.URGENT,
        test=True,
        interrupt=False,
        headline="Test alert from Tocsin: no news",
        summary="Someone asked for this test of your endpoint. Nothing has happened.",
        language="en",
        score=1.0,
        lead=StoryId(f"test-{name}"),
        clocks={"raised": now},
    )
