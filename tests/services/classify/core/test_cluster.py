from __future__ import annotations

import pytest

QUAKE = (
    "Magnitude 7.1 earthquake strikes off coast of Chile",
    "Powerful quake hits Chile, tsunami warning issued",
    "Chile rocked by strong earthquake; residents flee to higher ground",
    "At least 12 dead after major quake shakes northern Chile",
    "Tsunami alert lifted in Chile after 7.1-magnitude tremor",
    "Chilean coast counts its dead after deadly earthquake in Chile",
)
STRAIT = (
    "Iran closes Strait of Hormuz to shipping",
    "Tehran shuts Hormuz strait",
    "Hormuz blockade: tankers turned back by Iranian navy",
    "Oil jumps as Iran blocks the Strait of Hormuz",
    "Iranian navy says Hormuz is closed to all vessels",
    "Key oil waterway Hormuz shut by Iran, world reacts",
)


def events(judged, story, headlines, **fields) -> list[str]:
    """Event ids of headlines, each from another source, a minute apart."""
    stories = [story(h, source=f"s{n}", minutes=n, **fields) for n, h in enumerate(headlines)]
    return [verdict.event_id for verdict in judged(stories)]


@pytest.mark.parametrize("headlines", [QUAKE, STRAIT], ids=["quake", "strait"])
def test_six_wordings_of_one_event_join(judged, story, headlines: tuple[str, ...]) -> None:
    """Differently worded headlines of six sources tell of one event."""
    assert len(set(events(judged, story, headlines))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            ("Strong earthquake hits central Turkey, buildings collapse", "Turkey earthquake: rescue teams search"),
            ("Strong earthquake hits southern Peru, buildings collapse", "Peru earthquake: rescue teams search"),
        ),
        (
            ("Suicide bomber kills 14 at Kabul mosque", "Kabul mosque bombing: death toll rises to 20"),
            ("Gunmen storm Kabul university, students held hostage", "Siege at Kabul university ends"),
        ),
        (
            ("Central bank of Norway cuts key rate", "Norway's central bank cuts rate to 3.5 percent"),
            ("Central bank of Kenya cuts key rate", "Kenya's central bank cuts rate to 9 percent"),
        ),
    ],
    ids=["two countries", "one city", "two banks"],
)
def test_events_of_one_kind_stay_apart(judged, story, one: tuple[str, str], other: tuple[str, str]) -> None:
    """The same words about another place, and another thing in the same place, are other events."""
    mixed = events(judged, story, (one[0], other[0], one[1], other[1]))
    assert mixed[0] == mixed[2]
    assert mixed[1] == mixed[3]
    assert mixed[0] != mixed[1]


def test_results_in_the_same_words_stay_apart(judged, story) -> None:
    """Formulaic stories of one source do not run together into one event."""
    firms = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ironwood", "Juniper")
    headlines = [f"{firm} Industries 4th qtr net" for firm in firms]
    stories = [
        story(h, f"Shr 31 cts vs 28 cts\n\nNet 4.{n} mln vs 3.9 mln\n\nRevs 96.{n} mln vs 88.1 mln", minutes=n)
        for n, h in enumerate(headlines)
    ]
    assert len({verdict.event_id for verdict in judged(stories)}) == len(firms)


def test_languages_do_not_meet(judged, story) -> None:
    """Equal words in another language are another event here: joining across languages is not done by accident."""
    stories = [
        story("Tsunami in Chile", language=language, source=language, id=language) for language in ("en", "es", "und")
    ]
    assert len({verdict.event_id for verdict in judged(stories)}) == 3


def test_the_same_words_much_later_are_another_event(judged, story) -> None:
    """Threshold rises with the days between."""
    first = story("Protesters march in Lisbon over rents", source="a")
    soon = story("Lisbon: thousands march over rents", source="b", minutes=60)
    late = story("Lisbon: thousands march over rents", source="b", minutes=60 * 24 * 14, id="late")
    assert len({verdict.event_id for verdict in judged([first, soon])}) == 1
    assert len({verdict.event_id for verdict in judged([first, late])}) == 2


def test_a_story_without_words_is_its_own_event(judged, story) -> None:
    """Nothing in common is not a likeness."""
    stories = [story(headline, id=str(n)) for n, headline in enumerate(("", "?!", "the of and", "\x00"))]
    assert len({verdict.event_id for verdict in judged(stories)}) == 4
