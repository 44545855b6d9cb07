from __future__ import annotations

import pytest

from events.story import Severity
from services.ingest.core import ladder


@pytest.mark.parametrize(
    ("scheme", "code", "severity"),
    [
        ("ninjs", "1", Severity.FLASH),
        ("ninjs", "2", Severity.BULLETIN),
        ("ninjs", "3", Severity.URGENT),
        ("ninjs", "5", Severity.ROUTINE),
        ("ninjs", "6", Severity.DEFERRED),
        ("ninjs", "9", Severity.DEFERRED),
        ("ninjs", "0", None),
        ("ap", "2", Severity.BULLETIN),
        ("superdesk", "2", Severity.URGENT),
        ("superdesk", "3", Severity.BULLETIN),
        ("superdesk", "6", Severity.ROUTINE),
        ("tt", "5", Severity.DEFERRED),
        ("anpa", "F", Severity.FLASH),
        ("anpa", "b", Severity.BULLETIN),
        ("anpa", "u", Severity.URGENT),
        ("anpa", "r", Severity.ROUTINE),
        ("anpa", "d", Severity.DEFERRED),
        ("name", "Snap", Severity.BULLETIN),
        ("cap", "Extreme/Immediate/Observed", Severity.FLASH),
        ("cap", "Severe/Immediate/Likely", Severity.BULLETIN),
        ("cap", "Extreme/Expected/Very Likely", Severity.BULLETIN),
        ("cap", "Severe/Expected/Likely", Severity.URGENT),
        ("cap", "Extreme/Immediate/Possible", Severity.BULLETIN),
        ("cap", "Moderate/Immediate/Observed", Severity.ROUTINE),
        ("cap", "Unknown/Unknown/Unknown", Severity.DEFERRED),
        ("cap", "Extreme/Past/Observed", Severity.DEFERRED),
        ("cap", "Minor/Immediate/Observed", Severity.DEFERRED),
        ("cap", "Dire/Immediate/Observed", None),
        ("nobody", "1", None),
    ],
)
def test_codes(scheme: str, code: str, severity: Severity | None) -> None:
    """Each scheme's codes stand where the scheme says, also where two schemes disagree on a number."""
    assert ladder.severity(scheme, code) is severity


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (2, ("ninjs", "2")),
        (" 2 ", ("ninjs", "2")),
        ("u", ("anpa", "u")),
        ("Flash", ("name", "flash")),
        ("ANPA:u", ("anpa", "u")),
        ("x:", ("name", "x:")),
    ],
)
def test_bare_codes(sent: str | int, read: tuple[str, str]) -> None:
    """A code that does not say whose it is goes by its shape; one that says is believed."""
    assert ladder.read(sent) == read


def test_every_rung_is_lower_case_and_unique() -> None:
    """A code is looked up in lower case, so a rung in capitals or told twice could never be reached."""
    for known in ladder.LADDERS:
        codes = [code for code, _ in known.rungs]
        assert codes == [code.lower() for code in codes]
        assert len(codes) == len(set(codes))
