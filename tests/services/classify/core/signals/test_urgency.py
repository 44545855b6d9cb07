from __future__ import annotations

from events.story import Severity
from services.classify.core.signals import urgency


def test_weights_follow_the_ladder(weight) -> None:
    """The more severe the wire's priority, the more it weighs; none given says nothing."""
    weights = [weight(urgency.read, "Bridge collapses", severity=severity) for severity in Severity]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == len(weights)
    assert weight(urgency.read, "Bridge collapses") == 0


def test_evidence_names_the_raw_code(reading) -> None:
    """An editor sees what the agency sent."""
    (reason,) = urgency.read(reading("x", severity="bulletin", raw_priority="anpa:b"), None)
    assert reason.evidence == "bulletin (anpa:b)"
