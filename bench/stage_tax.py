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
from services.runtime.publish import record_of
from services.runtime.run import StageRunner
from services.runtime.stage import STATELESS, Stage, advance

_RECORDS = 20_000
_RUNS = 5
_BATCH = 500
_BODY = "Officials said on Tuesday that the matter was being looked into and that more would be known later. " * 20


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
    ours: list[float] = []
    bare: list[float] = []
    for run in range(_RUNS):
        bare.append(_RECORDS / await _bare(bootstrap, f"bare-{run}-{uuid.uuid4().hex}", inputs))
        ours.append(_RECORDS / await _ours(bus, f"ours-{run}-{uuid.uuid4().hex}"))
    await bus.close()
    ratios = [a / b for a, b in zip(ours, bare, strict=True)]
    print(f"  bare aiokafka loop     {spread(bare, '{:,.0f}')} records/s")
    print(f"  stage in the runtime   {spread(ours, '{:,.0f}')} records/s")
    print(f"  ratio                  {spread(ratios)}: a tax of {100 * (1 - sorted(ratios)[len(ratios) // 2]):.0f} %")


async def _fill(bus: KafkaBus, records: list[Outgoing]) -> None:
    for start in range(0, len(records), _BATCH):
        await bus.append(records[start : start + _BATCH])


async def _ours(bus: KafkaBus, group: str) -> float:
    stop = asyncio.Event()
    seen = 0
    began = 0.0

    def step(state: None, event: StoryIngested, at: datetime) -> Decision:
        nonlocal seen, began
        if seen == 0:
            began = time.perf_counter()
        seen += 1
        return _no_work(state, event, at)

    def observe(_number: int, _state: object) -> None:
        if seen >= _RECORDS:
            stop.set()

    stage = Stage(group, (StoryIngested,), (StoryClassified,), STATELESS, step)
    runner = StageRunner(stage, bus, SystemClock(), Health(), observe=observe)
    running = asyncio.create_task(runner.run(stop))
    await stop.wait()
    took = time.perf_counter() - began
    await running
    return took


async def _bare(bootstrap: str, group: str, inputs: list[Envelope[StoryIngested]]) -> float:
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
    done, began = 0, 0.0
    while done < len(inputs):
        polled = await consumer.getmany(timeout_ms=250, max_records=_BATCH)
        for partition, records in polled.items():
            began = began or time.perf_counter()
            async with producer.transaction():
                waits = [
                    await producer.send(VERDICTS.name, key=key, value=value, headers=headers, partition=0)
                    for key, value, headers in outputs[done : done + len(records)]
                ]
                await asyncio.gather(*waits)
                offsets = {TopicPartition(partition.topic, partition.partition): records[-1].offset + 1}
                await producer.send_offsets_to_transaction(offsets, group)
            done += len(records)
    took = time.perf_counter() - began
    await consumer.stop()
    await producer.stop()
    return took


def _output(item: Envelope[StoryIngested]) -> tuple[bytes, bytes | None, list[tuple[str, bytes]]]:
    envelope = advance(_stage("bare"), None, item.data, item, _AT).envelopes[0]
    encoded = encode(envelope)
    return encoded.key.encode(), encoded.value, list(encoded.headers)
