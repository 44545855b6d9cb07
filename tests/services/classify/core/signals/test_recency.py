from __future__ import annotations

from datetime import timedelta

import pytest

from services.classify.core.signals import recency


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(hours=2), 0),
        (timedelta(hours=13), recency.LATE_WEIGHT),
        (timedelta(hours=30), recency.STALE_WEIGHT),
        (timedelta(days=9), recency.VERY_STALE_WEIGHT),
    ],
)
def test_news_published_before_is_held_down(weight, story, age: timedelta, expected: float) -> None:
    """The longer ago a story was first published, the less it breaks."""
    at = story("x").published
    assert weight(recency.read, "x", first_published=at - age) == expected


def test_an_old_date_seen_now_is_old(weight, story) -> None:
    """A story whose own date is days before we saw it is old news."""
    at = story("x").published
    assert weight(recency.read, "x", published=at - timedelta(days=3)) == recency.STALE_WEIGHT


def test_a_date_in_the_future_is_not_old(weight, story) -> None:
    """A clock that runs ahead makes no story old."""
    at = story("x").published
    assert weight(recency.read, "x", published=at + timedelta(hours=3)) == 0
