"""The command line: `tocsin --help`."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from events.alert import Alert
from events.story import Story, Verdict
from services.cli.admin import deadletters, subscriptions, topics
from services.cli.errors import Declined, Unreachable
from services.cli.settings import SERVICES, Settings, described
from services.runtime import logs
from services.runtime.errors import RuntimeFault
from services.runtime.lifecycle import stop_on_signals

app = typer.Typer(
    help="Tocsin rings when news breaks: one alert per event, with reasons, to websockets and signed webhooks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(subscriptions.app, name="subscriptions", help="Webhook subscriptions of a running instance.")
app.add_typer(deadletters.app, name="deadletters", help="Records that could not be processed.")
app.add_typer(topics.app, name="topics", help="The topics of the log.")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Paths = Annotated[list[Path], typer.Argument(help="Files or folders; - for standard input.", allow_dash=True)]
Source = Annotated[str, typer.Option("--source", "-s", help="Name of the source the files are from.")]


@app.command()
def up(
    services: Annotated[list[str] | None, typer.Argument(help=f"Any of {', '.join(SERVICES)}; all by default.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the embedded log.")] = None,
    bus: Annotated[Literal["embedded", "kafka"] | None, typer.Option(help="Where records are kept.")] = None,
) -> None:
    """Run services in this process until it is stopped."""
    from services.cli.process import up as run_services

    given = {name: value for name, value in (("data", data), ("bus", bus)) if value is not None}
    settings = Settings(**given)  # type: ignore[arg-type]
    unknown = set(services or ()) - set(SERVICES)
    if unknown:
        raise typer.BadParameter(f"no such service: {', '.join(sorted(unknown))}; there are {', '.join(SERVICES)}")
    logs.configure(settings.log_level)

    async def run() -> None:
        stop = asyncio.Event()
        stop_on_signals(stop)
        await run_services(services or SERVICES, settings, stop)

    _run(run())


@app.command()
def demo() -> None:
    """Run everything, feed sample stories in and show the alerts: a first look."""
    from services.cli.demo import demo as run_demo
    from services.cli.show import show_received

    settings = Settings()
    logs.configure("warning")

    async def run() -> None:
        stop = asyncio.Event()
        stop_on_signals(stop)
        await run_demo(settings, stop, out.print, lambda alert, _cursor: show_received(out, alert))

    _run(run())


@app.command()
def replay(
    paths: Paths,
    source: Source = "replay",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    entities: Annotated[
        Literal["alerts", "all"], typer.Option(help="all: with --json, also the names in every story.")
    ] = "alerts",
) -> None:
    """Run files through the pure stages, on the stories' own clock, without a server."""
    from services.cli.files import Unreadable, documents, stories
    from services.cli.replay import Replay, entities_document
    from services.enrich.adapters import model_file

    pipeline = Replay(Settings().classify)
    recogniser = model_file.load() if entities == "all" else None
    failed = 0
    for piece in documents(paths):
        found = stories(piece, source, datetime.now(UTC))
        if isinstance(found, Unreadable):
            failed += 1
            err.print(f"{found.name}: {found.problem}", style="red")
            continue
        for story in found:
            for result in pipeline.feed(story):
                _show(result, as_json=as_json)
            if recogniser is not None:
                names = recogniser.recognise(story.headline, story.body, story.language)
                _line(entities_document(story, names))
    if failed:
        raise typer.Exit(1)


@app.command()
def ingest(paths: Paths, source: Source = "push") -> None:
    """Push files to a running instance."""
    from services.cli.client import instance
    from services.cli.files import documents

    settings = Settings()

    async def push() -> tuple[int, int]:
        taken = refused = 0
        async with instance(settings) as there:
            for piece in documents(paths):
                headers = {"content-type": piece.content_type} if piece.content_type else {}
                try:
                    answer = await there.ask(
                        "POST", "/v1/stories", params={"source": source}, data=piece.raw, headers=headers
                    )
                except Declined as error:
                    refused += 1
                    err.print(f"{piece.name}: {error}", style="red")
                    continue
                taken += len(answer["accepted"])
                _progress(piece.name, taken)
        return taken, refused

    taken, refused = _run(push())
    err.print(f"{taken} stories taken in, {refused} documents refused")
    if refused:
        raise typer.Exit(1)


@app.command()
def tail(
    expression: Annotated[str, typer.Option("--filter", "-f", help="Which alerts; see docs/filters.md.")] = "",
    since: Annotated[str | None, typer.Option(help="A cursor to resume from.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, with its cursor.")] = False,
) -> None:
    """Follow the alerts of a running instance, resuming after every interruption."""
    from services.cli.show import show_received
    from services.cli.tail import tail as follow

    def on_alert(alert: dict[str, Any], cursor: str) -> None:
        if as_json:
            _line({"cursor": cursor, "alert": alert})
        else:
            show_received(out, alert)

    _run(follow(Settings(), expression, since, on_alert, lambda trouble: err.print(trouble, style="yellow")))


@app.command()
def receive(
    port: Annotated[int, typer.Option(help="Port on loopback.")] = 9000,
    secret: Annotated[str | None, typer.Option(help="whsec_…, as the subscription was created with.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Receive webhooks, verify their signatures and print them."""
    from services.cli.receive import receive as receive_webhooks
    from services.cli.show import show_received

    def on_delivery(delivery_id: str, again: bool, payload: dict[str, Any]) -> None:  # noqa: FBT001
        if as_json:
            _line({"webhook_id": delivery_id, "verified": secret is not None, "again": again, "payload": payload})
            return
        state = "verified" if secret is not None else "not verified"
        err.print(f"{delivery_id} {state}{', seen before' if again else ''}", style="dim")
        show_received(out, payload["data"]["alert"])

    async def run() -> None:
        stop = asyncio.Event()
        stop_on_signals(stop)
        err.print(f"receiving at http://127.0.0.1:{port}/", style="dim")
        await receive_webhooks(port, secret, on_delivery, stop)

    _run(run())


@app.command()
def settings() -> None:
    """Every setting, its default and what it means."""
    table = Table("name", "default", "meaning", box=None, padding=(0, 2, 0, 0))
    for name, default, meaning in described():
        table.add_row(name, "" if default in ((), None) else str(default), meaning)
    out.print(table)


@app.command()
def doctor() -> None:
    """What is wrong with this installation, and what to do about it."""
    from services.cli import doctor as doctoring

    findings = _run(doctoring.examine(Settings()))
    for finding in findings:
        mark, style = ("ok  ", "green") if finding.well else ("BAD ", "bold red")
        out.print(f"[{style}]{mark}[/] {finding.subject}: {finding.what}")
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


def main() -> None:
    """Run a command; what went wrong is one sentence, not a traceback."""
    try:
        app()
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            name = "__".join(str(step).upper() for step in problem["loc"])
            err.print(f"setting TOCSIN_{name}: {problem['msg']}; see 'tocsin settings'", style="red")
        sys.exit(2)
    except (RuntimeFault, Unreachable, Declined) as error:
        err.print(str(error), style="red")
        sys.exit(1)
    except OSError as error:
        err.print(f"{error.filename or ''}: {error.strerror}", style="red")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def _show(found: Story | Verdict | Alert, *, as_json: bool) -> None:
    from services.cli.replay import document
    from services.cli.show import show_alert, show_story, show_verdict

    if as_json:
        _line(document(found))
    elif isinstance(found, Story):
        show_story(out, found)
    elif isinstance(found, Verdict):
        show_verdict(out, found)
    else:
        show_alert(out, found)


def _line(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


def _progress(name: str, taken: int) -> None:
    if sys.stderr.isatty():
        err.print(f"{taken} stories  {name}", end="\r")


if __name__ == "__main__":
    main()
