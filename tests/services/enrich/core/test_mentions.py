from __future__ import annotations

from events.entity import EntityType
from services.enrich.core.mentions import Mention, inside_word, occupied, overlaps


def test_places_of_mentions_are_taken() -> None:
    """A second name cannot stand where the first one does, but right beside it."""
    taken = occupied([Mention(2, 5, "abc", EntityType.OTHER)], 10)
    assert overlaps(4, 6, taken)
    assert not overlaps(5, 7, taken)
    assert not overlaps(0, 2, taken)


def test_a_name_is_whole_words() -> None:
    """Iran is not a name within Iranian, but is before an apostrophe."""
    assert inside_word("Iranian", 0, 4)
    assert not inside_word("Iran's", 0, 4)
    assert inside_word("xIran", 1, 5)
