"""Wiring of the classify service."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import TypeAdapter

from events.decision import Decision, Tick
from events.story import StoryClassified, StoryIngested
from services.classify.adapters.knowledge import load_knowledge
from services.classify.core.entries import EventEntry, StoryEntry
from services.classify.core.rules import Rules
from services.classify.core.step import step
from services.classify.core.window import Window
from services.classify.settings import ClassifySettings
from services.runtime.assembly import Assembly, Ground
from services.runtime.lifecycle import Part
from services.runtime.run import StageRunner
from services.runtime.stage import Stage, StateOf

_TICK_SECONDS = 5.0
_ENTRY: TypeAdapter[StoryEntry | EventEntry] = TypeAdapter(StoryEntry | EventEntry)


def stage(settings: ClassifySettings) -> Stage[Window, StoryIngested | Tick]:
    """The classify stage."""
    rules = Rules(
        knowledge=load_knowledge(),
        threshold=settings.threshold,
        window=timedelta(hours=settings.window_hours),
    )

    def judge(window: Window, event: StoryIngested | Tick, at: datetime) -> Decision:
        return step(window, rules, event, at)

    return Stage(
        name="classify",
        reads=(StoryIngested,),
        writes=(StoryClassified,),
        state=StateOf(initial=Window, apply=Window.apply, entry=_ENTRY),
        step=judge,
        tick_seconds=_TICK_SECONDS,
    )


def assemble(ground: Ground, settings: ClassifySettings) -> Assembly:
    """The classify service."""
    runner = StageRunner(stage(settings), ground.bus, ground.clock, ground.health)
    return Assembly(parts=(Part("classify", runner.run),))
