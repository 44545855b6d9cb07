from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest
from tally import AT, BAD_STEP, ENDLESS, Counts, poison, story, tally

from events.base import Event
from events.codec import decode
from events.dead_letter import RecordDeadLettered
from events.decision import Decision, Tick
from events.story import StoryClassified
from services.runtime.batch import Batch, Lane
from services.runtime.bus.port import Message, Outgoing, Partition
from services.runtime.publish import record_of
from services.runtime.stage import STATELESS, Stage


def messages(records: Sequence[Outgoing], start: int = 0) -> list[Message]:
    """The records as they are read from a partition."""
    return [
        Message(record.topic, 0, start + index, record.key, record.value, record.headers, 0)
        for index, record in enumerate(records)
    ]


def lane(stage: Stage[Counts, object] | None = None) -> Lane[Counts, object]:
    """A lane that begins."""
    return Lane(stage or tally(), 0, Counts())


def kinds(batch: Batch) -> list[str]:
    """What each record is."""
    return [
        "entry"
        if record.topic.endswith(".state")
        else type(decode(record.key, record.value, record.headers).data).__name__
        for record in batch.records
    ]


def taken(at_work: Lane[Counts, object], found: Sequence[Message], at: datetime) -> Batch:
    """All of the records in one batch."""
    batch = Batch()
    for message in found:
        at_work.take(message, at, batch)
    return at_work.close(batch)


def test_a_batch_is_the_outputs_in_order_and_one_entry_for_each_key() -> None:
    """Of the entries of one key only the last is written; positions are those after the last record."""
    batch = taken(
        lane(), messages([record_of(story(1)), record_of(story(2, "desk")), record_of(story(3))], start=40), AT
    )
    assert kinds(batch) == ["StoryClassified"] * 3 + ["entry"] * 2
    entries = [(r.key, r.value, r.partition) for r in batch.records if r.topic == "tocsin.tally.state"]
    assert entries == [("desk", b'{"value":1}', 0), ("wire", b'{"value":2}', 0)]
    assert batch.positions == {Partition("tocsin.stories", 0): 43}
    assert batch.oldest == AT


def test_nothing_to_commit_is_empty() -> None:
    """A tick that decides nothing costs no commit; records always move a position."""
    idle = Lane(Stage("idle", (), (), STATELESS, lambda _state, _event, _at: Decision()), 0, None)
    assert idle.tick(AT).empty
    assert not taken(idle, messages([record_of(story(1))]), AT).empty


def test_a_tick_has_the_id_of_its_moment() -> None:
    """Events of one tick are the same under replay, those of another moment are not."""

    def step(_state: None, event: Event | Tick, _at: object) -> Decision:
        assert isinstance(event, Tick)
        told = story(1).data
        return Decision((told,))

    def ids(number: int, minute: int) -> list[bytes]:
        stage = Stage("clock", (), (), STATELESS, step)
        batch = Lane(stage, number, None).tick(AT.replace(minute=minute))
        return [dict(record.headers)["ce_id"] for record in batch.records]

    assert ids(0, 1) == ids(0, 1)
    assert len({ids(0, 1)[0], ids(0, 2)[0], ids(1, 1)[0]}) == 3


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (poison(1), "poison"),
        (Outgoing("tocsin.stories", "en", None, record_of(story(1)).headers), "poison"),
        (Outgoing("tocsin.stories", "en", b"{}", ()), "poison"),
        (record_of(story(1, headline=BAD_STEP)), "step"),
        (record_of(story(1, headline=ENDLESS)), "step"),
    ],
    ids=["not JSON", "no value", "no headers", "step fails", "output too large"],
)
def test_a_record_that_cannot_be_processed_leaves_one_dead_letter_and_no_state(bad: Outgoing, reason: str) -> None:
    """State and changelog hold nothing of it, even where the step had decided and only the writing failed."""
    at_work = lane()
    batch = taken(at_work, messages([bad, record_of(story(9))]), AT)
    assert kinds(batch) == ["RecordDeadLettered", "StoryClassified", "entry"]
    first = batch.records[0]
    letter = decode(first.key, first.value, first.headers).data
    assert isinstance(letter, RecordDeadLettered)
    assert (letter.reason, letter.original_value(), letter.original_headers()) == (reason, bad.value, bad.headers)
    assert at_work.state.by_key == {"wire": 1}


def test_a_value_that_no_check_foresaw_is_poison_and_not_the_end() -> None:
    """A date at the edge of the calendar overflows inside the decoder."""
    record = record_of(story(1))
    early = record.value.replace(b"2026-03-01T12:00:00Z", b"0001-01-01T00:00:00+14:00")
    batch = taken(lane(), messages([Outgoing(record.topic, record.key, early, record.headers)]), AT)
    assert kinds(batch) == ["RecordDeadLettered"]


def test_trouble_is_named_after_three_failures_in_a_row() -> None:
    """Poison does not count: it is the record's fault."""
    at_work = lane()
    bad = record_of(story(1, headline=BAD_STEP))
    taken(at_work, messages([poison(1), poison(2), poison(3), bad, bad]), AT)
    assert at_work.trouble is None
    taken(at_work, messages([bad]), AT)
    assert at_work.trouble == "3 records in a row failed; see the dead letters"
    taken(at_work, messages([record_of(story(2))]), AT)
    assert at_work.trouble is None


def test_a_tick_that_fails_gives_an_empty_batch_and_is_named_until_one_goes_well() -> None:
    """Its changes are not applied."""
    failing = True
    inner = tally()

    def step(state: Counts, event: Event | Tick, at: object) -> Decision:
        if failing:
            raise KeyError("deadline")
        return inner.step(state, event, AT)

    at_work = lane(Stage("tally", inner.reads, inner.writes, inner.state, step))
    assert at_work.tick(AT).empty
    assert at_work.tick(AT).empty
    assert at_work.trouble == "a tick failed: KeyError: 'deadline'"
    failing = False
    assert not at_work.tick(AT).empty
    assert at_work.trouble is None
    assert at_work.state.by_key == {"ticks": 1}


def test_an_event_that_the_stage_does_not_read_only_moves_the_position() -> None:
    """It is not even the oldest cause."""
    only_verdicts = Stage("tally", (StoryClassified,), (), tally().state, tally().step)
    batch = taken(lane(only_verdicts), messages([record_of(story(1))]), AT)
    assert (batch.records, batch.oldest) == ([], None)
    assert batch.positions == {Partition("tocsin.stories", 0): 1}
