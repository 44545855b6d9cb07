"""`tocsin deadletters`: list, show, requeue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.console import entry, err, out, printable

if TYPE_CHECKING:
    from events.dead_letter import RecordDeadLettered
    from services.runtime.bus.port import Bus

app = typer.Typer(no_args_is_help=True)

Where = Annotated[str, typer.Argument(help="TOPIC/PARTITION/OFFSET, as listed.")]


@app.command("list")
def list_all() -> None:
    """All dead letters, oldest first."""
    for letter in asyncio.run(_all()):
        at = letter.at.isoformat(timespec="seconds")
        entry(letter.subject, f"{at}  {letter.service}  {letter.reason}", letter.error)


@app.command()
def show(where: Where) -> None:
    """One dead letter, with its original headers and value."""
    letter = asyncio.run(_one(where))
    original = letter.original_value()
    _print("service", letter.service)
    _print("reason", letter.reason)
    _print("error", letter.error)
    _print("key", letter.record_key or "(none)")
    for name, value in letter.original_headers():
        _print("header", f"{name}: {value.decode('utf-8', 'replace')}")
    _print("value", "(none)" if original is None else original.decode("utf-8", "replace"))
    if letter.traceback:
        out.print(printable(letter.traceback))


@app.command()
def requeue(where: Where) -> None:
    """Write a dead letter's original record back to its topic. Its id is the same, so nothing is doubled."""
    letter = asyncio.run(_requeued(where))
    err.print(f"back in {letter.topic}")


async def _requeued(where: str) -> RecordDeadLettered:
    from services.cli.log import opened
    from services.cli.settings import load
    from services.runtime.bus.port import Outgoing

    letter = await _one(where)
    async with opened(load()) as bus:
        record = Outgoing(letter.topic, letter.record_key or "", letter.original_value(), letter.original_headers())
        await bus.append([record])
    return letter


async def _one(where: str) -> RecordDeadLettered:
    for letter in await _all():
        if letter.subject == where:
            return letter
    raise typer.BadParameter(f"there is no dead letter from {where}; see 'tocsin deadletters list'")


async def _all() -> list[RecordDeadLettered]:
    from services.cli.log import opened
    from services.cli.settings import load

    async with opened(load()) as bus:
        return [letter async for letter in _letters(bus)]


async def _letters(bus: Bus) -> AsyncIterator[RecordDeadLettered]:
    from events.codec import decode
    from events.dead_letter import RecordDeadLettered
    from events.errors import ContractError
    from events.topics import DEAD_LETTERS

    await bus.declare([DEAD_LETTERS])
    bounds = await bus.bounds(DEAD_LETTERS.name)
    reader = await bus.read({partition: held.start for partition, held in bounds.items()})
    try:
        while any(reader.positions[partition] < held.end for partition, held in bounds.items()):
            for message in await reader.poll(1.0):
                try:
                    data = decode(message.key, message.value, message.headers).data
                except ContractError as error:
                    err.print(f"a record of {DEAD_LETTERS.name} is left out: {error}", style="red")
                    continue
                if isinstance(data, RecordDeadLettered):
                    yield data
    finally:
        await reader.close()


def _print(name: str, text: str) -> None:
    out.print(f"{name:<10}{printable(text)}")
