"""From reasons to a score, and from the score to a verdict's severity."""

from __future__ import annotations

import math
from collections.abc import Iterable

from events.story import Reason, Severity, Story


def probability(bias: float, reasons: Iterable[Reason]) -> float:
    """Logistic function of the bias and the reasons' weights, rounded so that equal sums give equal scores."""
    log_odds = math.fsum((bias, *(reason.weight for reason in reasons)))
    return round(1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, log_odds)))), 6)


def severity(story: Story, *, breaking: bool) -> Severity:
    """How severe an alert would be: flash and bulletin only where the wire said so."""
    sent = story.severity
    if sent is not None and sent.rank <= Severity.URGENT.rank:
        return sent
    return Severity.URGENT if breaking else Severity.ROUTINE
