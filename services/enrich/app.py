"""Wiring of the enrich service."""

from __future__ import annotations

from datetime import datetime

from events.decision import Decision
from events.story import StoryClassified, StoryEnriched
from services.enrich.adapters import model_file
from services.enrich.core.enrich import step
from services.runtime.assembly import Assembly, Ground
from services.runtime.lifecycle import Part
from services.runtime.run import StageRunner
from services.runtime.stage import STATELESS, Stage


def stage() -> Stage[None, StoryClassified]:
    """The enrich stage."""
    recogniser = model_file.load()

    def enrich(_state: None, event: StoryClassified, at: datetime) -> Decision:
        return step(recogniser, event, at)

    return Stage(name="enrich", reads=(StoryClassified,), writes=(StoryEnriched,), state=STATELESS, step=enrich)


def assemble(ground: Ground) -> Assembly:
    """The enrich service."""
    runner = StageRunner(stage(), ground.bus, ground.clock, ground.health)
    return Assembly(parts=(Part("enrich", runner.run),))
