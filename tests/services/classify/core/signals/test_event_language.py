from __future__ import annotations

import pytest

from services.classify.core.context import NO_CONTEXT
from services.classify.core.signals import event_language


@pytest.mark.parametrize(
    ("headline", "language"),
    [
        ("Explosion rocks chemical plant outside Houston", "en"),
        ("Prime minister resigns after no-confidence vote", "en"),
        ("Central bank cuts rates in emergency meeting", "en"),
        ("Terremoto sacude Perú y deja varios muertos", "es"),
        ("Взрыв в метро, есть погибшие", "ru"),
        ("北京发生爆炸", "zh"),
    ],
)
def test_words_of_events_speak_for(weight, headline: str, language: str) -> None:
    """Attack, fall of a government, central bank, disaster: in several languages."""
    assert weight(event_language.read, headline, language=language) > 1


@pytest.mark.parametrize(
    "headline",
    ["Actress dazzles at film festival", "Company declares quarterly dividend", "Best recipes for a holiday diet"],
)
def test_words_of_routine_speak_against(weight, headline: str) -> None:
    """Soft and routine news is held down by its words."""
    assert weight(event_language.read, headline) < -0.5


def test_the_lead_counts_less_than_the_headline(weight) -> None:
    """The same word weighs less where only the first paragraph has it."""
    first = weight(event_language.read, "Explosion in Lyon")
    later = weight(event_language.read, "News from Lyon", "An explosion was heard in the city.")
    assert 0 < later < first


def test_piling_up_words_is_bounded(weight) -> None:
    """No list of words passes the most that language can give."""
    headline = "Explosion, bombing, earthquake, tsunami, coup, massacre, invasion, hijack, assassination"
    assert weight(event_language.read, headline) <= event_language.MOST


def test_evidence_is_spelled_as_in_the_story(reading) -> None:
    """The reason shows the story's words, not stems, with the kind of event."""
    (reason,) = event_language.read(reading("Hundreds killed in bombing"), NO_CONTEXT)
    assert "bombing" in reason.evidence
    assert "killed" in reason.evidence
    assert "attack" in reason.evidence
