"""
A stage: a pure step from one event to the events it causes, and how it is advanced. No IO, no clock.

The runtime owns everything that `Stage` does not mention: offsets, retries, dead letters, tracing, stopping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from events.base import Cause, Envelope, Event, caused_by
from events.decision import Change, Decision
from events.topics import Topic, state_topic, topic_of

S = TypeVar("S")
"""A stage's state for one partition number."""

E = TypeVar("E")
"""The union of the events that a stage reads, and Tick where it has deadlines."""


@dataclass(frozen=True, slots=True)
class StateOf(Generic[S]):
    """
    How a stage's state is made and rebuilt.

    The state may be an object with indexes that `apply` changes in place. Only the runtime applies changes, and
    it throws a state away whose changes could not be committed.
    """

    initial: Callable[[], S]
    apply: Callable[[S, Change], None]
    entry: TypeAdapter[Any] | None
    """Reads an entry back from the changelog; None for a stage without state."""


def _nothing() -> None:
    return None


def _ignore(_state: None, _change: Change) -> None:
    return None


STATELESS: StateOf[None] = StateOf(initial=_nothing, apply=_ignore, entry=None)


@dataclass(frozen=True, slots=True)
class Stage(Generic[S, E]):
    """One service's decision, from the topics it reads to the topics it writes."""

    name: str
    """Also its consumer group and the owner of its changelog."""

    reads: tuple[type[Event], ...]
    """Other events of the same topics are passed over."""

    writes: tuple[type[Event], ...]
    state: StateOf[S]
    step: Callable[[S, E, datetime], Decision]
    """
    (state, event, at) -> decision. It only reads the state. `at` is the runtime's clock, for stamping when a stage
    was reached; what is decided depends on the event's own times alone, so that a replay decides the same.
    """

    tick_seconds: float | None = None
    """How often the step gets a `Tick`; None for never."""

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics it reads, each once."""
        return tuple(dict.fromkeys(topic_of(event) for event in self.reads))

    @property
    def changelog(self) -> Topic | None:
        """The topic of its state; None for a stage without state."""
        return None if self.state.entry is None else state_topic(self.name)

    @property
    def source(self) -> str:
        """CloudEvents `source` of what it writes."""
        return f"/{self.name}"


@dataclass(frozen=True, slots=True)
class Advance:
    """What one event brought about."""

    envelopes: tuple[Envelope[Event], ...]
    changes: tuple[Change, ...]


def advance(stage: Stage[S, E], state: S, event: E, cause: Cause, at: datetime) -> Advance:
    """
    Decide and fold at once: for whoever has nothing to write down between the two.

    Raises:
        Exception: whatever the step raises; the state is then as it was.
    """
    result = decide(stage, state, event, cause, at)
    fold(stage, state, result.changes)
    return result


def decide(stage: Stage[S, E], state: S, event: E, cause: Cause, at: datetime) -> Advance:
    """
    Step once; the state stays as it is.

    Args:
        stage: whose step.
        state: is only read.
        event: what is stepped on.
        cause: gives ids, time and trace to what is written.
        at: the runtime's clock.

    Raises:
        Exception: whatever the step raises.
    """
    decision = stage.step(state, event, at)
    envelopes = tuple(
        caused_by(cause, written, source=stage.source, index=index) for index, written in enumerate(decision.events)
    )
    return Advance(envelopes, tuple(decision.changes))


def fold(stage: Stage[S, E], state: S, changes: Iterable[Change]) -> None:
    """Apply changes to the state, in place."""
    for change in changes:
        stage.state.apply(state, change)
