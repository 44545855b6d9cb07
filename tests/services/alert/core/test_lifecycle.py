from __future__ import annotations

import pytest
from told import AT, EVENT, after, told

from events.alert import Alert, AlertStatus
from events.base import Model
from events.story import Severity, StoryId
from services.alert.core import lifecycle

NOW = after(minutes=5)
FIRST = told(url="https://ap.example/1")
RAISED = lifecycle.raised(FIRST, AT)


def changed(before: Model, now: Model) -> set[str]:
    """The fields that differ."""
    return {name for name in type(before).model_fields if getattr(before, name) != getattr(now, name)}


def reported(alert: Alert, *args: str, severity: str = "urgent", correction: bool = False) -> Alert:
    """A further story, five minutes later."""
    return lifecycle.reported(alert, told(*args, severity=severity), NOW, keep_headline=False, correction=correction)


def test_an_alert_is_raised_with_all_that_is_known() -> None:
    """Its words, names, score and places are the story's; every stage has its time."""
    assert RAISED.id == lifecycle.alert_id(EVENT, test=False)
    assert (RAISED.headline, RAISED.summary, RAISED.language) == (
        "Quake strikes coast",
        "Quake strikes coast. More follows.",
        "en",
    )
    assert (RAISED.lead, RAISED.stories) == ("ap-1", ("ap-1",))
    assert (RAISED.entities, RAISED.places, RAISED.topics) == (FIRST.entities, FIRST.places, FIRST.topics)
    assert (RAISED.score, RAISED.severity, RAISED.url) == (0.9, Severity.URGENT, "https://ap.example/1")
    assert RAISED.clocks == {
        "published": AT,
        "first_seen": AT,
        "classified": after(seconds=1),
        "enriched": after(seconds=2),
        "raised": AT,
    }


def test_an_alerts_id_is_that_of_its_event_and_a_drill_has_another() -> None:
    """For ever, and in whatever process."""
    ids = {lifecycle.alert_id(event, test=test) for event in (EVENT, "flood") for test in (False, True)}
    assert len(ids) == 4
    assert lifecycle.alert_id(EVENT, test=False) == RAISED.id


def test_a_further_report_changes_only_the_count_of_it() -> None:
    """The lead's words, names and link stay."""
    now = reported(RAISED, "afp-1", "Coast shaken")
    assert changed(RAISED, now) == {"revision", "status", "interrupt", "stories", "reports", "changes", "clocks"}
    assert now.stories == ("ap-1", "afp-1")
    assert [(r.story_id, r.source, r.headline) for r in now.reports] == [
        ("ap-1", "ap", "Quake strikes coast"),
        ("afp-1", "afp", "Coast shaken"),
    ]
    assert now.clocks == {**RAISED.clocks, "revised": NOW}


def test_a_report_that_escalates_leads() -> None:
    """All that is taken from one story is taken from it, so that entity offsets fit the lead's text."""
    now = reported(RAISED, "afp-1", "Hundreds dead", severity="flash")
    afp = told("afp-1", "Hundreds dead")
    assert (now.lead, now.headline, now.severity) == ("afp-1", "Hundreds dead", Severity.FLASH)
    assert (now.entities, now.places, now.topics) == (afp.entities, afp.places, afp.topics)
    assert now.url == RAISED.url


@pytest.mark.parametrize("count", [49, 50, 51, 260])
def test_lists_are_bounded_to_the_latest(count: int) -> None:
    """50 reports and 200 stories; an update of one that fell out does not grow the list."""
    alert = RAISED
    for number in range(count):
        alert = reported(alert, f"s-{number}", f"Word {number}")
    assert len(alert.reports) == min(50, count + 1)
    assert len(alert.stories) == min(200, count + 1)
    assert alert.reports[-1].story_id == f"s-{count - 1}"
    again = lifecycle.updated(alert, told("s-0", "Anew"), NOW, keep_headline=False, correction=False)
    assert len(again.reports) == min(50, count + 1)


def test_an_update_of_the_lead_brings_its_words_names_and_places() -> None:
    """And its score where it is higher; a link that is not sent again stays."""
    event = told(text="Quake kills two", body="Two died. More.", language="fr")
    now = lifecycle.updated(RAISED, event, NOW, keep_headline=False, correction=False)
    assert (now.headline, now.summary, now.language, now.url) == (
        "Quake kills two",
        "Two died. More.",
        "fr",
        "https://ap.example/1",
    )
    assert [report.headline for report in now.reports] == ["Quake kills two"]
    kept = lifecycle.updated(RAISED, event, NOW, keep_headline=True, correction=False)
    assert changed(now, kept) == {"headline", "changes"}


def test_an_update_of_another_story_only_replaces_its_report() -> None:
    """The lead's words stay."""
    two = reported(RAISED, "afp-1", "Coast shaken")
    event = told("afp-1", "Coast badly shaken")
    now = lifecycle.updated(two, event, NOW, keep_headline=False, correction=True)
    assert changed(two, now) == {"revision", "status", "interrupt", "reports", "changes"}
    assert [report.headline for report in now.reports] == ["Quake strikes coast", "Coast badly shaken"]
    assert (now.status, now.interrupt) == (AlertStatus.CORRECTED, True)


def test_with_the_lead_withdrawn_the_oldest_that_stands_leads() -> None:
    """Nothing of the withdrawn story's text stays, nor its names, whose offsets would point nowhere."""
    three = reported(reported(RAISED, "afp-1", "Coast shaken"), "dpa-1", "Beben")
    now = lifecycle.withdrawn(three, told().story, StoryId("ap-1"), NOW, keep_headline=False)
    assert (now.lead, now.headline, now.summary, now.url, now.entities) == ("afp-1", "Coast shaken", "", None, ())
    assert (now.stories, [r.story_id for r in now.reports]) == (("afp-1", "dpa-1"), ["afp-1", "dpa-1"])
    kept = lifecycle.withdrawn(three, told().story, StoryId("ap-1"), NOW, keep_headline=True)
    assert (kept.headline, kept.lead) == ("Quake strikes coast", "afp-1")


def test_of_two_equal_headlines_no_change_is_told() -> None:
    """Agencies run each other's copy."""
    two = reported(RAISED, "afp-1", "Quake strikes coast")
    now = lifecycle.withdrawn(two, told().story, StoryId("ap-1"), NOW, keep_headline=False)
    assert now.changes == ("ap withdrew its story.", "1 other report stands.")


def test_a_kill_changes_nothing_but_the_status() -> None:
    """Whoever got the alert must see which one it was."""
    now = lifecycle.killed(RAISED, "Killed by Ana: wrong", NOW)
    assert changed(RAISED, now) == {"revision", "status", "changes", "clocks"}
    assert (now.status, now.interrupt) == (AlertStatus.KILLED, True)


@pytest.mark.parametrize(
    ("note", "said"),
    [
        (None, "ap withdrew its story."),
        ("", "ap withdrew its story."),
        ("Wrong country. ", "ap withdrew its story: Wrong country."),
        ("Not\nconfirmed", "ap withdrew its story: Not confirmed."),
    ],
)
def test_an_editorial_note_is_told_as_one_sentence(note: str | None, said: str) -> None:
    """With one full stop."""
    story = told(editorial_note=note).story
    assert lifecycle.withdrawn(RAISED, story, story.id, NOW, keep_headline=False).changes == (said,)
