"""Logging for the whole process: JSON lines, or colours where a person looks on."""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog

Level = Literal["debug", "info", "warning", "error"]
_ONCE_SECONDS = 10.0
_REMEMBERED_LINES = 500
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(level: Level, *, pretty: bool | None = None) -> None:
    """
    Send structlog and the standard library's loggers to standard error in one form.

    Args:
        level: the least severe that is written.
        pretty: for people; None decides by whether standard error is a terminal.
    """
    for_people = sys.stderr.isatty() if pretty is None else pretty
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    plain = structlog.dev.plain_traceback  # the fuller ones print local variables, and with them keys and secrets
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=plain) if for_people else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Once())
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.basicConfig(handlers=[handler], level=max(_LEVELS[level], logging.WARNING), force=True)


class _Once(logging.Filter):
    """
    Lets a line of a library pass once in ten seconds.

    aiokafka logs each of its attempts while a broker is away: hundreds of lines that say one thing.
    """

    def __init__(self) -> None:
        super().__init__()
        self._passed: dict[tuple[str, int, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line, or one made from the same words, did not pass a moment ago."""
        words = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        line = (record.name, record.levelno, words)
        if record.created - self._passed.get(line, float("-inf")) < _ONCE_SECONDS:
            return False
        if len(self._passed) >= _REMEMBERED_LINES:
            self._passed.clear()
        self._passed[line] = record.created
        return True
