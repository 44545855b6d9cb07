from __future__ import annotations

import pytest

from services.classify.core.signals import negatives


@pytest.mark.parametrize(
    ("headline", "fields"),
    [
        ("The vote was a mistake", {"section": "Opinion"}),
        ("The vote was a mistake", {"url": "https://news.example/opinion/2026/vote"}),
        ("Phone X hands-on: a fine screen", {}),
        ("10 things to know about the election", {}),
        ("How to prepare for a hurricane", {}),
        ("Your horoscope for Monday", {}),
        ("Earthquakes explained", {}),
        ("United beat City 3-1 in derby", {}),
        ("Coach sacked", {"section": "Sports"}),
        ("Great mattresses", {"section": "Sponsored"}),
        ("Storm in Florida: live updates", {}),
    ],
)
def test_kinds_that_are_no_news_of_an_event(weight, headline: str, fields: dict[str, object]) -> None:
    """Columns, reviews, lists, service, sport, advertising and live pages are held down."""
    assert weight(negatives.read, headline, **fields) < 0


@pytest.mark.parametrize(
    ("headline", "fields"),
    [
        ("Fed cuts discount rate", {}),
        ("President resigns", {"section": "World"}),
        ("Governor orders evacuation", {"url": "https://news.example/world/article-opinionated"}),
        ("At least 12 dead in ferry accident", {}),
        ("Parliament votes 210-180 for the treaty", {}),
    ],
)
def test_news_is_left_alone(weight, headline: str, fields: dict[str, object]) -> None:
    """Words like those of a kind do not make a story of the kind."""
    assert weight(negatives.read, headline, **fields) == 0
