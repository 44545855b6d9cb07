"""The webhook service, running over a bus in memory, and what goes into it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

from asgi import Answer, call
from eventually import eventually
from fastapi import FastAPI

from events.alert import Alert, AlertRevised
from events.base import Event, head
from events.codec import decode
from events.delivery import DeliveryAttempted
from events.topics import DELIVERIES, TOPICS
from services.runtime.access import Access
from services.runtime.assembly import Ground
from services.runtime.bus.memory import MemoryBus
from services.runtime.bus.port import Bus, Partition
from services.runtime.clock import Clock, SystemClock
from services.runtime.health import Health
from services.runtime.http import application
from services.runtime.publish import publish
from services.webhook.app import assemble
from services.webhook.settings import WebhookSettings

LOOPBACK = WebhookSettings(allow_private=(ip_network("127.0.0.0/8"),), connect_seconds=2.0, answer_seconds=5.0)


def alert(revision: int = 1, status: str = "raised", *, id: str = "a1", **more: Any) -> Alert:  # noqa: A002
    """A revision of an alert."""
    fields: dict[str, Any] = {
        "id": id,
        "event_id": f"e-{id}",
        "revision": revision,
        "status": status,
        "severity": "urgent",
        "interrupt": True,
        "headline": "Ferry sinks off Norvik – “dozens” missing",
        "score": 0.9,
        "lead": "story",
    }
    return Alert.model_validate(fields | more)


async def memory() -> MemoryBus:
    """An empty log with all topics."""
    bus = MemoryBus()
    await bus.declare(TOPICS)
    return bus


def ground(bus: Bus, clock: Clock | None = None) -> Ground:
    """What a process gives to its services."""
    return Ground(bus, clock or SystemClock(), Health(), Access(()))


def on_log(bus: MemoryBus, topic: str) -> list[Event]:
    """The events on partition 0 of a topic."""
    return [decode(at.key, at.value, at.headers).data for at in bus.log(Partition(topic, 0))]


def attempts(bus: MemoryBus) -> list[DeliveryAttempted]:
    """Every attempt on record."""
    return [event for event in on_log(bus, DELIVERIES.name) if isinstance(event, DeliveryAttempted)]


async def say(bus: Bus, *events: Event) -> None:
    """Write events as the service that they are from does."""
    now = datetime.now(UTC)
    await publish(bus, [head(event, source="/test", time=now, identity=f"{now}{n}") for n, event in enumerate(events)])


async def tell(bus: Bus, *revisions: Alert) -> None:
    """Write alert revisions as the alert service does."""
    await say(bus, *(AlertRevised(alert=revision) for revision in revisions))


@dataclass(frozen=True, slots=True)
class Service:
    """The service as it runs."""

    app: FastAPI
    health: Health
    stop: asyncio.Event
    tasks: Sequence[asyncio.Future[None]]

    async def call(self, method: str, path: str = "", document: object = None) -> Answer:
        """A request under /v1/subscriptions."""
        return await call(self.app, method, f"/v1/subscriptions{path}", document=document)

    async def subscribe(self, url: str, filter: str = "") -> dict[str, Any]:  # noqa: A002
        """A new subscription, with its secret."""
        answer = await self.call("POST", "", {"channel": "webhook", "url": url, "filter": filter})
        assert answer.status == 201, answer.body
        return dict(answer.json)

    async def stopped(self) -> None:
        """Stop in good order."""
        self.stop.set()
        await asyncio.gather(*self.tasks)


@asynccontextmanager
async def serving(bus: Bus, settings: WebhookSettings = LOOPBACK, clock: Clock | None = None) -> AsyncIterator[Service]:
    """The service; at the end it is cut off where it stands, as by a crash."""
    base = ground(bus, clock)
    assembly = assemble(base, settings)
    app = application(assembly.routers, access=base.access, health=base.health, clock=base.clock)
    stop = asyncio.Event()
    tasks = [asyncio.ensure_future(part.run(stop)) for part in assembly.parts]
    try:
        await eventually(lambda: not base.health.problems(base.clock.now()))
        yield Service(app, base.health, stop, tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
