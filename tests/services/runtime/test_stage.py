from __future__ import annotations

import pytest
from tally import AT, BAD_STEP, Count, Counts, action, story, tally

from events.base import caused_by
from events.decision import Change
from events.topics import EDITORIAL, STORIES
from services.runtime.stage import STATELESS, Stage, advance, decide, fold


def test_a_stage_names_its_topics_once_and_its_changelog() -> None:
    """Group, changelog and source all follow from the name."""
    stage = tally()
    assert stage.topics == (STORIES, EDITORIAL)
    assert stage.changelog is not None
    assert (stage.changelog.name, stage.changelog.compacted) == ("tocsin.tally.state", True)
    assert stage.source == "/tally"
    assert Stage("pure", stage.reads, stage.writes, STATELESS, stage.step).changelog is None


def test_a_stage_without_state_has_none_and_keeps_none() -> None:
    """Its state is None, whatever changes."""
    state = STATELESS.initial()
    STATELESS.apply(state, Change("k", Count(value=1)))
    assert state is None


def test_decide_leaves_the_state_and_advance_changes_it() -> None:
    """The same envelopes from both; only `advance`, or `fold` of the changes, moves the state."""
    stage, counts = tally(), Counts()
    cause = story(1)
    decided = decide(stage, counts, cause.data, cause, AT)
    assert counts.by_key == {}
    assert advance(stage, counts, cause.data, cause, AT) == decided
    assert counts.by_key == {"wire": 1}
    again = Counts()
    fold(stage, again, decided.changes)
    assert again.by_key == counts.by_key


def test_what_is_written_is_caused_by_what_was_read() -> None:
    """Ids, time, correlation and trace are those that the contract derives from the cause."""
    stage, cause = tally(), story(1)
    result = advance(stage, Counts(), cause.data, cause, AT)
    assert result.envelopes == (caused_by(cause, result.envelopes[0].data, source="/tally", index=0),)
    assert result.envelopes[0].causation_id == cause.id


def test_a_step_that_raises_leaves_the_state_as_it_was() -> None:
    """The error is the step's own."""
    stage, counts = tally(), Counts()
    first, bad = action(1), story(2, headline=BAD_STEP)
    advance(stage, counts, first.data, first, AT)
    with pytest.raises(ValueError, match=BAD_STEP):
        advance(stage, counts, bad.data, bad, AT)
    assert counts.by_key == {"ana": 100}
