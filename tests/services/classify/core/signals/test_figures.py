from __future__ import annotations

import pytest

from services.classify.core.signals import figures


@pytest.mark.parametrize(
    "headline",
    [
        "At least 12 dead in ferry accident",
        "Bus crash kills 14",
        "Dozens wounded in market blast",
        "Magnitude 7.1 quake off Chile",
        "Category 5 storm nears coast",
        "Death toll rises in landslide",
    ],
)
def test_tolls_and_magnitudes_speak_for(weight, headline: str) -> None:
    """A count of casualties or a measured force is the mark of a first report."""
    assert weight(figures.read, headline) >= figures.TOLL_WEIGHT


@pytest.mark.parametrize(
    "headline",
    ["Team wins 3 games", "Season opener leaves 2 players injured", "12 new phones announced", "Shares up 4.2 percent"],
)
def test_other_numbers_do_not(weight, headline: str) -> None:
    """Scores, prices and lists are no toll."""
    assert weight(figures.read, headline) == 0


def test_in_the_lead_they_count_half(weight) -> None:
    """A toll in the first paragraph is context more often than news."""
    assert weight(figures.read, "Ferry accident", "At least 12 people were killed.") == figures.TOLL_WEIGHT / 2
