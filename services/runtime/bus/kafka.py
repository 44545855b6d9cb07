"""
The log in Apache Kafka.

Guarantees rest on: an idempotent producer for appends, one transaction a commit, and a transactional id per group and
partition number, `{group}.{number}`, whose newest producer fences all older ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from events.topics import Topic
from services.runtime.bus.kafka_client import Client, deadline, new_topic, stop_consumer
from services.runtime.bus.kafka_member import KafkaMember
from services.runtime.bus.kafka_producer import Appender, Placed
from services.runtime.bus.kafka_protocols import Admin, Consumer
from services.runtime.bus.kafka_reader import KafkaReader, bounds
from services.runtime.bus.partitioner import partition_for
from services.runtime.bus.port import Bounds, Outgoing, Partition
from services.runtime.errors import Fatal, Transient

_EXISTS = 36
_UNKNOWN_TOPIC = 3
_PAUSE_SECONDS = 0.05


class KafkaBus:
    """
    A `Bus` on Kafka 4; older brokers work from 2.5 on.

    Args:
        bootstrap: `host:port`, several separated by commas.
        partitions: of topics that `declare` creates.
        replication: of topics that `declare` creates; 3 where there are three brokers.
        client_id: names this process in the brokers' logs and quotas.
        request_timeout: seconds after which an append or a commit fails.
        session_timeout: seconds after which the partitions of a process that died go to others.
        rebalance_timeout: seconds a member may take to finish what it polled when partitions move.
        security: aiokafka's arguments for TLS and SASL, such as `security_protocol` and `ssl_context`.
        instance: names this process among those of its services and stays the same over restarts, so that one that
            was restarted in time takes up its partitions without moving those of others.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        partitions: int = 6,
        replication: int = 1,
        client_id: str = "tocsin",
        request_timeout: float = 15.0,
        session_timeout: float = 15.0,
        rebalance_timeout: float = 60.0,
        security: Mapping[str, Any] | None = None,
        instance: str | None = None,
    ) -> None:
        self._client = Client(
            bootstrap, client_id, request_timeout, session_timeout, rebalance_timeout, dict(security or {}), instance
        )
        self._partitions = partitions
        self._replication = replication
        self._counts: dict[str, int] = {}

    async def start(self) -> None:
        """
        Connect.

        Raises:
            Transient: no broker answers.
        """
        self._admin: Admin = self._client.admin()
        self._offsets: Consumer = self._client.consumer()
        self._appender = Appender(self._client)
        try:
            async with deadline(self._client.request_timeout, f"connect to {self._client.bootstrap}"):
                await self._admin.start()
                await self._offsets.start()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Flush and disconnect."""
        await self._appender.close()
        await stop_consumer(self._offsets)
        await self._admin.close()

    async def log_id(self) -> str:
        """The id of the Kafka cluster."""
        async with deadline(self._client.request_timeout, "ask for the cluster's id"):
            return f"kafka-{(await self._admin.describe_cluster())['cluster_id']}"

    async def declare(self, topics: Sequence[Topic]) -> None:
        """
        Create those topics that are missing; returns when all have leaders.

        Raises:
            Transient: the cluster refuses or does not answer.
        """
        async with deadline(self._client.request_timeout, "create topics"):
            missing = [topic for topic in topics if await self._find(topic.name) is None]
            if missing:
                wanted = [
                    new_topic(each.name, self._partitions, self._replication, _settings(each, self._replication))
                    for each in missing
                ]
                for name, code, why in (await self._admin.create_topics(wanted)).topic_errors:
                    if code not in {0, _EXISTS}:
                        raise Transient(f"cannot create topic {name}: {why} (error {code})")
            for topic in missing:
                while await self._find(topic.name) is None:  # noqa: ASYNC110 (a broker has no event for us)
                    await asyncio.sleep(_PAUSE_SECONDS)

    async def bounds(self, topic: str) -> Mapping[Partition, Bounds]:
        """What each partition of a topic holds, up to the last stable offset."""
        partitions = [Partition(topic, number) for number in range(await self._count(topic))]
        return await bounds(self._offsets, partitions, self._client.request_timeout)

    async def append(self, records: Sequence[Outgoing]) -> None:
        """Write records durably, acknowledged by all replicas in sync."""
        await self._appender.append(await self.place(records))

    async def join(self, group: str, topics: Sequence[str]) -> KafkaMember:
        """Become a member of a consumer group."""
        counts = {await self._count(topic) for topic in topics}
        if len(counts) != 1:
            raise Fatal(f"group {group} reads topics with different partition counts: {sorted(counts)}")
        member = KafkaMember(self._client, group, tuple(topics), self.place)
        await member.start()
        return member

    async def read(self, start: Mapping[Partition, int]) -> KafkaReader:
        """A reader from given offsets."""
        for at in start:
            if at.number >= await self._count(at.topic):
                raise KeyError(at)
        reader = KafkaReader(self._client, start)
        await reader.start()
        return reader

    async def place(self, records: Sequence[Outgoing]) -> Placed:
        """Records with the partitions they go to."""
        counts = {topic: await self._count(topic) for topic in {record.topic for record in records}}
        return [(_place(record, counts[record.topic]), record) for record in records]

    async def _count(self, topic: str) -> int:
        """How many partitions a topic has."""
        if topic not in self._counts:
            async with deadline(self._client.request_timeout, f"ask for topic {topic}"):
                found = await self._find(topic)
            if found is None:
                raise KeyError(topic)
            self._counts[topic] = found
        return self._counts[topic]

    async def _find(self, topic: str) -> int | None:
        """The partition count of a topic whose partitions all have leaders; None where there is none."""
        described = (await self._admin.describe_topics([topic]))[0]
        if described["error_code"] == _UNKNOWN_TOPIC or not described["partitions"]:
            return None
        if any(partition["leader"] < 0 for partition in described["partitions"]):
            return None
        return len(described["partitions"])


def _place(record: Outgoing, partitions: int) -> Partition:
    number = partition_for(record.key, partitions) if record.partition is None else record.partition
    if not 0 <= number < partitions:
        raise KeyError(Partition(record.topic, number))
    return Partition(record.topic, number)


def _settings(topic: Topic, replication: int) -> dict[str, str]:
    """A topic's settings. Broker time, so that retention does not depend on a client's clock."""
    settings = {"message.timestamp.type": "LogAppendTime", "min.insync.replicas": str(max(1, replication - 1))}
    if topic.kept is not None:
        return {**settings, "cleanup.policy": "delete", "retention.ms": str(int(topic.kept.total_seconds() * 1000))}
    # The segment being written is never compacted: small and short ones keep a restore from the changelog short.
    return {
        **settings,
        "cleanup.policy": "compact",
        "segment.ms": str(3600 * 1000),
        "segment.bytes": str(64 * 1024 * 1024),
        "min.cleanable.dirty.ratio": "0.2",
    }
