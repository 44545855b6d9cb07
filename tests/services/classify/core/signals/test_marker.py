from __future__ import annotations

import pytest

from services.classify.core.signals import marker


@pytest.mark.parametrize(
    ("headline", "fields"),
    [
        ("BREAKING: Bridge collapses in Lyon", {}),
        ("Breaking news - Bridge collapses in Lyon", {}),
        ("[URGENT] Bridge collapses in Lyon", {}),
        ("URGENT Bridge collapses in Lyon", {}),
        ("\U0001f6a8 BREAKING | Bridge collapses in Lyon", {}),
        ("СРОЧНО: В Лионе рухнул мост", {"language": "ru"}),
        ("ÚLTIMA HORA: Se derrumba un puente en Lyon", {"language": "es"}),
        ("EILMELDUNG - Brücke in Lyon eingestürzt", {"language": "de"}),
        ("عاجل: انهيار جسر في ليون", {"language": "ar"}),
        ("【速報】リヨンで橋が崩落", {"language": "ja"}),
        ("Bridge collapses in Lyon", {"section": "Breaking News"}),
        ("Bridge collapses in Lyon", {"section": "World / Breaking News"}),
        ("Bridge collapses in Lyon", {"slug": "BC-FRA-Bridge-URGENT"}),
        ("Bridge collapses in Lyon", {"editorial_note": "APNewsAlert. Story to follow."}),
        ("Bridge collapses in Lyon", {"keywords": ("Breaking News", "France")}),
    ],
)
def test_a_newsroom_s_mark_counts(weight, headline: str, fields: dict[str, object]) -> None:
    """A mark set off from the headline, or around the story, speaks for breaking in many languages."""
    assert weight(marker.read, headline, **fields) > 1


@pytest.mark.parametrize(
    ("headline", "fields"),
    [
        ("Breaking Bad prequel announced", {}),
        ("BREAKING BAD star arrested", {}),
        ("Sprinter breaks record in Oslo", {}),
        ("Anchor says 'breaking news' fatigue is real", {}),
        ("Why breaking news: a history", {}),
        ("Flash floods kill 12 in northern India", {}),
        ("Developing countries seek debt relief", {}),
        ("Alert driver saves passengers", {}),
        ("Urgent care clinics open in Ohio", {}),
        ("Bridge reopens", {"section": "News"}),
        ("Flood plan agreed", {"slug": "flash-flood-plan"}),
        ("Bridge reopens", {"editorial_note": "Updates with urgent appeal by mayor"}),
    ],
)
def test_the_same_words_in_a_sentence_do_not(weight, headline: str, fields: dict[str, object]) -> None:
    """A marker's word that is part of a name, a sentence or a quotation marks nothing."""
    assert weight(marker.read, headline, **fields) <= 0


def test_a_second_mark_adds_little(weight) -> None:
    """Prefix and section repeat one decision."""
    one = weight(marker.read, "BREAKING: Bridge collapses")
    both = weight(marker.read, "BREAKING: Bridge collapses", section="Breaking News")
    assert one < both < one + 1


def test_a_label_against_breaking_counts_beside_a_marker(weight) -> None:
    """A column labelled so before its headline is held down."""
    assert weight(marker.read, "Analysis: What the vote means") < -1
