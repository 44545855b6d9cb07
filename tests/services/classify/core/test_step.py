from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.base import derived_id
from events.decision import NOTHING, Change, Decision, Tick
from events.story import Notice, Severity, Story, StoryClassified, StoryIngested, StoryStatus, Verdict
from services.classify.core.entries import EventEntry, StoryEntry
from services.classify.core.step import step
from services.classify.core.window import Window

SEED = Path(__file__).parents[4].parent / "shared" / "seed" / "000_0706abc87034aee6.txt"


def run(window: Window, rules, story: Story) -> Decision:
    """Steps and folds the changes in."""
    decision = step(window, rules, StoryIngested(story=story), story.first_seen)
    for change in decision.changes:
        window.apply(change)
    return decision


def verdict_of(decision: Decision) -> Verdict:
    """The one verdict of a decision."""
    (event,) = decision.events
    assert isinstance(event, StoryClassified)
    return event.verdict


def test_a_revision_is_judged_once(rules, story) -> None:
    """The same story and digest again decides nothing."""
    window, told = Window(), story("Explosion in Lyon")
    assert len(run(window, rules, told).events) == 1
    assert run(window, rules, told) == NOTHING


def test_the_first_story_names_the_event(rules, story) -> None:
    """The event's id derives from the story's, so that a replay names it equally."""
    told = story("Explosion in Lyon")
    verdict = verdict_of(run(Window(), rules, told))
    assert verdict.event_id == derived_id("event", told.id)
    assert verdict.first_of_event


def test_a_later_version_keeps_its_event(rules, story) -> None:
    """Even rewritten to other words, a story tells of the event it told of."""
    window = Window()
    first = verdict_of(run(window, rules, story("Explosion in Lyon", id="a")))
    again = verdict_of(run(window, rules, story("Gas leak blamed, says mayor", id="a", version=2, minutes=20)))
    assert again.event_id == first.event_id
    assert not again.first_of_event


def test_an_older_version_does_not_overwrite_a_newer(rules, story) -> None:
    """Out of order and unseen it is judged, but what is remembered stays the newer one's."""
    window = Window()
    run(window, rules, story("Explosion in Lyon kills 3", id="a", version=3))
    held = window.story("a")
    verdict = verdict_of(run(window, rules, story("Bang heard in Lyon", id="a", version=2)))
    now = window.story("a")
    assert verdict.event_id == held.event_id
    assert (now.version, now.headline) == (3, held.headline)
    assert len(now.digests) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"status": StoryStatus.CANCELED},
        {"status": StoryStatus.WITHHELD},
        {"notice": Notice.KILL},
        {"notice": Notice.CORRECTION},
    ],
)
def test_a_kill_of_a_known_story_is_not_breaking_but_its_event_is(rules, story, fields: dict[str, object]) -> None:
    """The alert must hear of it, and it must not raise one."""
    window = Window()
    first = verdict_of(run(window, rules, story("BREAKING: Explosion in Lyon", id="a")))
    kill = verdict_of(run(window, rules, story("BREAKING: Explosion in Lyon", id="a", version=2, minutes=9, **fields)))
    assert first.breaking
    assert (kill.event_id, kill.breaking, kill.event_breaking) == (first.event_id, False, True)


@pytest.mark.parametrize(
    ("headline", "slug"), [("CORRECTED-Explosion in Lyon kills 3", None), ("Story withdrawn", "lyon-blast")]
)
def test_a_kill_under_another_id_finds_its_story(rules, story, headline: str, slug: str | None) -> None:
    """By the same source's headline or slug."""
    window = Window()
    first = verdict_of(run(window, rules, story("Explosion in Lyon kills 3", id="a", slug="lyon-blast")))
    run(window, rules, story("Explosion in Madrid kills 3", id="b", slug="madrid-blast"))
    kill = verdict_of(run(window, rules, story(headline, id="k", slug=slug, notice=Notice.KILL, minutes=5)))
    assert kill.event_id == first.event_id


def test_a_kill_of_nothing_known_stands_alone(rules, story) -> None:
    """A wrong join would kill the wrong alert."""
    window = Window()
    first = verdict_of(run(window, rules, story("Explosion in Lyon kills 3", id="a")))
    kill = verdict_of(run(window, rules, story("Kill: minister resigns", id="k", notice=Notice.KILL, source="other")))
    assert kill.event_id != first.event_id
    assert not kill.event_breaking
    assert not kill.first_of_event


@pytest.mark.parametrize(
    ("fields", "severity"),
    [({"severity": "flash"}, Severity.FLASH), ({}, Severity.URGENT), ({"severity": "deferred"}, Severity.URGENT)],
)
def test_severity_is_the_wire_s_or_urgent(rules, story, fields: dict[str, str], severity: Severity) -> None:
    """FLASH only where the wire said so."""
    verdict = verdict_of(run(Window(), rules, story("FLASH: Explosion in Lyon kills 30 people", **fields)))
    assert verdict.breaking
    assert verdict.severity is severity


@pytest.mark.parametrize(
    ("headline", "fields", "breaking"),
    [
        ("BREAKING: Bridge opens to traffic in Lyon", {}, True),
        ("Magnitude 7.1 earthquake hits Chile, dozens dead", {}, True),
        ("BANK OF NORWAY CUTS KEY RATE TO 3.5 PCT", {}, True),
        ("Old bridge gets new paint", {}, False),
        ("Old bridge gets new paint", {"section": "Breaking News"}, False),
        ("Old bridge gets new paint", {"severity": "urgent"}, False),
        ("Old bridge gets new paint", {"severity": "flash"}, True),
        ("Parliament passes treaty", {"severity": "urgent"}, True),
        ("BREAKING: Why we should rebuild", {"section": "Opinion"}, False),
        ("Explosion: 10 things to know about the film", {}, False),
    ],
)
def test_what_breaks(rules, story, headline: str, fields: dict[str, object], breaking: bool) -> None:  # noqa: FBT001
    """A mark, a disaster or a flash alone are enough; a standing label or urgency needs a second reason."""
    assert verdict_of(run(Window(), rules, story(headline, **fields))).breaking is breaking


def test_a_rights_group_s_condemnation_under_breaking_news_breaks(rules, story) -> None:
    """Marker and event language both speak, in words an editor accepts."""
    told = story(
        "Rights Group Condemns Alliance Over Civilian Deaths In Harran",
        "The group accused the alliance of refusing to admit that its air strikes killed hundreds of civilians.",
        section="Breaking News",
    )
    verdict = verdict_of(run(Window(), rules, told))
    evidence = {reason.signal: reason.evidence for reason in verdict.reasons if reason.weight > 0}
    assert verdict.breaking
    assert evidence["marker"] == "section: breaking news"
    assert "condemns" in evidence["event_language"]


def test_the_seed_page_breaks(rules, story) -> None:
    """The story that the project began with, by its own headline and section."""
    assert SEED.exists(), f"{SEED} is missing: the seed page belongs beside the checkout, in shared/seed"
    lines = [line.strip() for line in SEED.read_text(encoding="utf-8").splitlines() if line.strip()]
    section, headline, body = lines[1], lines[2], "\n\n".join(lines[4:])
    verdict = verdict_of(run(Window(), rules, story(headline, body, section=section)))
    assert verdict.breaking
    assert {"marker", "event_language"} <= {reason.signal for reason in verdict.reasons if reason.weight > 0}


@pytest.mark.parametrize("text", ["", "x" * 200_000, "A b. " * 40_000, "\x00\ufffd\u202e!!", "爆" * 100_000])
def test_any_text_is_judged(rules, story, text: str) -> None:
    """Empty, huge and garbage stories get a verdict, and leave entries of bounded size."""
    window = Window()
    decision = run(window, rules, story(text, text))
    assert 0 <= verdict_of(decision).score <= 1
    assert sum(len(change.value.model_dump_json()) for change in decision.changes) < 20_000


def test_what_left_the_window_is_erased(rules, story) -> None:
    """A few with each story: the entry of an old story, and of its event with the last of them."""
    window = Window()
    run(window, rules, story("Explosion in Lyon", id="a"))
    decision = run(window, rules, story("Vote in Oslo", id="b", minutes=60 * 73))
    erased = {change.key for change in decision.changes if change.value is None}
    assert erased == {"s/a", f"e/{derived_id('event', 'a')}"}
    assert window.story("a") is None


def test_a_tick_erases_in_bulk(rules, story) -> None:
    """With no story coming in, ticks keep the window small; a tick with nothing to do decides nothing."""
    window = Window()
    told = story("Explosion in Lyon", id="a")
    run(window, rules, told)
    early, late = (Tick(told.first_seen + timedelta(hours=hours)) for hours in (71, 73))
    assert step(window, rules, early, early.at) == NOTHING
    assert len(step(window, rules, late, late.at).changes) == 2


def test_at_only_stamps(rules, story) -> None:
    """Judged a year later, everything but the stamp is the same."""
    told = StoryIngested(story=story("Explosion in Lyon"))
    now, later = (step(Window(), rules, told, told.story.first_seen + timedelta(days=days)) for days in (0, 365))
    assert now.changes == later.changes
    assert now.events[0].verdict == later.events[0].verdict
    assert now.events[0].classified_at != later.events[0].classified_at


WORDS = st.sampled_from(
    (
        "BREAKING:",
        "explosion",
        "Lyon",
        "Chile",
        "quake",
        "Peru",
        "vote",
        "12",
        "dead",
        "minister",
        "resigns",
        "film",
        "review",
        "the",
        "fire",
        "Kabul",
    )
)
STREAM = st.lists(
    st.tuples(st.sampled_from("abcde"), st.integers(1, 3), st.lists(WORDS, max_size=6), st.integers(0, 6000)),
    max_size=14,
)


@settings(max_examples=40, deadline=None)
@given(STREAM, st.integers(0, 14))
def test_replayed_and_restored_windows_decide_equally(rules_once, stream, cut: int) -> None:
    """Replay gives equal decisions, and so does a window restored from the compacted changes at any point."""
    live, changelog, decisions = Window(), dict[str, Change](), []
    stories = [_story(*each) for each in stream]
    for at, each in enumerate(stories):
        if at == cut:
            restored = Window()
            for change in reversed(list(changelog.values())):
                kind = StoryEntry if change.key.startswith("s/") else EventEntry
                value = None if change.value is None else kind.model_validate_json(change.value.model_dump_json())
                restored.apply(Change(change.key, value))
            live = restored
        decision = run(live, rules_once, each)
        decisions.append(decision)
        changelog |= {change.key: change for change in decision.changes}
    again = Window()
    assert [run(again, rules_once, each) for each in stories] == decisions


def _story(name: str, version: int, words: list[str], minutes: int) -> Story:
    """A story of these words; its digest follows from them."""
    at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=minutes)
    headline = " ".join(words)
    return Story(
        id=name, source=f"source {name}", version=version, digest=f"{version} {headline}", headline=headline,
        language="en", published=at, first_seen=at,
    )  # fmt: skip


@pytest.fixture(scope="session")
def rules_once(rules):
    """For Hypothesis, which wants fixtures of a whole session."""
    return rules
