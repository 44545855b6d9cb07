from __future__ import annotations

from services.classify.core import markers
from services.classify.core.rules import Rules
from services.classify.core.score import probability
from services.classify.core.signals import event_language, marker


def test_no_evidence_is_not_breaking() -> None:
    """The bias alone lies well below the threshold."""
    rules = Rules()
    assert probability(rules.bias, ()) < rules.threshold / 2


def test_a_headline_marker_is_enough_and_a_section_label_is_not() -> None:
    """The weights keep what they were chosen for, whoever changes the bias."""
    rules = Rules()
    assert markers.HEADLINE_WEIGHT > -rules.bias > marker.SECTION_WEIGHT
    assert -rules.bias < event_language.MOST
