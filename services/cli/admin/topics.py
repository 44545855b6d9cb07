"""`tocsin topics`: what the log holds, and making what is missing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from services.cli.console import out

if TYPE_CHECKING:
    from events.topics import Topic

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_all() -> None:
    """Every topic: how long it is kept, what it holds now, what it carries."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("topic", "kept", "partitions", "records"):
        table.add_column(name, no_wrap=True)
    table.add_column("carries", overflow="fold")
    for topic, held in asyncio.run(_held()):
        kept = "latest" if topic.kept is None else f"{topic.kept.days} d"
        counts = ("missing", "") if held is None else (str(len(held)), str(sum(held)))
        table.add_row(topic.name, kept, *counts, topic.carries)
    out.print(table)


@app.command()
def apply() -> None:
    """Create the topics that are missing; what exists is left as it is."""
    from events.topics import TOPICS
    from services.cli.log import bus_of
    from services.cli.settings import load

    async def run() -> None:
        bus = bus_of(load())
        await bus.start()
        try:
            await bus.declare(TOPICS)
        finally:
            await bus.close()

    asyncio.run(run())


async def _held() -> list[tuple[Topic, list[int] | None]]:
    from events.topics import TOPICS
    from services.cli.log import opened
    from services.cli.settings import load

    found: list[tuple[Topic, list[int] | None]] = []
    async with opened(load()) as bus:
        for topic in TOPICS:
            try:
                bounds = await bus.bounds(topic.name)
            except KeyError:
                found.append((topic, None))
            else:
                found.append((topic, [held.end - held.start for held in bounds.values()]))
    return found
