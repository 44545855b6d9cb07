"""Stories as they come in, and what is judged of them."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, NewType

from pydantic import Field

from events.base import Event, Instant, Model
from events.entity import Entity, Place, Topic

StoryId = NewType("StoryId", str)
"""Stable over the revisions of one story of one source."""

EventId = NewType("EventId", str)
"""Names the thing that happened in the world; every story that tells of it carries the same one."""


class StoryStatus(StrEnum):
    """Whether a story may be used: the IPTC `pubStatus` values."""

    USABLE = "usable"
    WITHHELD = "withheld"
    CANCELED = "canceled"


class Severity(StrEnum):
    """
    One ladder for the priority codes of all agencies, most urgent first.

    Agencies disagree (AP ranks bulletin above urgent, Superdesk below), so each source maps onto this one and
    the raw code is kept beside it.
    """

    FLASH = "flash"
    BULLETIN = "bulletin"
    URGENT = "urgent"
    ROUTINE = "routine"
    DEFERRED = "deferred"

    @property
    def rank(self) -> int:
        """0 is the most severe."""
        return list(Severity).index(self)


class Notice(StrEnum):
    """What a story says about an earlier one, by its status, signal or conventional wording."""

    CORRECTION = "correction"
    KILL = "kill"


class Story(Model):
    """One revision of one story, normalised from whatever format it came in."""

    id: StoryId
    source: str
    """Name of the source that sent it."""

    version: int = Field(default=1, ge=0, le=2**63 - 1)
    """The source's own revision number where it gives one; else 1."""

    digest: str
    """SHA-256 over what a reader would see and its status, hex: equal digests are the same revision."""

    status: StoryStatus = StoryStatus.USABLE
    test: bool = False
    """A test or exercise: runs the whole pipe, seen only by those who ask for tests."""

    notice: Notice | None = None
    headline: str
    body: str = ""
    """Paragraphs, separated by one blank line."""

    language: str = "und"
    """BCP 47; `und` where it cannot be told."""

    url: str | None = None
    byline: str | None = None
    section: str | None = None
    """The label it ran under, e.g. `Breaking News`."""

    slug: str | None = None
    published: Instant
    """The source's own time of this revision; first_seen where it gave none."""

    first_published: Instant | None = None
    """When the source first published the story, where it says so."""

    first_seen: Instant
    """When Tocsin received it: ours, so no source can back-date it."""

    embargo: Instant | None = None
    """Not to be published before this moment."""

    severity: Severity | None = None
    """The source's priority on our ladder."""

    raw_priority: str | None = None
    """`scheme:code` as sent, e.g. `ninjs:2` or `anpa:u`."""

    editorial_note: str | None = None
    keywords: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What entity offsets count into, in Unicode code points."""
        return f"{self.headline}\n{self.body}"


class Reason(Model):
    """Why a story scored as it did: one signal, how much it moved the score, and the words it saw."""

    signal: str
    weight: float
    """Contribution in log-odds: positive speaks for breaking."""

    evidence: str


class Verdict(Model):
    """The judgement of one story revision."""

    story_id: StoryId
    event_id: EventId
    breaking: bool
    score: float = Field(ge=0, le=1)
    threshold: float = Field(ge=0, le=1)
    reasons: tuple[Reason, ...] = ()
    severity: Severity = Severity.ROUTINE
    """How severe an alert for it would be."""

    first_of_event: bool = False
    event_breaking: bool = False
    """Whether this or an earlier story of the event is breaking: then the alert must hear of it."""


class StoryIngested(Event):
    """A source sent a story, or a new revision of one."""

    type: ClassVar[str] = "tocsin.story.ingested.v1"
    story: Story

    @property
    def key(self) -> str:
        """One classifier sees every story of a language, so that it can see one event told twice."""
        return self.story.language.partition("-")[0]

    @property
    def subject(self) -> str:
        """The story's id."""
        return self.story.id

    @property
    def sequence(self) -> int:
        """The source's revision number."""
        return self.story.version


class StoryClassified(Event):
    """A story was judged; with the story, since what follows needs its text."""

    type: ClassVar[str] = "tocsin.story.classified.v1"
    story: Story
    verdict: Verdict
    classified_at: Instant

    @property
    def key(self) -> str:
        """The event in the world."""
        return self.verdict.event_id

    @property
    def subject(self) -> str:
        """The story's id."""
        return self.story.id


class StoryEnriched(Event):
    """A story of a breaking event, with the names, places and topics in it."""

    type: ClassVar[str] = "tocsin.story.enriched.v1"
    story: Story
    verdict: Verdict
    entities: tuple[Entity, ...] = ()
    places: tuple[Place, ...] = ()
    topics: tuple[Topic, ...] = ()
    classified_at: Instant
    enriched_at: Instant

    @property
    def key(self) -> str:
        """The event in the world."""
        return self.verdict.event_id

    @property
    def subject(self) -> str:
        """The story's id."""
        return self.story.id
