"""What the command line says instead of a traceback: each message is one sentence that says what to do."""

from __future__ import annotations


class CommandError(Exception):
    """A command cannot do what was asked."""

    exit_status = 1


class Unreachable(CommandError):
    """No instance answers."""


class Declined(CommandError):
    """The instance said no."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        """Of HTTP; None where it was said on the stream."""


class Misconfigured(CommandError):
    """A setting or an option has a value that cannot be used."""

    exit_status = 2


class NoLog(CommandError):
    """There is no log to look into."""
