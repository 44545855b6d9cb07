from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from told import AT, EVENT, Desk, after, corrects, kills, told

from events.alert import Alert
from events.decision import Tick
from events.editorial import EditorActed
from events.story import Notice, StoryEnriched, StoryStatus
from services.alert.core.step import Rules

Heard = StoryEnriched | EditorActed | Tick
Told = tuple[int, str, bool, tuple[str, ...]]

KILL: dict[str, Any] = {"status": StoryStatus.CANCELED}
NOTICE: dict[str, Any] = {"notice": Notice.KILL, "breaking": False}
CORRECTION: dict[str, Any] = {"notice": Notice.CORRECTION, "breaking": False}
NOON = after(hours=1)
RAISED = (1, "raised", True, ("Raised on a report by ap.",))
SECOND = (2, "revised", False, ("afp also reports it: Coast shaken",))
AFP = told("afp-1", "Coast shaken")


def summed_up(alerts: Sequence[Alert]) -> list[Told]:
    """Revision, status, whether it interrupts, and what changed."""
    return [(alert.revision, alert.status.value, alert.interrupt, alert.changes) for alert in alerts]


SCENARIOS: dict[str, tuple[list[Heard], list[Told]]] = {
    "a breaking story raises": ([told()], [RAISED]),
    "one that is not breaking does not": ([told(breaking=False)], []),
    "one that is withdrawn from the start does not": (
        [told(**KILL), told("afp-1", **{**NOTICE, "breaking": True})],
        [],
    ),
    "a second source revises and does not interrupt, breaking or not": (
        [told(), told("afp-1", "Coast shaken", breaking=False)],
        [RAISED, SECOND],
    ),
    "a source's second story counts too": (
        [told(), told("ap-2", "Two dead")],
        [RAISED, (2, "revised", False, ("ap also reports it: Two dead",))],
    ),
    "an update of the lead changes the headline": (
        [told(), told(text="Quake kills two", version=2)],
        [RAISED, (2, "revised", False, ("ap updated its story.", "Headline was: Quake strikes coast"))],
    ),
    "an update of another story does not": (
        [told(), AFP, told("afp-1", "Coast badly shaken", version=2)],
        [RAISED, SECOND, (3, "revised", False, ("afp updated its story.",))],
    ),
    "an escalation interrupts, and what made it worse leads": (
        [told(), told("afp-1", "Hundreds dead", severity="flash")],
        [
            RAISED,
            (
                2,
                "revised",
                True,
                (
                    "afp also reports it: Hundreds dead",
                    "Raised from urgent to flash: afp sent it as flash.",
                    "Headline was: Quake strikes coast",
                ),
            ),
        ],
    ),
    "a lower severity afterwards does not": (
        [told(severity="flash"), told("afp-1", "Coast shaken", severity="routine")],
        [RAISED, SECOND],
    ),
    "the same source may escalate": (
        [told(), told(severity="bulletin", version=2, editorial_note="x")],
        [
            RAISED,
            (2, "revised", True, ("ap updated its story.", "Raised from urgent to bulletin: ap sent it as bulletin.")),
        ],
    ),
    "a correction by the source interrupts": (
        [told(), told(text="Quake off coast", version=2, editorial_note="Not on land.", **CORRECTION)],
        [RAISED, (2, "corrected", True, ("ap corrected its story: Not on land.", "Headline was: Quake strikes coast"))],
    ),
    "a correction under an id of its own corrects too": (
        [told(), told("ap-9", "Quake was off coast", **CORRECTION)],
        [RAISED, (2, "corrected", True, ("ap corrected its story.", "ap also reports it: Quake was off coast"))],
    ),
    "a correction by a source that never reported it only reports": (
        [told(), told("afp-1", "Coast shaken", **CORRECTION)],
        [RAISED, SECOND],
    ),
    "a kill of the only report kills": (
        [told(), told(version=2, editorial_note="Wrong country", **KILL)],
        [RAISED, (2, "killed", True, ("ap withdrew its story: Wrong country.",))],
    ),
    "so does a story that may not be used any more": (
        [told(), told(version=2, status=StoryStatus.WITHHELD)],
        [RAISED, (2, "killed", True, ("ap withdrew its story.",))],
    ),
    "so does a notice under an id of its own": (
        [told(), told("ap-kill", "KILL: quake", **NOTICE)],
        [RAISED, (2, "killed", True, ("ap withdrew its story.",))],
    ),
    "a kill of one report of two corrects, with the other as the lead": (
        [told(), AFP, told(version=2, **KILL)],
        [
            RAISED,
            SECOND,
            (
                3,
                "corrected",
                True,
                ("ap withdrew its story.", "1 other report stands.", "Headline was: Quake strikes coast"),
            ),
        ],
    ),
    "and of one that does not lead leaves the headline": (
        [told(), AFP, told("dpa-1", "Beben"), told("afp-1", version=2, **KILL)],
        [
            RAISED,
            SECOND,
            (3, "revised", False, ("dpa also reports it: Beben",)),
            (4, "corrected", True, ("afp withdrew its story.", "2 other reports stand.")),
        ],
    ),
    "withdrawing one after the other kills with the last": (
        [told(), AFP, told(version=2, **KILL), told("afp-1", version=2, **KILL)],
        [
            RAISED,
            SECOND,
            (
                3,
                "corrected",
                True,
                ("ap withdrew its story.", "1 other report stands.", "Headline was: Quake strikes coast"),
            ),
            (4, "killed", True, ("afp withdrew its story.",)),
        ],
    ),
    "what was withdrawn is not withdrawn again": (
        [
            told(),
            AFP,
            told("afp-kill", **NOTICE),
            told("afp-kill2", **NOTICE),
            told("afp-1", version=3, **KILL),
        ],
        [RAISED, SECOND, (3, "corrected", True, ("afp withdrew its story.", "1 other report stands."))],
    ),
    "a notice means the latest story of its source that stands": (
        [told("afp-1", "Coast shaken"), told("ap-1"), told("ap-2", "Two dead"), told("ap-kill", **NOTICE)],
        [
            (1, "raised", True, ("Raised on a report by afp.",)),
            (2, "revised", False, ("ap also reports it: Quake strikes coast",)),
            (3, "revised", False, ("ap also reports it: Two dead",)),
            (4, "corrected", True, ("ap withdrew its story.", "2 other reports stand.")),
        ],
    ),
    "a withdrawn story that comes back is a report again": (
        [told(), AFP, told("afp-1", version=2, **KILL), told("afp-1", "Coast shaken after all", version=3)],
        [
            RAISED,
            SECOND,
            (3, "corrected", True, ("afp withdrew its story.", "1 other report stands.")),
            (4, "revised", False, ("afp also reports it: Coast shaken after all",)),
        ],
    ),
    "a notice of a source that never reported it does nothing": (
        [told(), told("reuters-kill", **NOTICE)],
        [RAISED],
    ),
    "an editor's kill ends it": (
        [told(), kills(), told("afp-1"), told(version=2, text="Quake again"), kills(), corrects("Calm")],
        [RAISED, (2, "killed", True, ("Killed by Ana: not confirmed",))],
    ),
    "an editor's headline stays, whatever the sources send": (
        [
            told(),
            AFP,
            corrects("Quake off west coast"),
            told(text="Quake kills two", version=2),
            told("dpa-1", "Hundreds dead", severity="flash"),
            told("dpa-1", version=2, **KILL),
        ],
        [
            RAISED,
            SECOND,
            (3, "corrected", True, ("Corrected by Ana: wrong coast", "Headline was: Quake strikes coast")),
            (4, "revised", False, ("ap updated its story.",)),
            (
                5,
                "revised",
                True,
                ("dpa also reports it: Hundreds dead", "Raised from urgent to flash: dpa sent it as flash."),
            ),
            (6, "corrected", True, ("dpa withdrew its story.", "2 other reports stand.")),
        ],
    ),
    "an editor's correction said twice is one": (
        [told(), corrects("Quake off coast"), corrects("Quake  off coast")],
        [RAISED, (2, "corrected", True, ("Corrected by Ana: wrong coast", "Headline was: Quake strikes coast"))],
    ),
    "an editor may confirm a headline, so that it stays": (
        [told(), corrects("Quake strikes coast"), told(text="Quake kills two", version=2)],
        [
            RAISED,
            (2, "corrected", True, ("Corrected by Ana: wrong coast",)),
            (3, "revised", False, ("ap updated its story.",)),
        ],
    ),
    "an editor cannot act on what is not there": ([kills(), corrects("Calm")], []),
    "a story told again does nothing": ([told(), told(), AFP, told(), AFP], [RAISED, SECOND]),
    "an older version does nothing": (
        [told(version=3), told(text="Early word", version=2), told(version=2, **KILL)],
        [RAISED],
    ),
    "an update without a version of its own counts": (
        [told(), told(text="Quake kills two")],
        [RAISED, (2, "revised", False, ("ap updated its story.", "Headline was: Quake strikes coast"))],
    ),
    "a test has an alert of its own": (
        [told(), told("drill-1", "TEST quake", test=True), kills(test=True), AFP],
        [
            RAISED,
            (1, "raised", True, ("Raised on a report by drill.",)),
            (2, "killed", True, ("Killed by Ana: not confirmed",)),
            SECOND,
        ],
    ),
}


@pytest.mark.parametrize(("heard", "expected"), SCENARIOS.values(), ids=SCENARIOS.keys())
def test_the_life_of_an_alert(heard: list[Heard], expected: list[Told]) -> None:
    """Each event on its turn; what is told of it and how loudly."""
    assert summed_up(Desk().hear_all(*heard)) == expected


@pytest.mark.parametrize(("heard", "expected"), SCENARIOS.values(), ids=SCENARIOS.keys())
def test_everything_delivered_twice_tells_nothing_more(heard: list[Heard], expected: list[Told]) -> None:
    """At least once is the floor, so each event at once again changes nothing."""
    twice = [event for event in heard for _ in range(2)]
    assert summed_up(Desk().hear_all(*twice)) == expected


def test_a_notice_takes_back_the_latest_story_of_its_source() -> None:
    """The earlier ones stand; a second notice takes back the one before."""
    desk = Desk()
    desk.hear_all(AFP, told("ap-1"), told("ap-2", "Two dead"), told("ap-3", "Three dead"))
    (first,) = desk.hear(told("ap-kill", **NOTICE))
    assert first.stories == ("afp-1", "ap-1", "ap-2")
    (second,) = desk.hear(told("ap-kill2", **NOTICE))
    assert second.stories == ("afp-1", "ap-1")


EMBARGOES: dict[str, tuple[list[Heard], list[int]]] = {
    "is held until its moment": (
        [told(embargo=NOON), Tick(after(minutes=59)), Tick(NOON), Tick(after(hours=2))],
        [0, 0, 1, 0],
    ),
    "is nothing once its moment was over when it came": ([told(embargo=AT)], [1]),
    "is lifted early by a revision without": (
        [told(embargo=NOON), told(version=2), Tick(NOON)],
        [0, 1, 0],
    ),
    "may be moved": (
        [told(embargo=NOON), told(embargo=after(hours=3), version=2), Tick(NOON), Tick(after(hours=3))],
        [0, 0, 0, 1],
    ),
    "holds the newest revision": (
        [told(embargo=NOON, version=2), told(text="Early word", version=1), Tick(NOON)],
        [0, 0, 1],
    ),
    "is not lifted by its repetition": ([told(embargo=NOON), told(embargo=NOON), Tick(NOON)], [0, 0, 1]),
    "ends with a kill": ([told(embargo=NOON), told(embargo=NOON, version=2, **KILL), Tick(NOON)], [0, 0, 0]),
    "ends with a notice under an id of its own": (
        [told(embargo=NOON), told("ap-kill", **NOTICE), Tick(NOON)],
        [0, 0, 0],
    ),
    "does not end with another source's notice": (
        [told(embargo=NOON), told("afp-kill", **NOTICE), Tick(NOON)],
        [0, 0, 1],
    ),
    "does not end with a kill of the source's other story": (
        [told(), AFP, told("ap-2", "More", embargo=NOON), told(version=2, **KILL), Tick(NOON)],
        [1, 1, 0, 1, 1],
    ),
    "holds no kill back": ([told(), told(embargo=NOON, version=2, **KILL)], [1, 1]),
    "of an update holds that back": ([told(), told(text="Later", embargo=NOON, version=2), Tick(NOON)], [1, 0, 1]),
    "of two stories of one event ends a tick after the other": (
        [told(embargo=NOON), told("afp-1", "Coast shaken", embargo=NOON), Tick(NOON), Tick(after(hours=2))],
        [0, 0, 1, 1],
    ),
    "of two events ends together": (
        [told(embargo=NOON), told("ap-2", "Flood", event_id="flood", embargo=NOON), Tick(NOON)],
        [0, 0, 2],
    ),
    "of a story that is not breaking ends in nothing": (
        [told(embargo=NOON, breaking=False), Tick(NOON)],
        [0, 0],
    ),
}


@pytest.mark.parametrize(("heard", "revisions"), EMBARGOES.values(), ids=EMBARGOES.keys())
def test_an_embargo(heard: list[Heard], revisions: list[int]) -> None:
    """How many revisions each event brings."""
    desk = Desk()
    assert [len(desk.hear(event)) for event in heard] == revisions
    assert list(desk.state.due(after(days=9))) == []


def test_an_alert_that_nothing_changed_for_thirty_days_is_forgotten() -> None:
    """As long as the topic keeps it, and not a moment before."""
    desk = Desk()
    desk.hear(told())
    desk.hear(AFP, at=after(days=1))
    assert not desk.decide(Tick(after(days=31))).changes
    desk.hear(Tick(after(days=31, seconds=1)))
    assert desk.state.alert(EVENT, test=False) is None
    assert desk.changelog == {f"a/{EVENT}": None}


def test_a_killed_alert_is_remembered_while_its_event_goes_on() -> None:
    """Forgotten, it would be raised again under the same id and number: nothing may follow a kill."""
    desk = Desk(Rules(remember=timedelta(days=2)))
    desk.hear_all(told(), kills())
    for day in range(1, 6):
        assert desk.hear(told(f"afp-{day}", f"Day {day}"), at=after(days=day)) == []
        assert desk.hear(Tick(after(days=day, hours=1))) == []
    desk.hear(Tick(after(days=8)))
    assert desk.state.alert(EVENT, test=False) is None


def test_forgetting_takes_a_bounded_number_a_tick() -> None:
    """So that no tick takes long; the rest goes with the next."""
    desk = Desk()
    for number in range(130):
        desk.hear(told(event_id=f"e{number}"))
    assert [len(desk.decide(Tick(after(days=40))).changes)] == [100]
    desk.hear(Tick(after(days=40)))
    assert len(desk.decide(Tick(after(days=40))).changes) == 30


def test_an_entry_stays_small_however_many_stories_tell_of_it() -> None:
    """It is one record of the changelog; the lead is known for ever, so that its kill is."""
    desk = Desk()
    desk.hear_all(*(told(f"s{number}-1", f"Word {number}") for number in range(560)))
    assert max(len(value or b"") for value in desk.changelog.values()) < 200_000
    entry = desk.state.alert(EVENT, test=False)
    assert entry is not None
    assert len(entry.seen) == 501
    (killed,) = desk.hear(told("s0-1", version=2, **KILL))
    assert killed.changes[0] == "s0 withdrew its story."
    assert killed.lead == "s510-1"
    assert desk.hear(told("s0-1", version=2, **KILL)) == []


def test_of_a_tick_and_a_held_story_of_a_forgotten_alert_the_story_wins() -> None:
    """The alert is revised, not erased under it."""
    desk = Desk()
    desk.hear_all(told(), told("afp-1", "Coast shaken", embargo=after(days=40)))
    (revised,) = desk.hear(Tick(after(days=40)))
    assert revised.revision == 2
    assert desk.restarted().state.alert(EVENT, test=False) == desk.state.alert(EVENT, test=False)


_STORY = st.builds(
    told,
    st.sampled_from(("ap-1", "ap-2", "afp-1", "dpa-1", "ap-kill")),
    st.sampled_from(("Quake", "Quake kills two", "All calm")),
    severity=st.sampled_from(("flash", "urgent", "routine")),
    breaking=st.booleans(),
    event_id=st.sampled_from((EVENT, "flood")),
    version=st.integers(1, 3),
    test=st.booleans(),
    status=st.sampled_from((StoryStatus.USABLE, StoryStatus.USABLE, StoryStatus.CANCELED)),
    notice=st.sampled_from((None, None, Notice.CORRECTION, Notice.KILL)),
    embargo=st.sampled_from((None, None, NOON, after(hours=2))),
)
_EDITOR = st.one_of(
    st.builds(kills, test=st.booleans()),
    st.builds(corrects, st.sampled_from(("Calm", "Quake")), test=st.booleans()),
)
_HEARD = st.lists(st.one_of(_STORY, _STORY, _STORY, _EDITOR, st.builds(Tick, st.sampled_from((NOON, after(hours=3))))))


@settings(max_examples=60, deadline=None)
@given(_HEARD, st.data())
def test_whatever_happens_revisions_are_counted_without_a_gap_and_end_with_a_kill(
    heard: list[Heard], data: st.DataObject
) -> None:
    """And a service that starts anew from its changelog, at any moment, decides the same."""
    desk = Desk()
    restart = data.draw(st.integers(0, len(heard)))
    other = Desk()
    history: dict[str, list[Alert]] = {}
    for number, event in enumerate(heard):
        if number == restart:
            other = other.restarted()
        assert other.decide(event) == desk.decide(event)
        other.hear(event)
        for alert in desk.hear(event):
            history.setdefault(alert.id, []).append(alert)
    for alerts in history.values():
        assert [alert.revision for alert in alerts] == list(range(1, len(alerts) + 1))
        statuses = [alert.status.value for alert in alerts]
        assert statuses[0] == "raised"
        assert "raised" not in statuses[1:]
        assert "killed" not in statuses[:-1]
        assert len({(alert.event_id, alert.test) for alert in alerts}) == 1
