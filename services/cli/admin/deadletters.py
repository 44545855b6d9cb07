"""`tocsin deadletters`: list, show, requeue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from events.codec import decode
from events.dead_letter import RecordDeadLettered
from events.topics import DEAD_LETTERS
from services.cli.log import bus_of
from services.cli.settings import Settings
from services.runtime.bus.port import Bus, Outgoing

app = typer.Typer(no_args_is_help=True)
out = Console(highlight=False, soft_wrap=True)

Where = Annotated[str, typer.Argument(help="TOPIC/PARTITION/OFFSET, as listed.")]


@app.command("list")
def list_all() -> None:
    """All dead letters, oldest first."""
    table = Table("where", "at", "service", "reason", "error", box=None, padding=(0, 2, 0, 0))
    for letter in asyncio.run(_all()):
        at = letter.at.isoformat(timespec="seconds")
        table.add_row(letter.subject, at, letter.service, letter.reason, letter.error)
    out.print(table)


@app.command()
def show(where: Where) -> None:
    """One dead letter, with its original headers and value."""
    letter = asyncio.run(_one(where))
    print(f"service   {letter.service}\nreason    {letter.reason}\nerror     {letter.error}")
    print(f"key       {letter.record_key}")
    for name, value in letter.original_headers():
        print(f"header    {name}: {value.decode('utf-8', 'replace')}")
    original = letter.original_value()
    text = "(none)" if original is None else original.decode("utf-8", "replace")
    print(f"value     {text}")
    if letter.traceback:
        print(letter.traceback)


@app.command()
def requeue(where: Where) -> None:
    """Write a dead letter's original record back to its topic. Its id is the same, so nothing is doubled."""

    async def run() -> None:
        letter = await _one(where)
        if letter.original_value() is None:
            raise typer.BadParameter(f"the value of {where} was too large to keep; send its story again instead")
        bus = bus_of(Settings())
        await bus.start()
        try:
            record = Outgoing(letter.topic, letter.record_key or "", letter.original_value(), letter.original_headers())
            await bus.append([record])
        finally:
            await bus.close()

    asyncio.run(run())


async def _one(where: str) -> RecordDeadLettered:
    for letter in await _all():
        if letter.subject == where:
            return letter
    raise typer.BadParameter(f"there is no dead letter from {where}; see 'tocsin deadletters list'")


async def _all() -> list[RecordDeadLettered]:
    bus = bus_of(Settings())
    await bus.start()
    try:
        return [letter async for letter in _letters(bus)]
    finally:
        await bus.close()


async def _letters(bus: Bus) -> AsyncIterator[RecordDeadLettered]:
    await bus.declare([DEAD_LETTERS])
    bounds = await bus.bounds(DEAD_LETTERS.name)
    reader = await bus.read({partition: held.start for partition, held in bounds.items()})
    try:
        while any(reader.positions[partition] < held.end for partition, held in bounds.items()):
            for message in await reader.poll(1.0):
                envelope = decode(message.key, message.value, message.headers)
                if isinstance(envelope.data, RecordDeadLettered):
                    yield envelope.data
    finally:
        await reader.close()
