from __future__ import annotations

import pytest

from services.enrich.core.elsewhere import known_places
from services.enrich.core.gazetteer import Gazetteer


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Der Präsident reiste nach Moskau.", ["Moskau"]),
        ("Le président de la Géorgie", ["Géorgie"]),
        ("Взрыв в городе Москва, Россия", ["Москва", "Россия"]),
        ("昨日東京で地震があった", ["東京"]),
        ("In den Vereinigten Staaten", []),
        ("nichts dergleichen", []),
    ],
)
def test_places_in_other_languages(text: str, expected: list[str], gazetteer: Gazetteer) -> None:
    """Known forms of countries and great cities are found in any script; inflected ones are not."""
    found = known_places(text, gazetteer)
    assert [m.text for m in found] == expected
    assert all(text[m.start : m.end] == m.text for m in found)


def test_small_cities_are_left_out(gazetteer: Gazetteer) -> None:
    """A town's name is too often a word of some language."""
    small = [site for site in gazetteer.sites if site.id == "geonames:2"]
    assert small[0].population < 300_000
    assert [m.text for m in known_places("Idaho", gazetteer)] == ["Idaho"]
