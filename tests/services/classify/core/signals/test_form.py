from __future__ import annotations

import pytest

from services.classify.core.signals import form


def test_one_line_in_capitals_is_a_wire_alert(weight) -> None:
    """Agencies send the alert line before the story is written."""
    assert weight(form.read, "CENTRAL BANK OF NORWAY CUTS KEY RATE TO 3.5 PCT") == form.WEIGHT


@pytest.mark.parametrize(
    ("headline", "body"),
    [
        ("Central bank of Norway cuts key rate to 3.5 pct", ""),
        ("CENTRAL BANK OF NORWAY CUTS KEY RATE", "The bank said on Thursday."),
        ("WILL THE BANK OF NORWAY CUT RATES?", ""),
        ("RATE CUT", ""),
        ("北京发生爆炸", ""),
    ],
)
def test_other_forms_are_not(weight, headline: str, body: str) -> None:
    """Mixed case, a body, a question, a label, or a script without capitals."""
    assert weight(form.read, headline, body) == 0
