"""A small stage to run the runtime with: it counts stories, so that one lost or taken twice shows in all after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import TypeAdapter

from events.alert import AlertId
from events.base import Envelope, Event, Model, head
from events.codec import decode
from events.decision import Change, Decision, Tick
from events.editorial import EditorActed, KillAlert
from events.story import EventId, Reason, Story, StoryClassified, StoryId, StoryIngested, Verdict
from services.runtime.bus.memory import MemoryBus
from services.runtime.bus.port import Message, Outgoing, Partition
from services.runtime.publish import record_of
from services.runtime.stage import Stage, StateOf

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BAD_STEP = "the step fails on this"
ENDLESS = "the step writes too much of this"


class Count(Model):
    """How many there were."""

    value: int


class Counts:
    """The counts of one partition number."""

    def __init__(self) -> None:
        self.by_key: dict[str, int] = {}

    def apply(self, change: Change) -> None:
        """Fold one change in."""
        self.by_key.pop(change.key, None)
        if isinstance(change.value, Count):
            self.by_key[change.key] = change.value.value


def step(counts: Counts, event: StoryIngested | EditorActed | Tick, at: datetime) -> Decision:
    """Count by source; each verdict carries the count so far. An editor's action adds a hundred, a tick one."""
    match event:
        case StoryIngested(story=story):
            if story.headline == BAD_STEP:
                raise ValueError(BAD_STEP)
            count = counts.by_key.get(story.source, 0) + 1
            size = 2_000_000 if story.headline == ENDLESS else 0
            return Decision((verdict(story, count, size),), (Change(story.source, Count(value=count)),))
        case EditorActed():
            return Decision(changes=(Change(event.editor, Count(value=counts.by_key.get(event.editor, 0) + 100)),))
        case Tick():
            return Decision(changes=(Change("ticks", Count(value=counts.by_key.get("ticks", 0) + 1)),))


def verdict(story: Story, count: int, size: int = 0) -> StoryClassified:
    """A verdict that says how many there were."""
    reason = Reason(signal="count", weight=count, evidence="." * size)
    return StoryClassified(
        story=story,
        verdict=Verdict(
            story_id=story.id, event_id=EventId(story.source), breaking=False, score=0, threshold=1, reasons=(reason,)
        ),
        classified_at=AT,
    )


def tally(tick_seconds: float | None = None) -> Stage[Counts, StoryIngested | EditorActed | Tick]:
    """The stage; it reads two topics, and of `tocsin.stories` and `tocsin.editorial` all there is."""
    return Stage(
        name="tally",
        reads=(StoryIngested, EditorActed),
        writes=(StoryClassified,),
        state=StateOf(initial=Counts, apply=Counts.apply, entry=TypeAdapter(Count)),
        step=step,
        tick_seconds=tick_seconds,
    )


def story(number: int, source: str = "wire", language: str = "en", headline: str = "Dam holds") -> Envelope[Event]:
    """The envelope of a story."""
    data = StoryIngested(
        story=Story(
            id=StoryId(f"{source}-{number}"),
            source=source,
            digest=str(number),
            headline=headline,
            language=language,
            published=AT,
            first_seen=AT,
        )
    )
    return head(data, source="/ingest", time=AT, identity=f"{source}-{number}")


def action(number: int, editor: str = "ana", event_id: str = "en") -> Envelope[Event]:
    """The envelope of an editor's action."""
    data = EditorActed(
        event_id=EventId(event_id), alert_id=AlertId("a"), action=KillAlert(), editor=editor, reason="test", at=AT
    )
    return head(data, source="/alert", time=AT, identity=f"{editor}-{number}")


def poison(number: int, language: str = "en") -> Outgoing:
    """A record of the story topic that is no event."""
    return Outgoing("tocsin.stories", language, b"{not json %d" % number, record_of(story(number)).headers)


def written(bus: MemoryBus, topic: str, number: int = 0) -> list[Message]:
    """What lies in a partition."""
    return list(bus.log(Partition(topic, number)))


def ids(messages: Sequence[Message]) -> list[str]:
    """The ids of the envelopes."""
    return [dict(message.headers)["ce_id"].decode() for message in messages]


def counted(messages: Sequence[Message]) -> list[tuple[str, float]]:
    """Story and count of each verdict."""
    found = []
    for message in messages:
        data = decode(message.key, message.value, message.headers).data
        assert isinstance(data, StoryClassified)
        found.append((str(data.story.id), data.verdict.reasons[0].weight))
    return found
