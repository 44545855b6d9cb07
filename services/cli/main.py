"""The command line: `tocsin --help`. Each command loads what it needs when it runs."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.text import Text

from services.cli.admin import deadletters, subscriptions, topics
from services.cli.console import entry, err, line, out
from services.cli.errors import CommandError
from services.runtime.errors import RuntimeFault

app = typer.Typer(
    help="Tocsin rings when news breaks: one alert per event, with reasons, to websockets and signed webhooks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(subscriptions.app, name="subscriptions", help="Webhook subscriptions of a running instance.")
app.add_typer(deadletters.app, name="deadletters", help="Records that could not be processed.")
app.add_typer(topics.app, name="topics", help="The topics of the log.")

Paths = Annotated[list[Path], typer.Argument(help="Files or folders; - for standard input.", allow_dash=True)]
Source = Annotated[str, typer.Option("--source", "-s", help="Name of the source the files are from.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.command()
def up(
    services: Annotated[list[str] | None, typer.Argument(help="Which services; all by default.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the embedded log.")] = None,
    bus: Annotated[Literal["embedded", "kafka"] | None, typer.Option(help="Where records are kept.")] = None,
) -> None:
    """Run services in this process until it is stopped."""
    from services.cli.settings import SERVICES, load

    unknown = sorted(set(services or ()) - set(SERVICES))
    if unknown:
        raise typer.BadParameter(f"no such service: {', '.join(unknown)}; there are {', '.join(SERVICES)}")
    settings = load(**{name: value for name, value in (("data", data), ("bus", bus)) if value is not None})

    from services.cli.process import up as run_services
    from services.runtime import logs
    from services.runtime.lifecycle import stop_on_signals

    logs.configure(settings.log_level)

    async def run() -> None:
        stop = asyncio.Event()
        stop_on_signals(stop)
        await run_services(tuple(dict.fromkeys(services or SERVICES)), settings, stop)

    _run(run())


@app.command()
def demo() -> None:
    """Run everything, feed sample stories in and show the alerts: a first look."""
    from services.cli.settings import load

    settings = load()

    from services.cli.demo import demo as run_demo
    from services.cli.show import show_received
    from services.runtime import logs
    from services.runtime.lifecycle import stop_on_signals

    logs.configure("warning")

    async def run() -> None:
        stop = asyncio.Event()
        stop_on_signals(stop)
        await run_demo(settings, stop, out.print, lambda alert: show_received(out, alert))

    _run(run())


@app.command()
def replay(
    paths: Paths,
    source: Source = "replay",
    *,
    as_json: AsJson = False,
    entities: Annotated[
        Literal["alerts", "all"], typer.Option(help="all: with --json, also the names in every story.")
    ] = "alerts",
) -> None:
    """Run files through the pure stages, on the stories' own clock, without a server."""
    from services.cli.settings import load

    if entities == "all" and not as_json:
        raise typer.BadParameter("--entities all is for measuring, and goes with --json")
    classify = load().classify

    from services.cli.files import Unreadable, read
    from services.cli.replay import Replay, document, entities_document
    from services.cli.show import show

    pipeline = Replay(classify)
    failed = 0
    for told in read(paths, source, lambda: datetime.now(UTC)):
        if isinstance(told, Unreadable):
            failed += 1
            _refused(told.name, told.problem)
            continue
        for found in pipeline.feed(told):
            if as_json:
                line(document(found))
            else:
                show(out, found)
        if entities == "all":
            line(entities_document(told, pipeline.names(told)))
    for story in pipeline.held():
        err.print(f"held until {story.embargo:%Y-%m-%d %H:%M} UTC, its embargo: {story.headline}", style="yellow")
    if failed:
        raise typer.Exit(1)


@app.command()
def ingest(paths: Paths, source: Source = "push") -> None:
    """Push files to a running instance."""
    from services.cli.settings import load

    settings = load()

    from services.cli.client import instance
    from services.cli.files import documents
    from services.cli.push import Pushed, push

    async def run() -> Pushed:
        async with instance(settings) as there:
            pieces = documents(paths)
            return await push(there, pieces, source, lambda found: _refused(found.name, found.problem), _progress)

    pushed = _run(run())
    err.print(f"{pushed.taken} stories taken in, {pushed.refused} documents or lines refused")
    if pushed.refused:
        raise typer.Exit(1)


@app.command()
def tail(
    expression: Annotated[str, typer.Option("--filter", "-f", help="Which alerts; see docs/filters.md.")] = "",
    since: Annotated[str | None, typer.Option(help="A cursor to resume from.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, with its cursor.")] = False,
) -> None:
    """Follow the alerts of a running instance, resuming after every interruption."""
    from services.cli.settings import load

    settings = load()

    from services.cli.show import show_received
    from services.cli.tail import tail as follow

    def on_alert(alert: dict[str, Any], cursor: str) -> None:
        if as_json:
            line({"cursor": cursor, "alert": alert})
        else:
            show_received(out, alert)

    _run(follow(settings, expression, since, on_alert, lambda trouble: err.print(trouble, style="yellow")))


@app.command()
def receive(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on loopback; 0 for any that is free.")] = 9000,
    secret: Annotated[str | None, typer.Option(help="whsec_…, as the subscription was created with.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Receive webhooks, verify their signatures and print them."""
    from services.cli.receive import receive as receive_webhooks
    from services.cli.show import show_webhook
    from services.runtime.lifecycle import stop_on_signals

    verified = secret is not None

    def on_delivery(delivery_id: str, again: bool, payload: Any) -> None:  # noqa: FBT001 (told, not chosen)
        if as_json:
            line({"webhook_id": delivery_id, "verified": verified, "again": again, "payload": payload})
            return
        state = "verified" if verified else "not verified"
        err.print(f"{delivery_id} {state}{', seen before' if again else ''}", style="dim")
        show_webhook(out, payload)

    async def run() -> None:
        stop = asyncio.Event()
        stop_on_signals(stop)
        await receive_webhooks(
            port,
            secret,
            lambda address: err.print(f"receiving at {address}", style="dim"),
            on_delivery,
            lambda why: err.print(f"refused: {why}", style="red"),
            stop,
        )

    _run(run())


@app.command()
def settings() -> None:
    """Every setting, its default and what it means."""
    from services.cli.settings import described

    for name, default, meaning in described():
        entry(f"{name}={'' if default in ((), None) else default}", meaning)


@app.command()
def doctor() -> None:
    """What is wrong with this installation, and what to do about it."""
    from services.cli.settings import load

    settings = load()

    from services.cli.doctor import examine

    findings = _run(examine(settings))
    for finding in findings:
        mark = ("ok   ", "green") if finding.well else ("BAD  ", "bold red")
        out.print(Text.assemble(mark, f"{finding.subject}: {finding.what}"))
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


def main() -> None:
    """Run a command; what went wrong is said in a sentence, without a traceback."""
    try:
        app()
    except CommandError as error:
        err.print(str(error), style="red")
        sys.exit(error.exit_status)
    except RuntimeFault as error:
        err.print(str(error), style="red")
        sys.exit(1)
    except OSError as error:
        err.print(f"{error.filename}: {error.strerror}" if error.filename else str(error), style="red")
        sys.exit(1)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def _refused(name: str, problem: str) -> None:
    err.print(f"{name}: {problem}", style="red")


def _progress(name: str, taken: int) -> None:
    if sys.stderr.isatty():
        err.print(f"{taken} stories  {name}", end="\r")


if __name__ == "__main__":
    main()
