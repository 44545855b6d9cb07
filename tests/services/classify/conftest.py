"""Stories by hand, and the judgement of a stream over one window."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from events.story import Story, StoryClassified, StoryId, StoryIngested, Verdict
from services.classify.adapters.knowledge import load_knowledge
from services.classify.core.context import NO_CONTEXT
from services.classify.core.reading import Reading, read
from services.classify.core.rules import Rules
from services.classify.core.step import step
from services.classify.core.window import Window

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

Telling = Callable[..., Story]
Judging = Callable[..., list[Verdict]]


@pytest.fixture
def story() -> Telling:
    def make(headline: str, body: str = "", *, minutes: float = 0, **fields: object) -> Story:
        at = NOON + timedelta(minutes=minutes)
        text = f"{headline}\n{body}\n{fields.get('status')}\n{fields.get('notice')}"
        digest = sha256(text.encode()).hexdigest()
        told = {
            "id": StoryId(digest[:12]),
            "source": "Example Wire",
            "digest": digest,
            "headline": headline,
            "body": body,
            "language": "en",
            "published": at,
            "first_seen": at,
        }
        return Story.model_validate({**told, **fields})

    return make


@pytest.fixture(scope="session")
def rules() -> Rules:
    return Rules(knowledge=load_knowledge())


@pytest.fixture
def reading(story: Telling, rules: Rules) -> Callable[..., Reading]:
    def make(headline: str, body: str = "", **fields: object) -> Reading:
        return read(story(headline, body, **fields), rules.knowledge)

    return make


@pytest.fixture
def judged(rules: Rules) -> Judging:
    def judge(stories: Iterable[Story], window: Window | None = None) -> list[Verdict]:
        held, verdicts = window or Window(), []
        for each in stories:
            decision = step(held, rules, StoryIngested(story=each), NOON)
            for change in decision.changes:
                held.apply(change)
            verdicts += [event.verdict for event in decision.events if isinstance(event, StoryClassified)]
        return verdicts

    return judge


@pytest.fixture
def weight(reading: Callable[..., Reading]) -> Callable[..., float]:
    """Sum of a signal's weights for a story without context."""

    def summed(signal: Callable[..., tuple], headline: str, body: str = "", **fields: object) -> float:
        return sum(reason.weight for reason in signal(reading(headline, body, **fields), NO_CONTEXT))

    return summed
