"""How a measurement is told: median, and the least and most of the runs."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median, quantiles


def spread(values: Sequence[float], form: str = "{:.2f}") -> str:
    """`median (least to most)`."""
    return f"{form.format(median(values))} ({form.format(min(values))} to {form.format(max(values))})"


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent do not exceed."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]
