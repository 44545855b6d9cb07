"""Writing to Kafka: transactions of one transactional id, and plain durable appends."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from services.runtime.bus.kafka_client import Client, KafkaError, deadline, ignored, offsets_of
from services.runtime.bus.kafka_protocols import Batch, Producer
from services.runtime.bus.port import Outgoing, Partition
from services.runtime.bus.size import checked
from services.runtime.errors import Fenced, RuntimeFault, Transient

_ABORT_SECONDS = 3.0
_CLOSE_SECONDS = 3.0

Placed = Sequence[tuple[Partition, Outgoing]]
"""Records with the partitions they go to."""


class Transactor:
    """
    The one producer of a transactional id: starting it fences the one before, wherever that runs.

    A producer whose last transaction has an unknown end is given up, never repaired: a new one with the same id could
    take the id back from its rightful owner.
    """

    def __init__(self, client: Client, transactional_id: str) -> None:
        self._client = client
        self._id = transactional_id
        self._producer: Producer | None = None

    @property
    def alive(self) -> bool:
        """Whether it can commit."""
        return self._producer is not None

    async def start(self) -> None:
        """
        Take the id; returns when the last transaction of whoever had it is settled.

        Raises:
            Transient: the brokers cannot be reached.
        """
        producer = self._client.producer(self._id)
        try:
            async with deadline(self._client.request_timeout, f"start producer {self._id}"):
                await producer.start()
        except BaseException:
            await discard(producer)
            raise
        self._producer = producer

    async def commit(self, records: Placed, positions: Mapping[Partition, int] | None = None, group: str = "") -> None:
        """
        Write records and positions of a group as one transaction.

        Raises:
            Fenced: the id has another producer now, or it is not known whether the transaction was written; this
                producer can write no more.
            Transient: it was not written.
            Poison: a record is larger than Kafka takes.
        """
        _check_sizes(records)
        producer = self._producer
        if producer is None:
            raise Fenced(f"producer {self._id} was given up after an earlier failure")
        self._producer = None
        try:
            async with asyncio.timeout(self._client.request_timeout):
                await producer.begin_transaction()
                futures = await _send(producer, records)
                if positions:
                    await producer.send_offsets_to_transaction(offsets_of(positions), group)
                await asyncio.gather(*futures)
        except TimeoutError as error:
            # Not even the transaction before is surely settled; only a new producer will wait for that.
            await discard(producer)
            raise Fenced(f"no answer from Kafka to {self._id} within {self._client.request_timeout:g} s") from error
        except Exception as error:  # noqa: BLE001 (aiokafka fails with assertions too; the cause is kept)
            await self._abort(producer, error)
            return
        except BaseException:
            await discard(producer)
            raise
        await self._end(producer)

    async def close(self) -> None:
        """Give the id up."""
        if self._producer is not None:
            producer, self._producer = self._producer, None
            await discard(producer)

    async def _abort(self, producer: Producer, error: Exception) -> None:
        try:
            async with asyncio.timeout(_ABORT_SECONDS):
                await producer.abort_transaction()
        except BaseException as second:
            await discard(producer)
            if isinstance(second, Exception):
                raise Fenced(f"producer {self._id} is given up: {error!r}") from error
            raise
        self._producer = producer
        raise Transient(f"transaction of {self._id} was aborted: {error!r}") from error

    async def _end(self, producer: Producer) -> None:
        try:
            async with asyncio.timeout(self._client.request_timeout):
                await producer.commit_transaction()
        except BaseException as error:
            await discard(producer)
            if isinstance(error, Exception):
                raise Fenced(f"no answer whether the transaction of {self._id} was written: {error!r}") from error
            raise
        self._producer = producer


class Appender:
    """
    Appends records durably, all or none.

    What fits one batch of one partition is written by an idempotent producer: a batch is written whole. Anything else
    is a transaction; those that wait for the one before are merged into the next.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._producer: Producer | None = None
        self._starting = asyncio.Lock()
        self._transactor = Transactor(client, f"{client.name}.append.{uuid.uuid4().hex}")
        self._waiting: list[tuple[Placed, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def append(self, records: Placed) -> None:
        """
        Write records; returns when they are.

        Raises:
            Transient: they were not written, or not surely.
            Poison: a record is larger than Kafka takes.
        """
        _check_sizes(records)
        producer = await self._ready()
        if len(records) == 1:
            await self._deliver(producer, _send_one(producer, *records[0]))
        elif (batch := _one_batch(producer, records)) is not None:
            await self._deliver(producer, _send_batches(producer, [(records[0][0], batch)]))
        elif records:
            await self._together(records)

    async def close(self) -> None:
        """Flush what waits, for a few seconds at most."""
        if self._writing is not None:
            with contextlib.suppress(RuntimeFault):
                await self._writing
        await self._transactor.close()
        if self._producer is not None:
            producer, self._producer = self._producer, None
            await discard(producer)

    async def _ready(self) -> Producer:
        async with self._starting:
            if self._producer is None:
                producer = self._client.producer()
                try:
                    async with deadline(self._client.request_timeout, "start a producer"):
                        await producer.start()
                except BaseException:
                    await discard(producer)
                    raise
                self._producer = producer
            return self._producer

    async def _deliver(self, producer: Producer, sending: Any) -> None:
        """Wait for delivery. A producer that could not deliver is replaced: idempotent ones retry for ever."""
        try:
            async with deadline(self._client.request_timeout, "append"):
                await asyncio.gather(*await sending)
        except Transient:
            if self._producer is producer:
                self._producer = None
                await discard(producer)
            raise

    async def _together(self, records: Placed) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((records, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        # The transaction goes on whether or not its caller still waits.
        await asyncio.shield(done)

    async def _write(self) -> None:
        while self._waiting:
            jobs, self._waiting = self._waiting, []
            fault: RuntimeFault | None = None
            try:
                if not self._transactor.alive:
                    await self._transactor.start()
                await self._transactor.commit([placed for records, _ in jobs for placed in records])
            except RuntimeFault as error:
                fault = Transient(str(error))
            for _, done in jobs:
                if done.done():
                    continue
                if fault is None:
                    done.set_result(None)
                else:
                    done.set_exception(fault)


def _check_sizes(records: Placed) -> None:
    """Refuse what no broker takes, before it spoils a batch."""
    for _, record in records:
        checked(record)


async def discard(producer: Any) -> None:
    """
    Close a producer without flushing it: aiokafka would wait for deliveries that may never come.

    Its sender is ended first and waited for: aiokafka's own `stop` would cancel it twice, and be cancelled by that.
    """
    sender: asyncio.Task[None] | None = producer._sender.sender_task  # noqa: SLF001 (there is no public way)
    accumulator = producer._message_accumulator  # noqa: SLF001
    accumulator.fail_all(KafkaError("the producer was closed"))
    for batch in (*accumulator._pending_batches, *chain.from_iterable(accumulator._batches.values())):  # noqa: SLF001
        ignored(batch._drain_waiter)  # noqa: SLF001
    if sender is not None:
        sender.cancel()
        await asyncio.wait([sender], timeout=_CLOSE_SECONDS)
    with contextlib.suppress(Exception):
        if sender is None or sender.done():
            await producer.stop()
        else:
            producer._closed = True  # noqa: SLF001
            await producer.client.close()
    unsettled: asyncio.Future[None] | None = producer._txn_manager._transaction_waiter  # noqa: SLF001
    if unsettled is not None:
        ignored(unsettled)


async def _send(producer: Producer, records: Placed) -> list[asyncio.Future[Any]]:
    by_partition: dict[Partition, list[Outgoing]] = {}
    for at, record in records:
        by_partition.setdefault(at, []).append(record)
    sending = [_send_batches(producer, _batches(producer, at, group)) for at, group in by_partition.items()]
    sent = [future for futures in await asyncio.gather(*sending) for future in futures]
    for future in sent:
        ignored(future)
    return sent


async def _send_batches(producer: Producer, batches: Sequence[tuple[Partition, Batch]]) -> list[asyncio.Future[Any]]:
    return [await producer.send_batch(batch, at.topic, partition=at.number) for at, batch in batches]


async def _send_one(producer: Producer, at: Partition, record: Outgoing) -> list[asyncio.Future[Any]]:
    return [await producer.send(at.topic, record.value, record.key.encode(), at.number, headers=list(record.headers))]


def _batches(producer: Producer, at: Partition, records: Sequence[Outgoing]) -> list[tuple[Partition, Batch]]:
    """As many batches as the records need."""
    batch = producer.create_batch()
    batches = [(at, batch)]
    for record in records:
        if not _add(batch, record):
            batch = producer.create_batch()
            batches.append((at, batch))
            _add(batch, record)
    return batches


def _one_batch(producer: Producer, records: Placed) -> Batch | None:
    """All records in one batch; None where they need more."""
    if not records or len({at for at, _ in records}) > 1:
        return None
    batch = producer.create_batch()
    return batch if all(_add(batch, record) for _, record in records) else None


def _add(batch: Batch, record: Outgoing) -> bool:
    added = batch.append(timestamp=None, key=record.key.encode(), value=record.value, headers=list(record.headers))
    return added is not None
