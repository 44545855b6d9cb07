from __future__ import annotations

import pytest

from services.cli.errors import CommandError, Declined, Misconfigured, NoLog, Unreachable


@pytest.mark.parametrize(
    ("error", "status"), [(Unreachable("x"), 1), (Declined("x"), 1), (NoLog("x"), 1), (Misconfigured("x"), 2)]
)
def test_exit_statuses(error: CommandError, status: int) -> None:
    """2 where the command was given wrongly, as shells and typer have it; 1 where it failed."""
    assert (error.exit_status, str(error)) == (status, "x")


def test_a_refusal_keeps_the_status() -> None:
    """For who decides by it whether to try again."""
    assert (Declined("x", 503).status, Declined("x").status) == (503, None)
