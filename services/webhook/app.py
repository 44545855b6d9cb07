"""
Wiring of the webhook service.

    alerts --plan--> deliveries --fold--> ledger --due--> sender --POST--> endpoint
                         ^------------ outcome -------------'
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from events.alert import AlertRevised
from events.decision import Decision, Tick
from events.delivery import DeliveryAttempted, DeliveryPlanned
from services.runtime.assembly import Assembly, Ground
from services.runtime.clock import first_of
from services.runtime.lifecycle import Part
from services.runtime.run import StageRunner
from services.runtime.stage import Stage, StateOf
from services.webhook.adapters.history import History
from services.webhook.adapters.routes import router
from services.webhook.adapters.sender import Sender
from services.webhook.adapters.subscribers import Subscribers
from services.webhook.core import delivery, plan
from services.webhook.core.delivery import Ledger
from services.webhook.core.entries import LINE, TOLD
from services.webhook.core.plan import Planned
from services.webhook.settings import WebhookSettings

_FORGET_SECONDS = 60.0


def plan_stage(subscribers: Subscribers) -> Stage[Planned, AlertRevised | Tick]:
    """Alert revisions to deliveries, by the subscriptions of the moment."""

    def step(planned: Planned, event: AlertRevised | Tick, at: datetime) -> Decision:
        return plan.step(planned, subscribers.orders, event, at)

    return Stage(
        name="webhook-plan",
        reads=(AlertRevised,),
        writes=(DeliveryPlanned,),
        state=StateOf(initial=Planned, apply=Planned.apply, entry=TOLD),
        step=step,
        tick_seconds=_FORGET_SECONDS,
    )


def delivery_stage() -> Stage[Ledger, DeliveryPlanned | DeliveryAttempted | Tick]:
    """The ledger of each partition of deliveries."""
    return Stage(
        name="webhook-delivery",
        reads=(DeliveryPlanned, DeliveryAttempted),
        writes=(),
        state=StateOf(initial=Ledger, apply=Ledger.apply, entry=LINE),
        step=delivery.step,
        tick_seconds=_FORGET_SECONDS,
    )


def assemble(ground: Ground, settings: WebhookSettings) -> Assembly:
    """The webhook service."""
    subscribers, history = Subscribers(ground), History(ground)
    sender = Sender(ground, settings, subscribers)
    planner = StageRunner(plan_stage(subscribers), ground.bus, ground.clock, ground.health)
    keeper = StageRunner(delivery_stage(), ground.bus, ground.clock, ground.health, observe=sender.observe)

    async def plan_once_loaded(stop: asyncio.Event) -> None:
        """An alert that is planned before the subscriptions are known would reach nobody."""
        await first_of(subscribers.view.loaded.wait(), stop.wait())
        await planner.run(stop)

    return Assembly(
        parts=(
            Part("webhook-subscriptions", subscribers.view.follow),
            Part("webhook-history", history.view.follow),
            Part("webhook-plan", plan_once_loaded),
            Part("webhook-delivery", keeper.run),
            Part("webhook-sender", sender.run),
        ),
        routers=(router(ground, settings, subscribers, history),),
    )
