from __future__ import annotations

import pytest

from events.entity import EntityType
from services.enrich.core.agreement import agree, initials
from services.enrich.core.lexicon import Lexicon
from services.enrich.core.mentions import Mention

PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE


def _at(text: str, name: str, kind: EntityType, margin: int = 300, nth: int = 0) -> Mention:
    start = -1
    for _ in range(nth + 1):
        start = text.index(name, start + 1)
    return Mention(start, start + len(name), name, kind, margin)


def _told(text: str, mentions: list[Mention], lexicon: Lexicon) -> list[tuple[str, EntityType]]:
    return [(m.text, m.kind) for m in agree(text, mentions, lexicon)]


def test_one_name_has_one_type(lexicon: Lexicon) -> None:
    """The type that the tagger was surest of in sum wins everywhere."""
    text = "Zorba met. Zorba left."
    mentions = [_at(text, "Zorba", PERSON, 200), _at(text, "Zorba", PLACE, 100, 1)]
    assert _told(text, mentions, lexicon) == [("Zorba", PERSON), ("Zorba", PERSON)]


def test_a_bracket_abbreviates_the_name_before_it(lexicon: Lexicon) -> None:
    """IS in brackets has the type of Islamic State, also further on where the tagger missed it."""
    text = "the Islamic State (IS) group. Then IS left."
    mentions = [_at(text, "Islamic State", ORGANISATION)]
    assert _told(text, mentions, lexicon) == [
        ("Islamic State", ORGANISATION),
        ("IS", ORGANISATION),
        ("IS", ORGANISATION),
    ]


def test_a_surname_alone_is_the_person(lexicon: Lexicon) -> None:
    """A last name is typed, and found again, from the full name."""
    text = "Kumi Zorba spoke. Zorba went. We saw Zorba."
    mentions = [_at(text, "Kumi Zorba", PERSON), _at(text, "Zorba", PLACE, 100, 1)]
    assert _told(text, mentions, lexicon) == [("Kumi Zorba", PERSON), ("Zorba", PERSON), ("Zorba", PERSON)]


def test_a_country_is_not_a_persons_short_form(lexicon: Lexicon) -> None:
    """Paris Qatar may be a person; Qatar alone is not."""
    text = "Paris Qatar came to Qatar."
    mentions = [_at(text, "Paris Qatar", PERSON), _at(text, "Qatar", PLACE, 100, 1)]
    assert _told(text, mentions, lexicon)[1] == ("Qatar", PLACE)


def test_a_common_word_is_no_repeat(lexicon: Lexicon) -> None:
    """One mention of Amnesty does not make a name of every Amnesty; two do."""
    text = "Amnesty spoke. Amnesty now. Amnesty again."
    one = [_at(text, "Amnesty", ORGANISATION)]
    assert len(agree(text, one, lexicon)) == 1
    assert len(agree(text, [*one, _at(text, "Amnesty", ORGANISATION, 300, 1)], lexicon)) == 3


@pytest.mark.parametrize(
    ("name", "expected"), [("International Atomic Energy Agency", "IAEA"), ("Bank of England", "BE"), ("kin", "")]
)
def test_initials(name: str, expected: str) -> None:
    """Small words give no initial."""
    assert initials(name) == expected
