from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import pairwise

import pytest
from faulty_bus import Faults, FaultyBus
from hypothesis import given, settings
from hypothesis import strategies as st
from tally import AT, BAD_STEP, Counts, action, counted, ids, poison, story, tally, verdict, written

from events.base import Event
from events.codec import decode
from events.dead_letter import RecordDeadLettered
from events.decision import Decision, Tick
from events.editorial import EditorActed
from events.story import StoryClassified, StoryIngested
from events.topics import DEAD_LETTERS, EDITORIAL, STORIES, TOPICS, VERDICTS
from services.runtime.bus.memory import MemoryBus
from services.runtime.bus.partitioner import partition_for
from services.runtime.bus.port import Bus, Message, Outgoing, Partition
from services.runtime.clock import VirtualClock
from services.runtime.errors import Fatal, Fenced, Transient
from services.runtime.health import Health
from services.runtime.publish import publish, record_of
from services.runtime.run import Pace, StageRunner
from services.runtime.stage import STATELESS, Stage

AWAY = Transient("the log is away")
CHANGELOG = "tocsin.tally.state"
PACE = Pace(poll=0.002, retry_first=0.1, retry_most=0.4)


class Running:
    """A runner at work, and what it says of itself."""

    def __init__(self, bus: Bus, stage: Stage[Counts, object] | None = None) -> None:
        self.clock = VirtualClock(AT)
        self.health = Health()
        self.states: dict[int, dict[str, int] | None] = {}
        self.stop = asyncio.Event()
        runner = StageRunner(stage or tally(), bus, self.clock, self.health, pace=PACE, observe=self._observe)
        self.starting = self.problems
        self.task = asyncio.create_task(runner.run(self.stop))

    @property
    def problems(self) -> dict[str, str]:
        """What health says now."""
        return self.health.problems(self.clock.now())

    @property
    def owned(self) -> set[int]:
        """The numbers it has."""
        return {number for number, state in self.states.items() if state is not None}

    def _observe(self, number: int, state: Counts | None) -> None:
        self.states[number] = dict(state.by_key) if isinstance(state, Counts) else None

    async def until(self, condition: Callable[[], object]) -> None:
        """Let time pass, a tenth of a second a turn, until it is so."""
        async with asyncio.timeout(10):
            while not condition():
                if self.task.done():
                    await self.task
                await self.clock.advance(0.1)

    async def ended(self) -> None:
        """Ask for a stop, and wait for it."""
        self.stop.set()
        async with asyncio.timeout(10):
            await self.task


@asynccontextmanager
async def running(bus: Bus, stage: Stage[Counts, object] | None = None) -> AsyncIterator[Running]:
    """A runner, stopped in the end."""
    run = Running(bus, stage)
    try:
        yield run
    finally:
        with suppress(Exception):
            await run.ended()


async def memory(partitions: int = 1) -> MemoryBus:
    """A bus with all topics."""
    bus = MemoryBus(partitions)
    await bus.declare(TOPICS)
    return bus


def committed(bus: MemoryBus, topic: str = STORIES.name, number: int = 0) -> int:
    """The position of the stage's group."""
    group = bus._groups.get("tally")
    return 0 if group is None else group.positions.get(Partition(topic, number), 0)


def letters(bus: MemoryBus) -> list[RecordDeadLettered]:
    """The dead letters."""
    found: list[RecordDeadLettered] = []
    for message in written(bus, DEAD_LETTERS.name):
        event = decode(message.key, message.value, message.headers).data
        assert isinstance(event, RecordDeadLettered)
        found.append(event)
    return found


async def test_outputs_changelog_and_positions_are_one_commit() -> None:
    """Whoever looks at the log before or after a commit sees outputs, state and position of the same events."""
    bus = await memory()
    seen: list[tuple[int, int, int]] = []

    def look(call: str) -> None:
        if call in {"commit", "committed"}:
            seen.append((committed(bus), len(written(bus, VERDICTS.name)), len(written(bus, CHANGELOG))))

    await publish(bus, [story(1), story(2)])
    async with running(FaultyBus(bus, Faults(watch=look))) as run:
        await run.until(lambda: committed(bus) == 2)
        await publish(bus, [story(3)])
        await run.until(lambda: committed(bus) == 3)
    assert seen == [(0, 0, 0), (2, 2, 1), (2, 2, 1), (3, 3, 2)]
    assert counted(written(bus, VERDICTS.name)) == [("wire-1", 1), ("wire-2", 2), ("wire-3", 3)]


async def test_an_event_that_is_not_read_is_passed_over_and_its_position_committed() -> None:
    """Other events of the same topic neither reach the step nor hold the group back."""
    bus = await memory()
    stage = tally()
    editors_only = Stage(name="tally", reads=(EditorActed,), writes=(), state=stage.state, step=stage.step)
    other = record_of(story(1))
    await publish(bus, [action(1)])
    await bus.append([Outgoing(EDITORIAL.name, other.key, other.value, other.headers)])
    async with running(bus, editors_only) as run:
        await run.until(lambda: committed(bus, EDITORIAL.name) == 2)
        assert run.states == {0: {"ana": 100}}
    assert letters(bus) == []


async def test_a_stage_reads_two_topics_as_one_number() -> None:
    """Stories and actions of one partition number meet in one state, each with a position of its own."""
    bus = await memory()
    await publish(bus, [story(1, "ana"), action(1, "ana")])
    async with running(bus) as run:
        await run.until(lambda: committed(bus) == 1 and committed(bus, EDITORIAL.name) == 1)
        assert run.states == {0: {"ana": 101}}


async def test_a_stage_without_state_has_no_changelog() -> None:
    """It is restored at once, and its commits are outputs and positions."""
    bus = await memory()

    def step(_state: None, event: StoryIngested, _at: object) -> Decision:
        return Decision((verdict(event.story, 7),))

    stateless = Stage("tally", (StoryIngested,), (StoryClassified,), STATELESS, step)
    await publish(bus, [story(1)])
    async with running(FaultyBus(bus, Faults(commit=[AWAY])), stateless) as run:
        await run.until(lambda: committed(bus) == 1)
    assert counted(written(bus, VERDICTS.name)) == [("wire-1", 7)]
    assert Partition(CHANGELOG, 0) not in bus._logs


@pytest.mark.parametrize(
    "faults",
    [
        {"commit": [AWAY, AWAY]},
        {"commit": [None, AWAY]},
        {"committed": [AWAY, None, AWAY]},
        {"commit": [AWAY], "bounds": [None, AWAY, AWAY]},
        {"commit": [AWAY], "read": [AWAY]},
        {"commit": [AWAY], "reader_poll": [AWAY]},
        {"commit": [None, AWAY], "reader_poll": [AWAY]},
        {"commit": [AWAY], "rewind": [None, AWAY, AWAY]},
        {"poll": [None, AWAY, AWAY, AWAY]},
        {"declare": [AWAY]},
        {"join": [AWAY, AWAY]},
        {"leave": [AWAY]},
        {"commit": [Fenced("another has it")]},
    ],
    ids=str,
)
async def test_what_fails_for_a_while_changes_nothing_of_the_outcome(faults: dict[str, list[Exception | None]]) -> None:
    """The state that ran ahead is thrown away and rebuilt, what was polled comes again: ids and counts as ever."""
    undisturbed, disturbed = await memory(), await memory()
    outcomes: list[list[Message]] = []
    for bus, met in ((undisturbed, Faults()), (disturbed, Faults(**faults))):
        async with running(FaultyBus(bus, met)) as run:
            await publish(bus, [story(1), story(2, "desk")])
            await run.until(lambda bus=bus: committed(bus) == 2)
            await publish(bus, [story(3)])
            await run.until(lambda bus=bus: committed(bus) == 3)
            await run.ended()
        outcomes.append(written(bus, VERDICTS.name))
    assert counted(outcomes[1]) == [("wire-1", 1), ("desk-2", 1), ("wire-3", 2)]
    assert ids(outcomes[1]) == ids(outcomes[0])


async def test_a_fenced_number_is_given_up_and_its_new_owner_goes_on_from_the_last_commit() -> None:
    """What the old owner had stepped and not committed is written once, by the new one."""
    bus = await memory()
    group = None
    taken = Faults()

    def take_away(call: str) -> None:
        if call == "commit" and group is not None and taken.calls["commit"] == 2:
            group.owner[0] = "another member"

    taken = Faults(watch=take_away)
    async with running(FaultyBus(bus, taken)) as old:
        await publish(bus, [story(1)])
        await old.until(lambda: committed(bus) == 1)
        group = bus._groups["tally"]
        await publish(bus, [story(2)])
        await old.until(lambda: "belongs to another member" in old.problems.get("tally", ""))
        assert old.states == {0: None}
        assert taken.calls["rewind"] == 1  # when it was assigned: what is another's is not sought
        assert len(written(bus, VERDICTS.name)) == 1
        group.owner.clear()
        await old.ended()
    async with running(bus) as new:
        await new.until(lambda: committed(bus) == 2)
    assert counted(written(bus, VERDICTS.name)) == [("wire-1", 1), ("wire-2", 2)]


async def test_bad_records_become_dead_letters_and_those_after_them_go_on() -> None:
    """Poison and a step that fails: the original bytes, headers, place and reason are kept; nothing else is lost."""
    bus = await memory()
    bad = record_of(story(2, headline=BAD_STEP))
    await publish(bus, [story(1)])
    await bus.append([poison(7), bad])
    await publish(bus, [story(3)])
    async with running(bus) as run:
        await run.until(lambda: committed(bus) == 4)
        assert run.problems == {}
    assert counted(written(bus, VERDICTS.name)) == [("wire-1", 1), ("wire-3", 2)]
    by_poison, by_step = letters(bus)
    assert (by_poison.subject, by_poison.reason, by_poison.service) == ("tocsin.stories/0/1", "poison", "tally")
    assert by_poison.original_value() == b"{not json 7"
    assert (by_step.subject, by_step.reason) == ("tocsin.stories/0/2", "step")
    assert (by_step.original_value(), by_step.original_headers()) == (bad.value, bad.headers)
    assert by_step.error == f"ValueError: {BAD_STEP}"
    assert "in step" in by_step.traceback


async def test_a_dead_letter_written_twice_has_one_id() -> None:
    """Its id is that of its place, so that a reader can drop the repetition."""
    first, second = await memory(), await memory()
    for bus in (first, second):
        await bus.append([poison(1)])
        async with running(bus) as run:
            await run.until(lambda bus=bus: committed(bus) == 1)
    assert ids(written(first, DEAD_LETTERS.name)) == ids(written(second, DEAD_LETTERS.name))


async def test_an_event_delivered_twice_is_written_with_the_same_ids() -> None:
    """Consumers can drop what they have seen."""
    bus = await memory()
    await publish(bus, [story(1), story(1)])
    async with running(bus) as run:
        await run.until(lambda: committed(bus) == 2)
    first, again = ids(written(bus, VERDICTS.name))
    assert first == again


async def test_many_failures_in_a_row_turn_health_and_a_success_turns_it_back() -> None:
    """Three steps that fail one after another point at the service."""
    bus = await memory()
    await publish(bus, [story(number, headline=BAD_STEP) for number in range(3)])
    async with running(bus) as run:
        await run.until(lambda: committed(bus) == 3)
        await run.until(lambda: run.problems)
        assert run.problems == {"tally": "3 records in a row failed; see the dead letters"}
        await publish(bus, [story(4)])
        await run.until(lambda: committed(bus) == 4)
        await run.until(lambda: not run.problems)


async def test_health_says_starting_then_trouble_then_nothing_and_in_the_end_the_part_is_gone() -> None:
    """Ready is only who has joined; trouble names the fault and passes with it."""
    bus = await memory()
    await publish(bus, [story(1)])
    async with running(FaultyBus(bus, Faults(join=[AWAY], commit=[None, AWAY]))) as run:
        assert run.starting == {"tally": "starting"}
        await run.until(lambda: run.problems == {"tally": "the log is away"})
        await run.until(lambda: committed(bus) == 1 and not run.problems)
        await publish(bus, [story(2)])
        await run.until(lambda: run.problems == {"tally": "the log is away"})
        await run.until(lambda: committed(bus) == 2 and not run.problems)
        await run.ended()
        assert run.health.problems(run.clock.now()) == {}


async def test_pauses_double_up_to_their_bound_and_begin_anew_after_success() -> None:
    """0.1 s, 0.2 s, then 0.4 s each on the runner's clock; the first again once a turn went well."""
    bus = await memory()
    moments: list[float] = []
    clock = VirtualClock(AT)

    def note(call: str) -> None:
        if call == "poll":
            moments.append(round((clock.now() - AT).total_seconds(), 3))

    faults = Faults(watch=note, poll=[AWAY, AWAY, AWAY, AWAY, None, AWAY])
    stop = asyncio.Event()
    runner = StageRunner(tally(), FaultyBus(bus, faults), clock, Health(), pace=PACE)
    task = asyncio.create_task(runner.run(stop))
    async with asyncio.timeout(10):
        while faults.calls["poll"] < 7:
            await clock.advance(0.1)
            for _ in range(5):
                await asyncio.sleep(0)
    stop.set()
    await task
    waits = [round(after - before, 3) for before, after in pairwise(moments)]
    assert waits[:4] == [0.1, 0.2, 0.4, 0.4]
    assert waits[5] == 0.1


async def test_a_stop_wakes_a_runner_from_its_pause() -> None:
    """Nobody waits for a clock that stands still."""
    run = Running(FaultyBus(await memory(), Faults(join=[AWAY] * 9)))
    async with asyncio.timeout(10):
        while not run.problems.get("tally", "").startswith("the log"):
            await asyncio.sleep(0)
    await run.ended()


async def test_a_stop_finishes_the_batch_in_hand_and_leaves_the_group() -> None:
    """What was polled when the stop came is committed, and the number is free for others at once."""
    bus = await memory()
    run: Running

    def stop_at_commit(call: str) -> None:
        if call == "commit":
            run.stop.set()

    await publish(bus, [story(1), story(2)])
    run = Running(FaultyBus(bus, Faults(watch=stop_at_commit)))
    async with asyncio.timeout(10):
        await run.task
    assert committed(bus) == 2
    assert run.states == {0: None}
    assert bus._groups["tally"].members == []


async def test_runners_of_one_group_share_the_numbers_and_take_over_with_the_state() -> None:
    """Each number has one runner; who takes it over counts on from where the other stopped."""
    bus = await memory(2)
    async with running(bus) as stays:
        await stays.until(lambda: stays.owned == {0, 1})
        async with running(bus) as goes:
            await stays.until(lambda: len(stays.owned) == 1)
            await goes.until(lambda: len(goes.owned) == 1)
            assert stays.owned | goes.owned == {0, 1}
            languages = {number: _language(number) for number in (0, 1)}
            await publish(bus, [story(number, "wire", languages[number]) for number in (0, 1)])
            await stays.until(lambda: all(committed(bus, STORIES.name, number) == 1 for number in (0, 1)))
            await goes.ended()
            assert goes.owned == set()
        await stays.until(lambda: stays.owned == {0, 1})
        await publish(bus, [story(10 + number, "wire", languages[number]) for number in (0, 1)])
        await stays.until(lambda: all(committed(bus, STORIES.name, number) == 2 for number in (0, 1)))
    for number in (0, 1):
        assert [message.value for message in written(bus, CHANGELOG, number)] == [b'{"value":1}', b'{"value":2}']


def _language(number: int) -> str:
    """A language whose stories are in that partition of two."""
    return next(tag for tag in ("en", "de", "fr", "es", "pt", "it") if partition_for(tag, 2) == number)


async def test_one_number_in_trouble_does_not_undo_another() -> None:
    """The commit of a number that went well stands; only the other is begun again."""
    bus = await memory(2)
    languages = [_language(0), _language(1)]
    await publish(bus, [story(1, "wire", language) for language in languages])
    faults = Faults(commit=[AWAY, None])
    async with running(FaultyBus(bus, faults)) as run:
        await run.until(lambda: all(committed(bus, STORIES.name, number) == 1 for number in (0, 1)))
    assert faults.calls["commit"] == 3
    assert sum(len(written(bus, VERDICTS.name, number)) for number in (0, 1)) == 2


async def test_a_fatal_failure_is_not_hidden_by_one_that_may_pass() -> None:
    """Or the lane that failed for good would go on after the records that it lost."""
    bus = await memory(2)
    await publish(bus, [story(1, "wire", _language(0)), story(1, "wire", _language(1))])
    async with running(FaultyBus(bus, Faults(commit=[AWAY, Fatal("the disk is broken")]))) as run:
        with pytest.raises(Fatal, match="the disk is broken"):
            await run.until(lambda: False)


async def test_ticks_come_at_their_pace_to_each_number_and_are_committed() -> None:
    """
    One a second on the runner's clock, however often it polls, from when the lanes are known to be at the end.

    The state that they change is in the changelog.
    """
    bus = await memory(2)
    stage = tally(tick_seconds=1.0)
    faults = Faults()
    at_poll: list[int] = []
    async with running(FaultyBus(bus, faults), stage) as run, asyncio.timeout(10):
        while len(at_poll) < 32:  # 3.1 s, of which each poll takes a tenth
            if faults.calls["poll"] > len(at_poll):
                at_poll.append(len(written(bus, CHANGELOG, 0)))
                await run.clock.advance(0.1)
            await asyncio.sleep(0)
    assert [at_poll.index(ticks) for ticks in (1, 2, 3)] == [11, 21, 31]
    assert run.states == {0: None, 1: None}
    assert len(written(bus, CHANGELOG, 1)) == len(written(bus, CHANGELOG, 0))


async def test_a_tick_does_not_run_ahead_of_the_log() -> None:
    """Whoever takes a number up with records waiting is told the time of the last one taken, not the present."""
    clock = VirtualClock(AT)
    bus = MemoryBus(clock=clock)
    await bus.declare([*TOPICS, tally().changelog])  # type: ignore[list-item]
    await publish(bus, [story(1)])
    await clock.advance(3600)
    told: list[object] = []
    inner = tally()

    def step(state: Counts, event: Event | Tick, at: object) -> Decision:
        told.append(event.at if isinstance(event, Tick) else "story")
        return inner.step(state, event, AT)

    stage = Stage("tally", inner.reads, inner.writes, inner.state, step, tick_seconds=0.0)
    stop = asyncio.Event()
    task = asyncio.create_task(StageRunner(stage, bus, clock, Health(), pace=PACE).run(stop))
    async with asyncio.timeout(10):
        while len(told) < 3 or told[-1] != clock.now():
            await asyncio.sleep(0)
    stop.set()
    await task
    assert told[:2] == ["story", AT]
    assert set(told[2:]) <= {AT, clock.now()}


async def test_a_tick_that_could_not_be_committed_is_undone() -> None:
    """The state is rebuilt without it, and the next tick counts on from there."""
    bus = await memory()
    async with running(FaultyBus(bus, Faults(commit=[None, AWAY])), tally(tick_seconds=1.0)) as run:
        await run.until(lambda: run.states.get(0) == {"ticks": 3})
    assert len(written(bus, CHANGELOG)) == 3


async def test_a_tick_that_fails_stops_no_record_and_shows_in_health() -> None:
    """There is nothing to set aside; the trouble is named until a tick goes well."""
    bus = await memory()
    broken = True
    inner = tally()

    def step(state: Counts, event: Event | Tick, at: object) -> Decision:
        if broken and isinstance(event, Tick):
            raise ZeroDivisionError("no deadline")
        return inner.step(state, event, AT)

    stage = Stage("tally", inner.reads, inner.writes, inner.state, step, tick_seconds=0.5)
    async with running(bus, stage) as run:
        await run.until(lambda: run.problems == {"tally": "a tick failed: ZeroDivisionError: no deadline"})
        await publish(bus, [story(1)])
        await run.until(lambda: committed(bus) == 1)
        broken = False
        await run.until(lambda: not run.problems)
        assert run.states[0] == {"wire": 1, "ticks": 1}


_EVENTS = st.lists(
    st.tuples(st.sampled_from(("en", "de", "fr")), st.sampled_from("ab"), st.sampled_from(("good", "bad", "poison"))),
    max_size=12,
)
_FAULTS = st.lists(st.sampled_from(("well", "lost", "unsure", "crash", "restore", "fenced")), max_size=10)


class Crash(Exception):
    """The process is gone."""


def _outgoing(events: list[tuple[str, str, str]]) -> list[Outgoing]:
    return [
        poison(number, language)
        if kind == "poison"
        else record_of(story(number, source, language, BAD_STEP if kind == "bad" else "Dam holds"))
        for number, (language, source, kind) in enumerate(events)
    ]


async def _outcome(records: list[Outgoing], schedule: list[str]) -> list[list[tuple[int, str, bytes | None]]]:
    """What lies on the log after the records were taken in, in spite of all that the schedule holds."""
    bus = await memory(2)
    pending = list(schedule)

    def meet(call: str) -> None:
        turn = {"commit": ("lost", "crash", "fenced"), "committed": ("unsure",), "reader_poll": ("restore",)}.get(call)
        if pending and pending[0] == "well" and call == "commit":
            pending.pop(0)
        elif turn and pending and pending[0] in turn:
            fault = pending.pop(0)
            raise Crash if fault == "crash" else Fenced(fault) if fault == "fenced" else Transient(fault)

    def done() -> bool:
        return all(committed(bus, STORIES.name, n) == len(written(bus, STORIES.name, n)) for n in (0, 1))

    half = len(records) // 2
    for part in (records[:half], records[half:]):
        await bus.append(part)
        while not done():
            run = Running(FaultyBus(bus, Faults(watch=meet)))
            with suppress(Crash):
                await run.until(done)
                await run.ended()
    verdicts = [_facts(written(bus, VERDICTS.name, number), payload=True) for number in (0, 1)]
    return [*verdicts, *(_facts(written(bus, DEAD_LETTERS.name, number), payload=False) for number in (0, 1))]


def _facts(messages: list[Message], *, payload: bool) -> list[tuple[int, str, bytes | None]]:
    """Sorted, since two numbers of one stage may write to one partition in either order."""
    identified = zip(ids(messages), messages, strict=True)
    return sorted((message.partition, name, message.value if payload else b"") for name, message in identified)


@settings(max_examples=30, deadline=None)
@given(_EVENTS, _FAULTS)
def test_whatever_fails_the_log_is_that_of_an_undisturbed_run(
    events: list[tuple[str, str, str]], schedule: list[str]
) -> None:
    """Failed, doubtful and fenced commits, crashes and failed restores: same records, same ids, none twice."""

    async def compare() -> None:
        records = _outgoing(events)
        assert await _outcome(records, schedule) == await _outcome(records, [])

    asyncio.run(compare())
