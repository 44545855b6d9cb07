from __future__ import annotations

from datetime import timedelta

from services.classify.core.reading import headline_key
from services.classify.core.terms import HEADLINE_READ, LEAD_READ


def test_headline_terms_count_more_than_lead_terms(reading) -> None:
    """What the story is about stands in the headline; numbers change while the event stays."""
    weights = reading("Ferry capsizes, 12 missing", "Rescuers searched the harbour.").weights
    assert weights["ferry"] > weights["harbour"]
    assert weights["ferry"] > weights["12"]


def test_only_the_beginning_is_read(reading) -> None:
    """A text of any length makes the reading of its beginning."""
    beginning = "word " * (LEAD_READ // 5)
    assert reading("x", beginning).weights == reading("x", beginning + "zebra " * 40_000).weights
    assert len(reading("y" * 200_000).headline) == HEADLINE_READ


def test_story_time_is_never_after_we_saw_it(reading, story) -> None:
    """A source cannot date its story into the future."""
    seen = story("x").first_seen
    assert reading("x", published=seen + timedelta(days=1)).at == seen
    assert reading("x", published=seen - timedelta(days=1)).at == seen - timedelta(days=1)


def test_places_are_the_countries_named_first(reading) -> None:
    """City or country, in the headline or the first paragraph."""
    assert reading("Quake shakes Lima", "Felt as far as Chile.").places == {"PE", "CL"}


def test_region_of_the_language_does_not_matter(reading) -> None:
    """British and American stories meet."""
    assert reading("x", language="en-GB").language == reading("x", language="en-US").language == "en"


def test_headline_key_ignores_case_and_punctuation() -> None:
    """Near-same headlines have one key."""
    assert headline_key("Bridge falls, \u201c12 dead\u201d") == headline_key("BRIDGE FALLS: 12 dead!")
