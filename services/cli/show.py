"""How stories, verdicts and alerts look in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from events.alert import Alert, AlertStatus
from events.story import Severity, Story, Verdict

_COLOURS: Mapping[Severity, str] = {
    Severity.FLASH: "bold white on red",
    Severity.BULLETIN: "bold red",
    Severity.URGENT: "bold yellow",
    Severity.ROUTINE: "cyan",
    Severity.DEFERRED: "dim",
}
_MOST_NAMES = 8


def show_story(console: Console, story: Story) -> None:
    """One line."""
    console.print(Text.assemble(("story    ", "dim"), story.headline, (f"  {story.source} {story.language}", "dim")))


def show_verdict(console: Console, verdict: Verdict) -> None:
    """The verdict, and each reason on a line of its own."""
    word = Text("breaking", "bold red") if verdict.breaking else Text("not breaking", "dim")
    console.print(Text.assemble(("verdict  ", "dim"), word, f"  {verdict.score:.2f} of {verdict.threshold:.2f} needed"))
    for reason in verdict.reasons:
        line = f"           {reason.weight:+.2f}  {reason.signal}: {reason.evidence}"
        console.print(Text(line, "green" if reason.weight > 0 else "dim"))


def show_alert(console: Console, alert: Alert) -> None:
    """Headline, what changed, and the names in it."""
    killed = alert.status is AlertStatus.KILLED
    style = "strike dim" if killed else _COLOURS[alert.severity]
    label = f"{alert.status.upper()} {alert.severity}".ljust(9)
    test = (" TEST ", "black on magenta") if alert.test else ""
    console.print(Text.assemble((f"{label} ", "bold red" if killed else "bold"), test, (alert.headline, style)))
    for change in alert.changes:
        console.print(Text(f"           {change}", "dim"))
    names = dict.fromkeys(entity.name or entity.text for entity in alert.entities)
    if names:
        console.print(Text("           " + ", ".join(list(names)[:_MOST_NAMES]), "cyan"))
    console.print(Text(f"           alert {alert.id} revision {alert.revision}", "dim"))


def show_received(console: Console, message: Mapping[str, Any]) -> None:
    """An alert as it came over a stream or a webhook."""
    show_alert(console, Alert.model_validate(message))
