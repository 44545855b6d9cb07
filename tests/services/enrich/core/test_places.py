from __future__ import annotations

import pytest

from events.entity import Entity, EntityType
from services.enrich.core.gazetteer import Gazetteer
from services.enrich.core.places import Context, beside, candidates, countries_named, link, places


@pytest.mark.parametrize(
    ("name", "countries", "following", "expected"),
    [
        ("Moscow", {}, {}, "geonames:1"),
        ("Moscow", {}, {"Moscow": ("iso3166-2:US-ID",)}, "geonames:2"),
        ("Georgia", {}, {}, "iso3166:GE"),
        ("Moskau", {}, {}, "geonames:1"),
        ("the U.S.", {}, {}, "iso3166:US"),
        ("TOKYO", {}, {}, "geonames:4"),
        ("Nowhere", {}, {}, None),
    ],
)
def test_link(
    name: str,
    countries: dict[str, int],
    following: dict[str, tuple[str, ...]],
    expected: str | None,
    gazetteer: Gazetteer,
) -> None:
    """A name means its greatest place, unless the state after it says otherwise."""
    site = link(name, gazetteer, Context(countries, following))
    assert (site.id if site else None) == expected


def test_countries_are_counted_by_name_and_people(gazetteer: Gazetteer) -> None:
    """Russian officials and Russia are two signs of one country."""
    assert countries_named(["Russia", "Russian", "Atlanta", "Tokyo"], gazetteer) == {"RU": 2}


def test_beside_reads_the_comma(gazetteer: Gazetteer) -> None:
    """`Moscow, Idaho` is one address; `Moscow and Idaho` are two places."""
    text = "Moscow, Idaho"
    assert beside([("Moscow", 0, 6), ("Idaho", 8, 13)], text, gazetteer) == {"Moscow": ("iso3166-2:US-ID",)}
    other = "Moscow and Idaho"
    assert beside([("Moscow", 0, 6), ("Idaho", 11, 16)], other, gazetteer) == {}


def test_candidates_of_an_unknown_name(gazetteer: Gazetteer) -> None:
    """No place is invented."""
    assert candidates("Nowhere", gazetteer) == ()


def test_places_are_listed_once(gazetteer: Gazetteer) -> None:
    """Two mentions are one place on the map; a person is none; what is not linked has no coordinates."""
    one = Entity(text="U.S.", type=EntityType.PLACE, start=0, end=4, id="iso3166:US", name="U.S.", salience=0.2)
    two = one.model_copy(update={"start": 9, "end": 13})
    ville = Entity(text="Ville", type=EntityType.PLACE, start=20, end=25, name="Ville", salience=0.7)
    person = Entity(text="Zorba", type=EntityType.PERSON, start=30, end=35)
    found = places((one, two, ville, person), gazetteer)
    assert [(place.name, place.country) for place in found] == [("Ville", None), ("United States", "US")]
    assert found[0].latitude is None
    assert found[1].latitude == 39.0
