from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog

from services.runtime.logs import configure


@pytest.fixture(autouse=True)
def _loggers_as_they_were() -> Iterator[None]:
    """Logging belongs to the process: give it back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    for handler in handlers:
        root.removeHandler(handler)
    yield
    for handler in root.handlers[:]:
        root.removeHandler(handler)
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()


def fail(why: object) -> None:
    """Raise, two frames down."""
    raise ValueError(why)


def lines(captured: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was written to standard error, a JSON document a line."""
    out, err = captured.readouterr()
    assert out == ""
    return [json.loads(line) for line in err.splitlines()]


def test_a_line_has_event_level_time_and_what_was_bound(capsys: pytest.CaptureFixture[str]) -> None:
    """Bound to the logger or to the context, in any script."""
    configure("info")
    structlog.contextvars.bind_contextvars(trace_id="abc")
    structlog.get_logger().bind(stage="alert").warning("dead letter", offset=3, text="地震")
    (line,) = lines(capsys)
    age = datetime.now(UTC) - datetime.fromisoformat(line.pop("timestamp"))
    assert 0 <= age.total_seconds() < 60
    assert line == {
        "event": "dead letter",
        "level": "warning",
        "stage": "alert",
        "trace_id": "abc",
        "offset": 3,
        "text": "地震",
    }


@pytest.mark.parametrize(
    ("level", "written"),
    [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)],
)
def test_only_what_is_severe_enough_is_written(level: Any, written: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Libraries speak from warnings on, whatever we ask of ourselves."""
    configure(level)
    log, library = structlog.get_logger(), logging.getLogger("some.library")
    for severity in ("debug", "info", "warning", "error"):
        getattr(log, severity)("ours")
        getattr(library, severity)("theirs %d", 1)
    found = lines(capsys)
    assert sum(line["event"] == "ours" for line in found) == written
    assert sum(line["event"] == "theirs 1" for line in found) == (1 if level == "error" else 2)


def test_an_exception_is_one_line_whoever_logs_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Ours and the server's alike, with its traceback as text."""
    configure("info", pretty=False)
    try:
        fail("why")
    except ValueError:
        structlog.get_logger().exception("failed", part="alert")
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    ours, theirs = lines(capsys)
    for line in (ours, theirs):
        assert line["level"] == "error"
        assert line["exception"].startswith("Traceback")
        assert line["exception"].endswith("ValueError: why")
    assert (ours["part"], theirs["event"]) == ("alert", "Exception in ASGI application")


def test_for_people_there_is_no_json_and_no_local_variable(capsys: pytest.CaptureFixture[str]) -> None:
    """A fuller traceback would print keys and secrets that are in scope."""
    configure("info", pretty=True)
    secret = "whsec_" + "hush"
    try:
        fail(len(secret))
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("x").exception("failed too")
    text = capsys.readouterr().err
    assert "failed" in text
    assert "ValueError: 10" in text
    assert secret not in text
    assert not text.lstrip().startswith("{")


def test_a_file_gets_json_unless_asked_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard error of a container is not a terminal."""
    configure("info")
    structlog.get_logger().info("started")
    assert lines(capsys)[0]["event"] == "started"
