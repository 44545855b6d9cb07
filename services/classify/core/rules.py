"""The settings of the judgement; each number with its unit and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from services.classify.core.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Clustering:
    """
    When a story joins an event: cosine similarity of TF-IDF vectors against a threshold that moves with the case.

    Measured on UCI News Aggregator headlines and ECB+ articles; data/CARD.md has the table.
    """

    floor: float = 0.12
    """For a well-known event and a story without body."""

    lone: float = 0.10
    """Added for an event seen once; falls with the square root of its observations."""

    body: float = 0.05
    """Added where the story has a body: long texts share more words by chance."""

    per_day: float = 0.04
    """Added per day between the story and the nearest end of the event."""

    elsewhere: float = 1.0
    """Added where story and event name countries of which they share none: no wording makes up for it."""

    stranger: float = 0.1
    """Added where the headline has names that the background does not know, and the event knows none of them."""

    besides: float = 0.5
    """Share of the threshold that must be met without the names of places: much happens in one city on one day."""

    retold: float = 0.05
    """Added per doubling of the stories that the same source sent of the event, beyond `retold_free`: one source
    seldom tells one event dozens of times, but sends dozens of results and tables in the same words."""

    retold_free: int = 4

    notice: float = 0.15
    """Added for a kill or correction of an unknown story: a wrong join would kill the wrong alert."""

    candidates: int = 8
    """Events compared in full."""

    postings: int = 300
    """Index entries visited at most, rarest terms first: bounds the time of a step."""

    terms_kept: int = 60
    """Terms of an event's vector."""

    memory: int = 50
    """Observations over which the mean forgets: a long event follows its latest turn."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How stories are judged."""

    knowledge: Knowledge = field(default_factory=Knowledge)
    threshold: float = 0.5
    """Score from which a story is breaking."""

    bias: float = -2.4
    """Log-odds of a story that no signal speaks for: about 8 in 100, the share that wires send as urgent or above."""

    window: timedelta = timedelta(hours=72)
    """How long stories and events are remembered after they were last seen."""

    expiries_per_step: int = 8
    """Old stories erased with each story judged; a tick erases `expiries_per_tick`."""

    expiries_per_tick: int = 500
    clustering: Clustering = field(default_factory=Clustering)
