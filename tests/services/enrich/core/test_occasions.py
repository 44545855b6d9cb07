from __future__ import annotations

import pytest

from events.entity import EntityType
from services.enrich.core.lexicon import Lexicon
from services.enrich.core.mentions import Mention
from services.enrich.core.occasions import occasions
from services.enrich.core.tokens import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fans of the World Cup came", [("World Cup", EntityType.EVENT)]),
        ("before Hurricane Zelda came", [("Hurricane Zelda", EntityType.EVENT)]),
        ("after the Sintra Festival closed", [("Sintra Festival", EntityType.EVENT)]),
        ("under the Ottawa Treaty of old", [("Ottawa Treaty", EntityType.OTHER)]),
        ("at the Olympics there", [("Olympics", EntityType.EVENT)]),
        ("nothing here", []),
    ],
)
def test_events_are_told_by_their_words(text: str, expected: list[tuple[str, EntityType]], lexicon: Lexicon) -> None:
    """Cups, storms and festivals are events, treaties are works, without any training."""
    found = occasions(text, sentences(text), [], lexicon)
    assert [(m.text, m.kind) for m in found] == expected
    assert all(text[m.start : m.end] == m.text for m in found)


def test_an_organisation_may_be_an_event(lexicon: Lexicon) -> None:
    """What the tagger took for an organisation is set right, and a weekday is dropped."""
    text = "The World Cup on Monday"
    given = [Mention(4, 13, "World Cup", EntityType.ORGANISATION), Mention(17, 23, "Monday", EntityType.PERSON)]
    found = occasions(text, sentences(text), given, lexicon)
    assert [(m.text, m.kind) for m in found] == [("World Cup", EntityType.EVENT)]
