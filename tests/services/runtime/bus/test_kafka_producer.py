"""Transactions and appends, on a real broker."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from conformance import PARTITIONS, SOON, Log, eventually, everything, to

from services.runtime.bus.kafka import KafkaBus
from services.runtime.bus.kafka_client import Client
from services.runtime.bus.kafka_producer import Appender, Placed, Transactor
from services.runtime.bus.port import Outgoing, Partition
from services.runtime.errors import Fenced, Poison, Transient

pytestmark = pytest.mark.kafka

NOWHERE = Client("127.0.0.1:1", "tests", 0.5, 10.0, 30.0)


@pytest.fixture
async def log(kafka_bootstrap: str) -> AsyncIterator[Log]:
    """To look at what was written."""
    async with Log(lambda: KafkaBus(kafka_bootstrap, partitions=PARTITIONS)) as log:
        yield log


@pytest.fixture
def client(kafka_bootstrap: str) -> Client:
    """Of the same broker."""
    return Client(kafka_bootstrap, f"c-{uuid.uuid4().hex}", 10.0, 10.0, 30.0)


def _placed(topic: str, *values: str, number: int = 0) -> Placed:
    return [(Partition(topic, number), record) for record in to(topic, *values)]


async def test_the_newest_producer_of_an_id_fences_the_others(log: Log, client: Client) -> None:
    """The older one is refused, writes nothing and never tries again; the newer one goes on."""
    bus = await log.open()
    topic = await log.topic(bus)
    old, new = Transactor(client, f"id-{topic}"), Transactor(client, f"id-{topic}")
    await old.start()
    await old.commit(_placed(topic, "1"))
    await new.start()
    for _ in range(2):
        with pytest.raises(Fenced):
            await old.commit(_placed(topic, "zombie"))
        assert not old.alive
    await new.commit(_placed(topic, "2"))
    assert [m.value for m in await eventually(log, bus, topic, 2)] == [b"1", b"2"]
    await new.close()
    await old.close()


async def test_an_aborted_transaction_is_never_seen(log: Log, client: Client) -> None:
    """One that failed before its end leaves the producer at work and nothing for readers."""
    bus = await log.open()
    topic = await log.topic(bus)
    transactor = Transactor(client, f"id-{topic}")
    await transactor.start()
    with pytest.raises(Transient) as caught:
        await transactor.commit([*_placed(topic, "half"), *_placed(topic, "nowhere", number=PARTITIONS)])
    assert not isinstance(caught.value, Fenced)
    assert transactor.alive
    await transactor.commit(_placed(topic, "whole"))
    assert [m.value for m in await eventually(log, bus, topic, 1)] == [b"whole"]
    await transactor.close()


async def test_a_commit_that_is_cancelled_gives_the_producer_up(log: Log, client: Client) -> None:
    """Nobody knows how it ended, so nobody builds on it; the next producer finds it settled."""
    bus = await log.open()
    topic = await log.topic(bus)
    transactor = Transactor(client, f"id-{topic}")
    await transactor.start()
    committing = asyncio.create_task(transactor.commit(_placed(topic, "perhaps")))
    await asyncio.sleep(0)
    committing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await committing
    assert not transactor.alive
    await transactor.start()
    await transactor.commit(_placed(topic, "surely"))
    assert b"surely" in [m.value for m in await eventually(log, bus, topic, 1)]
    await transactor.close()


async def test_more_than_a_batch_fits_a_transaction(log: Log, client: Client) -> None:
    """Records beyond the size of a batch go in several, in order."""
    bus = await log.open()
    topic = await log.topic(bus)
    transactor = Transactor(client, f"id-{topic}")
    await transactor.start()
    values = [str(n).ljust(9_000) for n in range(200)]
    await transactor.commit(_placed(topic, *values))
    assert [m.value.decode() for m in await eventually(log, bus, topic, 200) if m.value] == values
    await transactor.close()


async def test_appends_at_the_same_time_all_arrive(log: Log, client: Client) -> None:
    """Whether they fit a batch, or are merged into transactions."""
    bus = await log.open()
    topic = await log.topic(bus)
    appender = Appender(client)
    spread = [[(Partition(topic, n), Outgoing(topic, "k", b"%d" % i)) for n in range(PARTITIONS)] for i in range(40)]
    single = [_placed(topic, f"s{i}", number=i % PARTITIONS) for i in range(40)]
    pairs = [_placed(topic, f"p{i}", f"q{i}", number=i % PARTITIONS) for i in range(40)]
    await asyncio.gather(*(appender.append(records) for records in (*spread, *single, *pairs)))
    assert len(await eventually(log, bus, topic, 280)) == 40 * PARTITIONS + 40 + 80
    await appender.close()


async def test_a_record_that_no_broker_takes_is_poison(log: Log, client: Client) -> None:
    """It is refused before it spoils what it would be written with."""
    bus = await log.open()
    topic = await log.topic(bus)
    appender = Appender(client)
    large = (Partition(topic, 0), Outgoing(topic, "big", bytes(1_000_001)))
    with pytest.raises(Poison, match="'big'"):
        await appender.append([*_placed(topic, "small"), large])
    assert await everything(log, bus, topic) == []
    await appender.close()


async def test_nobody_waits_for_ever() -> None:
    """A producer that cannot reach a broker fails within its deadline."""
    async with asyncio.timeout(SOON):
        with pytest.raises(Transient, match="start producer id"):
            await Transactor(NOWHERE, "id").start()
        appender = Appender(NOWHERE)
        with pytest.raises(Transient):
            await appender.append(_placed("t", "a"))
        await appender.close()


async def test_a_producer_that_was_not_started_cannot_commit() -> None:
    """Nor can one that was given up."""
    transactor = Transactor(NOWHERE, "id")
    with pytest.raises(Fenced, match="id"):
        await transactor.commit(_placed("t", "a"))
