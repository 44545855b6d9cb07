from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.entity import Entity, EntityType
from services.enrich.core.recognise import Recogniser

SEED = Path(__file__).resolve().parents[5] / "shared" / "seed"
PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE


def seed() -> tuple[str, str]:
    """Headline and body of the seed page, without the page's furniture."""
    pages = sorted(SEED.glob("*.txt"))
    if not pages:
        pytest.fail(f"the seed page is missing: expected a .txt in {SEED}")
    parts = pages[0].read_text(encoding="utf-8").split("\n\n")
    stop = next(index for index, part in enumerate(parts) if part.startswith("With reporting by"))
    return parts[2], "\n\n".join(parts[4:stop])


@pytest.fixture(scope="module")
def seed_entities(recogniser: Recogniser) -> tuple[Entity, ...]:
    """What is found in the seed page."""
    return recogniser.recognise(*seed(), "en")


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("Amnesty International", ORGANISATION, "Amnesty International"),
        ("Amnesty", ORGANISATION, "Amnesty International"),
        ("Raqqa", PLACE, "Raqqa"),
        ("Syria", PLACE, "Syria"),
        ("Islamic State", ORGANISATION, "Islamic State"),
        ("IS", ORGANISATION, "Islamic State"),
        ("Pentagon", ORGANISATION, "Pentagon"),
        ("Kumi Naidoo", PERSON, "Kumi Naidoo"),
        ("Iraq", PLACE, "Iraq"),
        ("Mosul", PLACE, "Mosul"),
    ],
)
def test_seed_names(text: str, kind: EntityType, name: str, seed_entities: tuple[Entity, ...]) -> None:
    """The seed story's people, organisations and places are found, typed, and gathered under one name each."""
    assert {(e.type, e.name) for e in seed_entities if e.text == text} == {(kind, name)}


def test_seed_offsets_are_exact(seed_entities: tuple[Entity, ...]) -> None:
    """Each mention stands where it is said to stand, and none overlaps another."""
    text = "\n".join(seed())
    assert all(text[e.start : e.end] == e.text for e in seed_entities)
    assert all(a.end <= b.start for a, b in pairwise(seed_entities))


def test_seed_names_nothing_else(seed_entities: tuple[Entity, ...]) -> None:
    """No word of the page's furniture, no month, no nationality, no headline verb is a name."""
    expected = {"Amnesty International", "Raqqa", "Syria", "Islamic State", "Pentagon", "Kumi Naidoo", "Iraq", "Mosul"}
    assert {e.name for e in seed_entities} <= expected | {"U.S.", "Ras al-Ain Province"}


def test_places_are_linked(seed_entities: tuple[Entity, ...]) -> None:
    """Countries carry ISO codes, cities GeoNames numbers."""
    ids = {e.name: e.id for e in seed_entities if e.type is PLACE}
    assert (ids["Syria"], ids["Iraq"], ids["Raqqa"], ids["U.S."]) == (
        "iso3166:SY",
        "iso3166:IQ",
        "geonames:172955",
        "iso3166:US",
    )


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=120), st.text(max_size=300), st.sampled_from(["en", "und", "de", "zh-Hans", "ar", ""]))
def test_any_text_is_safe(recogniser: Recogniser, headline: str, body: str, language: str) -> None:
    """Whatever the text, nothing raises, each mention is a slice of the text, and none overlaps another."""
    found = recogniser.recognise(headline, body, language)
    text = f"{headline}\n{body}"
    assert all(text[e.start : e.end] == e.text and e.end > e.start for e in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(0 <= e.salience <= 1 and e.name for e in found)


PIECES = (
    "Kumi Naidoo",
    "U.S.",
    "(IS)",
    "Islamic State",
    "’s",
    "World Cup",
    "Mr.",
    "and",
    "🜚",
    "\n",
    "in",
    "LONDON",
    "-",
    ", ",
    "é",
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join))
def test_any_arrangement_of_names_is_safe(recogniser: Recogniser, body: str) -> None:
    """Names side by side, in brackets and broken up still give exact mentions that do not overlap."""
    found = recogniser.recognise("Amnesty Condemns", body, "en")
    text = f"Amnesty Condemns\n{body}"
    assert all(text[e.start : e.end] == e.text for e in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_the_same_text_gives_the_same_names(recogniser: Recogniser) -> None:
    """A replay repeats itself."""
    headline, body = seed()
    assert recogniser.recognise(headline, body, "en") == recogniser.recognise(headline, body, "en")


def test_nationalities_are_not_places(recogniser: Recogniser) -> None:
    """An adjective of nationality is context, not a name."""
    found = recogniser.recognise("", "Syrian forces met Russian officials in Damascus.", "en")
    assert [(e.text, e.type) for e in found] == [("Damascus", PLACE)]


def test_one_country_has_one_name(recogniser: Recogniser) -> None:
    """U.S. and United States are one thing."""
    found = recogniser.recognise("", "The United States said on Monday that U.S. forces left Iraq.", "en")
    assert {e.name for e in found if e.id == "iso3166:US"} == {"United States"}
    assert len([e for e in found if e.id == "iso3166:US"]) == 2


def test_other_languages_give_places(recogniser: Recogniser) -> None:
    """German is read for places only."""
    found = recogniser.recognise("Erdbeben in der Türkei", "Rettungskräfte suchten am Montag in Istanbul.", "de")
    assert {(e.text, e.id) for e in found} >= {("Türkei", "iso3166:TR")}
    assert {e.type for e in found} == {PLACE}
