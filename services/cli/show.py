"""How stories, verdicts and alerts look in a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import assert_never

from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from events.alert import Alert, AlertStatus
from events.base import Model
from events.story import Severity, Story, StoryStatus, Verdict

_COLOURS: Mapping[Severity, str] = {
    Severity.FLASH: "bold white on red",
    Severity.BULLETIN: "bold red",
    Severity.URGENT: "bold yellow",
    Severity.ROUTINE: "cyan",
    Severity.DEFERRED: "dim",
}
_MOST_NAMES = 8
_INDENT = " " * 11


def show(console: Console, found: Story | Verdict | Alert) -> None:
    """Whichever it is."""
    match found:
        case Story():
            show_story(console, found)
        case Verdict():
            show_verdict(console, found)
        case Alert():
            show_alert(console, found)
        case _:
            assert_never(found)


def show_story(console: Console, story: Story) -> None:
    """One line: the headline, where it is from, and what is special about it."""
    standing = [] if story.status is StoryStatus.USABLE else [story.status]
    notice = [] if story.notice is None else [story.notice]
    embargo = [] if story.embargo is None else [f"embargo {story.embargo:%Y-%m-%d %H:%M} UTC"]
    special = ", ".join([*standing, *notice, *embargo])
    console.print(
        Text.assemble(
            ("story    ", "dim"),
            (" TEST ", "black on magenta") if story.test else "",
            story.headline,
            (f"  {story.source} {story.language}", "dim"),
            (f"  {special}", "yellow") if special else "",
        )
    )


def show_verdict(console: Console, verdict: Verdict) -> None:
    """The verdict, and each reason on a line of its own."""
    word = Text("breaking", "bold red") if verdict.breaking else Text("not breaking", "dim")
    console.print(Text.assemble(("verdict  ", "dim"), word, f"  {verdict.score:.2f} of {verdict.threshold:.2f} needed"))
    for reason in verdict.reasons:
        line = f"{_INDENT}{reason.weight:+.2f}  {reason.signal}: {reason.evidence}"
        console.print(Text(line, "green" if reason.weight > 0 else "dim"))


def show_alert(console: Console, alert: Alert) -> None:
    """Headline, what changed, and the names in it."""
    killed = alert.status is AlertStatus.KILLED
    style = "strike dim" if killed else _COLOURS[alert.severity]
    label = f"{alert.status.upper()} {alert.severity} "
    test = (" TEST ", "black on magenta") if alert.test else ""
    console.print(Text.assemble((label, "bold red" if killed else "bold"), test, (alert.headline, style)))
    for change in alert.changes:
        console.print(Text(f"{_INDENT}{change}", "dim"))
    names = dict.fromkeys(entity.name or entity.text for entity in alert.entities)
    if names:
        console.print(Text(_INDENT + ", ".join(list(names)[:_MOST_NAMES]), "cyan"))
    console.print(Text(f"{_INDENT}alert {alert.id} revision {alert.revision}", "dim"))


def show_received(console: Console, message: object) -> None:
    """An alert as it came over the stream; what is none, as the JSON that it is."""
    _show_or_print(console, message, lambda: Alert.model_validate(message))


def show_webhook(console: Console, payload: object) -> None:
    """The alert in a webhook's payload; what holds none, as the JSON that it is."""
    _show_or_print(console, payload, lambda: _Payload.model_validate(payload).data.alert)


class _Data(Model):
    alert: Alert


class _Payload(Model):
    data: _Data


def _show_or_print(console: Console, value: object, alert_in: Callable[[], Alert]) -> None:
    try:
        alert = alert_in()
    except ValidationError:
        console.print(Text(json.dumps(value, ensure_ascii=False)))
    else:
        show_alert(console, alert)
