"""`tocsin subscriptions`: list, show, add, remove, test."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from services.cli.settings import Settings

app = typer.Typer(no_args_is_help=True)
out = Console(highlight=False, soft_wrap=True)

Id = Annotated[str, typer.Argument(help="The subscription's id.")]


@app.command("list")
def list_all() -> None:
    """All subscriptions."""
    table = Table("id", "status", "url", "filter", box=None, padding=(0, 2, 0, 0))
    for item in _ask("GET", "/v1/subscriptions")["items"]:
        table.add_row(item["id"], item["status"], item["url"], item["filter"] or "(every alert)")
    out.print(table)


@app.command()
def show(subscription_id: Id) -> None:
    """One subscription, whole."""
    print(json.dumps(_ask("GET", f"/v1/subscriptions/{subscription_id}"), indent=2, ensure_ascii=False))


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Where to POST alerts.")],
    expression: Annotated[str, typer.Option("--filter", "-f", help="Which alerts; see docs/filters.md.")] = "",
) -> None:
    """Subscribe an endpoint; prints its secret, this once."""
    answer = _ask("POST", "/v1/subscriptions", json={"channel": "webhook", "url": url, "filter": expression})
    print(json.dumps(answer, indent=2, ensure_ascii=False))


@app.command()
def remove(subscription_id: Id) -> None:
    """Delete a subscription."""
    _ask("DELETE", f"/v1/subscriptions/{subscription_id}")


@app.command()
def deliveries(subscription_id: Id) -> None:
    """The latest attempts of a subscription."""
    table = Table("at", "alert", "revision", "attempt", "outcome", "detail", box=None, padding=(0, 2, 0, 0))
    for item in _ask("GET", f"/v1/subscriptions/{subscription_id}/deliveries")["items"]:
        told = f"{item['status_code'] or ''} {item['detail']}".strip()
        counts = (str(item["revision"]), str(item["attempt"]))
        table.add_row(item["attempted_at"], item["alert_id"], *counts, item["outcome"], told)
    out.print(table)


def _ask(method: str, path: str, **request: Any) -> Any:
    from services.cli.client import instance

    async def ask() -> Any:
        async with instance(Settings()) as there:
            return await there.ask(method, path, **request)

    return asyncio.run(ask())
