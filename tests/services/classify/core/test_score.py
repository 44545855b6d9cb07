from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.story import Reason, Severity
from services.classify.core.score import probability, severity


def reasons(*weights: float) -> list[Reason]:
    """Reasons of these weights."""
    return [Reason(signal="x", weight=weight, evidence="") for weight in weights]


@given(st.lists(st.floats(-1e6, 1e6), max_size=8), st.randoms())
def test_score_is_a_probability_and_free_of_order(weights: list[float], random) -> None:
    """Between 0 and 1 for any weights, and equal in whatever order the reasons come."""
    shuffled = random.sample(weights, len(weights))
    assert 0 <= probability(-2, reasons(*weights)) == probability(-2, reasons(*shuffled)) <= 1


def test_weights_are_log_odds() -> None:
    """Reasons that cancel the bias make even odds."""
    assert probability(-2, reasons(1.5, 0.5)) == 0.5


@pytest.mark.parametrize(
    ("sent", "breaking", "expected"),
    [
        (None, True, Severity.URGENT),
        (None, False, Severity.ROUTINE),
        ("routine", True, Severity.URGENT),
        ("bulletin", False, Severity.BULLETIN),
        ("flash", True, Severity.FLASH),
    ],
)
def test_severity(story, sent: str | None, breaking: bool, expected: Severity) -> None:  # noqa: FBT001
    """The wire's own where it is urgent or above, else by the verdict."""
    assert severity(story("x", severity=sent), breaking=breaking) is expected
