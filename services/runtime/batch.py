"""One partition number of a stage: its state, and how a batch of records becomes one commit's worth of records."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, Literal, cast

import structlog

from events.base import Cause, EnvelopeId, Event, derived_id
from events.codec import decode
from events.decision import Tick
from events.trace import trace_id
from services.runtime import metrics
from services.runtime.bus.port import Message, Outgoing, Partition
from services.runtime.dead_letter import dead_letter
from services.runtime.publish import record_of
from services.runtime.stage import E, S, Stage, decide, fold
from services.runtime.state import changelog_records

log = structlog.get_logger(__name__)

_STUCK_AFTER = 3
"""So many records failing in a row point at the service, not at the records: health says so."""

_QUIET_POLLS = 4
"""A poll may bring nothing although there is something: the first fetch may still be on its way."""


@dataclass(slots=True)
class Batch:
    """What one commit will write."""

    positions: dict[Partition, int] = field(default_factory=dict[Partition, int])
    records: list[Outgoing] = field(default_factory=list[Outgoing])
    entries: dict[str, Outgoing] = field(default_factory=dict[str, Outgoing])
    """For the changelog: of several changes of one key only the last, in the order of their last change."""

    oldest: datetime | None = None
    """Time of the oldest cause in it."""

    taken: int = 0
    """Records it accounts for."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to commit."""
        return not (self.positions or self.records or self.entries)


@dataclass(frozen=True, slots=True)
class _TickCause:
    id: EnvelopeId
    time: datetime
    correlation_id: EnvelopeId
    traceparent: str | None = None


class Lane(Generic[S, E]):
    """The stage at work on one partition number."""

    def __init__(self, stage: Stage[S, E], number: int, state: S) -> None:
        self.stage = stage
        self.number = number
        self.state = state
        self._failures_in_a_row = 0
        self._tick_failure: str | None = None
        self._newest: int | None = None
        self._quiet_polls = 0
        self._caught_up = False

    @property
    def trouble(self) -> str | None:
        """What points at a fault of the service itself; None while all is well."""
        if self._failures_in_a_row >= _STUCK_AFTER:
            return f"{self._failures_in_a_row} records in a row failed; see the dead letters"
        return self._tick_failure

    def take(self, message: Message, at: datetime, batch: Batch) -> None:
        """Decode and step one record; `close` the batch after the last. What cannot be processed is a dead letter."""
        self._one(message, at, batch)
        batch.positions[Partition(message.topic, message.partition)] = message.offset + 1
        batch.taken += 1
        self._newest = message.timestamp

    def close(self, batch: Batch) -> Batch:
        """The batch, with what it has for the changelog at its end."""
        metrics.EVENTS.labels(self.stage.name).inc(batch.taken)
        metrics.WRITTEN.labels(self.stage.name).inc(len(batch.records))
        batch.records.extend(batch.entries.values())
        return batch

    def polled(self, *, brought: bool) -> None:
        """Take note of a poll. Several in a row that bring nothing mean that it is at the end of its topics."""
        self._quiet_polls = 0 if brought else self._quiet_polls + 1
        if self._quiet_polls == _QUIET_POLLS:
            self._caught_up = True
            metrics.LAG.labels(self.stage.name, str(self.number)).set(0.0)

    def reached(self, now: datetime) -> datetime | None:
        """
        How late it is for this lane; None while it does not know.

        One that is busy has come as far as the records it took, and one that was just restored does not know yet: a
        deadline must not be met before what was written ahead of it was read, or an embargo would end before the
        kill that lies on the log is seen.
        """
        if self._caught_up and self._quiet_polls:
            return now
        return None if self._newest is None else min(now, datetime.fromtimestamp(self._newest / 1000, UTC))

    def tick(self, at: datetime) -> Batch:
        """Step on a tick; its id is that of its moment. One that fails changes nothing, and the next tries again."""
        batch = Batch()
        identity = derived_id(self.stage.name, "tick", str(self.number), at.isoformat())
        try:
            self._step(Tick(at), _TickCause(identity, at, identity), at, batch)
        except Exception as error:
            if self._tick_failure is None:
                log.exception("tick failed", stage=self.stage.name, partition=self.number)
            self._tick_failure = f"a tick failed: {type(error).__name__}: {error}"
            return batch
        self._tick_failure = None
        return self.close(batch)

    def _one(self, message: Message, at: datetime, batch: Batch) -> None:
        try:
            cause = decode(message.key, message.value, message.headers)
        except Exception as error:  # noqa: BLE001 (whatever a record holds, it must not stop those after it)
            self._set_aside(message, error, "poison", at, batch)
            return
        if not isinstance(cause.data, self.stage.reads):
            return
        batch.oldest = cause.time if batch.oldest is None else min(batch.oldest, cause.time)
        try:
            wrote = self._step(cause.data, cause, at, batch)
        except Exception as error:  # noqa: BLE001 (a pure step fails the same way every time: never retried)
            self._failures_in_a_row += 1
            self._set_aside(message, error, "step", at, batch)
            return
        self._failures_in_a_row = 0
        log.debug("stepped", stage=self.stage.name, type=cause.type, subject=cause.data.subject, wrote=wrote)

    def _step(self, event: Event | Tick, cause: Cause, at: datetime, batch: Batch) -> int:
        """Step, and only once all that it wrote is encoded, change state and batch; gives how much it wrote."""
        result = decide(self.stage, self.state, cast("E", event), cause, at)
        records = [record_of(envelope) for envelope in result.envelopes]
        changelog = self.stage.changelog
        entries = [] if changelog is None else changelog_records(changelog.name, self.number, result.changes)
        fold(self.stage, self.state, result.changes)
        batch.records.extend(records)
        for entry in entries:
            batch.entries.pop(entry.key, None)
            batch.entries[entry.key] = entry
        return len(records)

    def _set_aside(
        self, message: Message, error: Exception, reason: Literal["poison", "step"], at: datetime, batch: Batch
    ) -> None:
        batch.records.append(dead_letter(message, error, service=self.stage.name, reason=reason, at=at))
        metrics.DEAD_LETTERS.labels(self.stage.name, reason).inc()
        traceparent = dict(message.headers).get("ce_traceparent", b"").decode("ascii", "replace")
        log.error(
            "dead letter",
            stage=self.stage.name,
            reason=reason,
            error=f"{type(error).__name__}: {error}",
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            trace_id=trace_id(traceparent),
        )
