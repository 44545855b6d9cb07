"""
What the runtime costs: a stage that does no work, beside a bare aiokafka loop over the same bytes.

Both consume the same records from a real broker, 500 at most a batch, and write the same output bytes with the
offsets in one transaction a batch. The bare loop neither decodes nor encodes: it has the output at hand.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from datetime import UTC, datetime
from statistics import median
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from bench.spread import spread
from events.base import Envelope, head
from events.codec import encode
from events.decision import Decision
from events.story import EventId, Story, StoryClassified, StoryId, StoryIngested, Verdict
from events.topics import STORIES, TOPICS, VERDICTS
from services.runtime.bus.kafka import KafkaBus
from services.runtime.bus.port import Outgoing
from services.runtime.clock import SystemClock
from services.runtime.health import Health
from services.runtime.lifecycle import keep_what_lives
from services.runtime.publish import record_of
from services.runtime.run import StageRunner
from services.runtime.stage import STATELESS, Stage, advance

_RECORDS = 20_000
_RUNS = 5
_BATCH = 500
_BODY = "Officials said on Tuesday that the matter was being looked into and that more would be known later. " * 20


class _Took(NamedTuple):
    """Seconds of the wall's clock, and of this process on a processor."""

    wall: float
    cpu: float

    @classmethod
    def now(cls) -> _Took:
        return cls(time.perf_counter(), time.process_time())

    def since(self, began: _Took | None) -> _Took:
        assert began is not None
        return _Took(self.wall - began.wall, self.cpu - began.cpu)


def _story(number: int) -> Envelope[StoryIngested]:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    story = Story(
        id=StoryId(f"bench-{number}"),
        source="bench",
        digest=f"{number:064x}",
        headline=f"Story number {number} of a long night",
        body=_BODY,
        language="en",
        published=now,
        first_seen=now,
    )
    return head(StoryIngested(story=story), source="/ingest", time=now, identity=story.id)


_AT = datetime(2026, 1, 1, tzinfo=UTC)


_VERDICT = Verdict(story_id=StoryId("bench"), event_id=EventId("bench"), breaking=False, score=0.0, threshold=0.5)


def _no_work(_state: None, event: StoryIngested, _at: datetime) -> Decision:
    """Pass the story on under a verdict that is always the same: nothing is computed, nothing validated."""
    return Decision((StoryClassified.model_construct(story=event.story, verdict=_VERDICT, classified_at=_AT),))


def _stage(name: str) -> Stage[None, StoryIngested]:
    return Stage(name, (StoryIngested,), (StoryClassified,), STATELESS, _no_work)


async def measure(bootstrap: str) -> None:
    """Prepare the topics, run both in turn, print records/s and the ratio."""
    bus = KafkaBus(bootstrap, partitions=1)
    await bus.start()
    await bus.declare(TOPICS)
    inputs = [_story(number) for number in range(_RECORDS)]
    await _fill(bus, [record_of(item) for item in inputs])
    bodies = sum(len(record_of(item).value or b"") for item in inputs) / _RECORDS
    print(f"stage tax: {_RECORDS} records of {bodies:.0f} bytes, {_BATCH} a batch, one partition, {_RUNS} runs each")
    keep_what_lives()  # as a process does once it has loaded; for both
    ours: list[_Took] = []
    bare: list[_Took] = []
    for run in range(_RUNS):
        bare.append(await _bare(bootstrap, f"bare-{run}-{uuid.uuid4().hex}", inputs))
        ours.append(await _ours(bus, f"ours-{run}-{uuid.uuid4().hex}"))
    await bus.close()
    _tell("bare aiokafka loop", bare)
    _tell("stage in the runtime", ours)
    for what, ratios in (
        ("wall", [a.wall / b.wall for a, b in zip(bare, ours, strict=True)]),
        ("CPU", [a.cpu / b.cpu for a, b in zip(bare, ours, strict=True)]),
    ):
        print(f"  ratio by {what:<13} {spread(ratios)}: a tax of {100 * (1 - median(ratios)):.0f} %")


def _tell(name: str, took: list[_Took]) -> None:
    rate = spread([_RECORDS / each.wall for each in took], "{:,.0f}")
    cpu = spread([each.cpu / _RECORDS * 1e6 for each in took], "{:.0f}")
    print(f"  {name:<22} {rate} records/s, {cpu} us of CPU a record")


async def _fill(bus: KafkaBus, records: list[Outgoing]) -> None:
    for start in range(0, len(records), _BATCH):
        await bus.append(records[start : start + _BATCH])


async def _ours(bus: KafkaBus, group: str) -> _Took:
    stop = asyncio.Event()
    seen = 0
    began: _Took | None = None

    def step(state: None, event: StoryIngested, at: datetime) -> Decision:
        nonlocal seen, began
        if seen == 0:
            began = _Took.now()
        seen += 1
        return _no_work(state, event, at)

    def observe(_number: int, _state: object) -> None:
        if seen >= _RECORDS:
            stop.set()

    stage = Stage(group, (StoryIngested,), (StoryClassified,), STATELESS, step)
    runner = StageRunner(stage, bus, SystemClock(), Health(), observe=observe)
    running = asyncio.create_task(runner.run(stop))
    await stop.wait()
    took = _Took.now().since(began)
    await running
    return took


async def _bare(bootstrap: str, group: str, inputs: list[Envelope[StoryIngested]]) -> _Took:
    outputs = [_output(item) for item in inputs]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    consumer.subscribe([STORIES.name])
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        transactional_id=group,
        enable_idempotence=True,
        acks="all",
        linger_ms=5,
        max_batch_size=131072,
        compression_type="lz4",
    )
    await producer.start()
    await consumer.start()
    done, began = 0, None
    while done < len(inputs):
        polled = await consumer.getmany(timeout_ms=250, max_records=_BATCH)
        for partition, records in polled.items():
            began = began or _Took.now()
            async with producer.transaction():
                waits = [
                    await producer.send(VERDICTS.name, key=key, value=value, headers=headers, partition=0)
                    for key, value, headers in outputs[done : done + len(records)]
                ]
                await asyncio.gather(*waits)
                offsets = {TopicPartition(partition.topic, partition.partition): records[-1].offset + 1}
                await producer.send_offsets_to_transaction(offsets, group)
            done += len(records)
    took = _Took.now().since(began)
    await consumer.stop()
    await producer.stop()
    return took


def _output(item: Envelope[StoryIngested]) -> tuple[bytes, bytes | None, list[tuple[str, bytes]]]:
    envelope = advance(_stage("bare"), None, item.data, item, _AT).envelopes[0]
    encoded = encode(envelope)
    return encoded.key.encode(), encoded.value, list(encoded.headers)
