from __future__ import annotations

import pytest

from events.entity import EntityType
from services.enrich.core.mentions import Mention
from services.enrich.core.naming import full_names

PERSON, ORGANISATION, PLACE, OTHER = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE, EntityType.OTHER


@pytest.mark.parametrize(
    ("kind", "names", "short", "full"),
    [
        (PERSON, ["Kumi Naidoo", "Naidoo"], "Naidoo", "Kumi Naidoo"),
        (PERSON, ["George W. Bush", "George Bush", "Bush"], "Bush", "George W. Bush"),
        (PERSON, ["Kumi Naidoo", "Zorba"], "Zorba", "Zorba"),
        (ORGANISATION, ["International Atomic Energy Agency", "IAEA"], "IAEA", "International Atomic Energy Agency"),
        (ORGANISATION, ["Amnesty International", "Amnesty"], "Amnesty", "Amnesty International"),
        (ORGANISATION, ["U.N.", "UN"], "UN", "U.N."),
        (OTHER, ["Nobel Prize", "Nobel"], "Nobel", "Nobel"),
    ],
)
def test_full_names(kind: EntityType, names: list[str], short: str, full: str) -> None:
    """A short form is known by the fullest form in the same story."""
    mentions = [Mention(i * 50, i * 50 + len(name), name, kind) for i, name in enumerate(names)]
    assert full_names(mentions, {})[short, kind] == full


def test_places_of_one_identifier_are_one() -> None:
    """U.S. and United States have one name, since they are one place."""
    mentions = [Mention(0, 4, "U.S.", PLACE), Mention(9, 22, "United States", PLACE), Mention(30, 34, "Iraq", PLACE)]
    names = full_names(mentions, {"U.S.": "iso3166:US", "United States": "iso3166:US", "Iraq": "iso3166:IQ"})
    assert set(names.values()) == {"United States", "Iraq"}
