"""What a pure step takes in and gives out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from events.base import Event, Model


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a service's state with its new value; None erases it. Written to the service's changelog."""

    key: str
    value: Model | None


@dataclass(frozen=True, slots=True)
class Decision:
    """
    The outcome of one step: events to write, and what changes in the state.

    The state is not touched by the step itself, so a step that fails leaves nothing half done, and the changes
    are exactly what the changelog needs to rebuild it.
    """

    events: Sequence[Event] = ()
    changes: Sequence[Change] = ()


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed: the runtime's way to let a step meet its deadlines."""

    at: datetime


NOTHING = Decision()
