"""A stage's state and its changelog: written with every commit, read back on assignment."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter, ValidationError

from events.decision import Change
from services.runtime.bus.port import Bus, Message, Outgoing, Partition
from services.runtime.bus.size import checked
from services.runtime.errors import Fatal
from services.runtime.stage import E, S, Stage

_POLL_SECONDS = 1.0


def changelog_records(topic: str, number: int, changes: Iterable[Change]) -> list[Outgoing]:
    """
    One record a change.

    Raises:
        Poison: an entry is larger than a log takes.
    """
    return [
        checked(
            Outgoing(
                topic=topic,
                key=change.key,
                value=None if change.value is None else change.value.__pydantic_serializer__.to_json(change.value),
                partition=number,
            )
        )
        for change in changes
    ]


async def restored(stage: Stage[S, E], bus: Bus, number: int) -> S:
    """
    The state of a partition number as of the last commit.

    Raises:
        Transient: the changelog cannot be read at present.
        Fatal: an entry cannot be read; the message says which.
    """
    state = stage.state.initial()
    entry, changelog = stage.state.entry, stage.changelog
    if entry is None or changelog is None:
        return state
    partition = Partition(changelog.name, number)
    held = (await bus.bounds(changelog.name))[partition]
    reader = await bus.read({partition: held.start})
    try:
        while reader.positions[partition] < held.end:
            for message in await reader.poll(_POLL_SECONDS):
                if message.offset < held.end:
                    stage.state.apply(state, _change(entry, message, stage.name))
            await asyncio.sleep(0)  # a poll that finds records may not have waited: let the process' other parts run
    finally:
        await reader.close()
    return state


def _change(entry: TypeAdapter[Any], message: Message, stage: str) -> Change:
    try:
        value = None if message.value is None else entry.validate_json(message.value)
    except ValidationError as error:
        raise Fatal(f"state of {stage}: entry {message.key!r} cannot be read by this version: {error}") from error
    return Change(message.key or "", value)
