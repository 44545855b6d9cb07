"""Wiring of the alert service."""

from __future__ import annotations

from functools import partial

from events.alert import AlertRevised
from events.decision import Tick
from events.editorial import EditorActed
from events.story import StoryEnriched
from services.alert.core.entries import ENTRY, Alerts
from services.alert.core.step import Rules, step
from services.runtime.assembly import Assembly, Ground
from services.runtime.lifecycle import Part
from services.runtime.run import StageRunner
from services.runtime.stage import Stage, StateOf

_TICK_SECONDS = 0.25


def stage(rules: Rules) -> Stage[Alerts, StoryEnriched | EditorActed | Tick]:
    """The alert stage."""
    return Stage(
        name="alert",
        reads=(StoryEnriched, EditorActed),
        writes=(AlertRevised,),
        state=StateOf(initial=Alerts, apply=Alerts.apply, entry=ENTRY),
        step=partial(step, rules),
        tick_seconds=_TICK_SECONDS,
    )


def assemble(ground: Ground) -> Assembly:
    """The alert service."""
    runner = StageRunner(stage(Rules()), ground.bus, ground.clock, ground.health)
    return Assembly(parts=(Part("alert", runner.run),))
