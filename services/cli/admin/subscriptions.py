"""`tocsin subscriptions`: list, show, add, remove, test, deliveries."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from urllib.parse import quote

import typer

from services.cli.console import document, entry

app = typer.Typer(no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The subscription's id.")]


@app.command("list")
def list_all() -> None:
    """All subscriptions."""
    for item in _ask("GET")["items"]:
        entry(
            f"{item['id']}  {item['status']}",
            item["url"],
            f"filter: {item['filter'] or '(every alert)'}",
            item["description"],
            item["status_reason"],
        )


@app.command()
def show(subscription_id: Id) -> None:
    """One subscription, whole."""
    document(_ask("GET", subscription_id))


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Where to POST alerts.")],
    expression: Annotated[str, typer.Option("--filter", "-f", help="Which alerts; see docs/filters.md.")] = "",
) -> None:
    """Subscribe an endpoint; prints its secret, this once."""
    document(_ask("POST", json={"channel": "webhook", "url": url, "filter": expression}))


@app.command()
def remove(subscription_id: Id) -> None:
    """Delete a subscription."""
    _ask("DELETE", subscription_id)


@app.command()
def test(subscription_id: Id) -> None:
    """Send the endpoint a test alert, whatever its filter says."""
    document(_ask("POST", subscription_id, "test"))


@app.command()
def deliveries(subscription_id: Id) -> None:
    """The latest attempts of a subscription, newest first."""
    for item in _ask("GET", subscription_id, "deliveries")["items"]:
        entry(
            f"{item['attempted_at']}  {item['outcome']}  {item['status_code'] or ''}".rstrip(),
            f"alert {item['alert_id']} revision {item['revision']}, attempt {item['attempt']}",
            item["detail"],
        )


def _ask(method: str, *path: str, **request: Any) -> Any:
    from services.cli.client import instance
    from services.cli.settings import load

    async def ask() -> Any:
        async with instance(load()) as there:
            steps = ("/v1/subscriptions", *(quote(step, safe="") for step in path))
            return await there.ask(method, "/".join(steps), **request)

    return asyncio.run(ask())
