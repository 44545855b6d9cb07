"""`tocsin topics`: what the log holds, and making what is missing."""

from __future__ import annotations

import asyncio

import typer
from rich.console import Console
from rich.table import Table

from events.topics import TOPICS, Topic
from services.cli.log import bus_of
from services.cli.settings import Settings

app = typer.Typer(no_args_is_help=True)
out = Console(highlight=False, soft_wrap=True)


@app.command("list")
def list_all() -> None:
    """Every topic: what it carries, how long it is kept, what it holds now."""
    table = Table("topic", "key", "kept", "partitions", "records", "carries", box=None, padding=(0, 2, 0, 0))
    for topic, held in asyncio.run(_held()):
        kept = "latest of each key" if topic.kept is None else f"{topic.kept.days} d"
        counts = ("missing", "") if held is None else (str(len(held)), str(sum(held)))
        table.add_row(topic.name, topic.keyed_by, kept, *counts, topic.carries)
    out.print(table)


@app.command()
def apply() -> None:
    """Create the topics that are missing; what exists is left as it is."""

    async def run() -> None:
        bus = bus_of(Settings())
        await bus.start()
        try:
            await bus.declare(TOPICS)
        finally:
            await bus.close()

    asyncio.run(run())


async def _held() -> list[tuple[Topic, list[int] | None]]:
    bus = bus_of(Settings())
    await bus.start()
    try:
        found: list[tuple[Topic, list[int] | None]] = []
        for topic in TOPICS:
            try:
                bounds = await bus.bounds(topic.name)
            except KeyError:
                found.append((topic, None))
            else:
                found.append((topic, [held.end - held.start for held in bounds.values()]))
        return found
    finally:
        await bus.close()
