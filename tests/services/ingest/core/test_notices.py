from __future__ import annotations

import pytest

from events.story import Notice
from services.ingest.core import notices

KILL, CORRECTION = Notice.KILL, Notice.CORRECTION


@pytest.mark.parametrize(
    ("headline", "notice"),
    [
        ("KILL KILL KILL: Minister resigns", KILL),
        ("URGENT - KILL KILL", KILL),
        ("BULLETIN KILL", KILL),
        ("RETRACTION: Plant explosion", KILL),
        ("STORY WITHDRAWN: Bank merger", KILL),
        ("Bank merger story withdrawn", None),
        ("STORY IS WITHDRAWN", KILL),
        ("WITHDRAWN - Bank merger", KILL),
        ("Bank in merger talks [WITHDRAWN]", KILL),
        ("CORRECTED: Storm kills 12, not 120", CORRECTION),
        ("CORRECTED-UPDATE 2-Storm kills 12", CORRECTION),
        ("Correction: Storm death toll", CORRECTION),
        ("UPDATE 1-CORRECTED-Oil up", CORRECTION),
        ("Berichtigung: Zwölf Tote", CORRECTION),
        ("Oil up - CORRECTED", CORRECTION),
        ("Storm kills 12", None),
        ("Kill Bill director plans film", None),
        ("Gunmen kill three in market", None),
        ("Kill switch demanded for AI", None),
        ("Correction in markets deepens", None),
        ("Corrections officer held hostage", None),
        ("Troops withdrawn from border", None),
        ("Party retracts statement", None),
    ],
)
def test_headlines(headline: str, notice: Notice | None) -> None:
    """Conventional wording makes a notice; the same words in the news do not."""
    assert notices.of_wording(headline, "") is notice


@pytest.mark.parametrize(
    ("note", "notice"),
    [
        ("A kill is mandatory.", KILL),
        ("Make certain the story is not used.", KILL),
        ("This story has been withdrawn.", KILL),
        ("Please disregard, sent in error", KILL),
        ("Eds: Corrects spelling of name in 3rd paragraph", CORRECTION),
        ("Correction: the toll is 12", CORRECTION),
        ("Updates with quotes", None),
        ("With reporting by our bureau", None),
    ],
)
def test_notes(note: str, notice: Notice | None) -> None:
    """A note to editors can kill or correct."""
    assert notices.of_wording("Minister resigns", note) is notice


@pytest.mark.parametrize(
    ("signals", "notice"),
    [
        (("sig:correction",), CORRECTION),
        (("Corrective", "Kill"), KILL),
        (("Elimination",), KILL),
        (("http://cv.iptc.org/newscodes/signal/correction",), CORRECTION),
        (("sig:update",), None),
        ((), None),
    ],
)
def test_signals(signals: tuple[str, ...], notice: Notice | None) -> None:
    """Signals and editorial types are read without their scheme; a kill goes before a correction."""
    assert notices.of_signals(signals) is notice


@pytest.mark.parametrize(("signals", "held"), [(("HoldForRelease",), True), (("Withhold",), True), (("Lead",), False)])
def test_holds(signals: tuple[str, ...], *, held: bool) -> None:
    """Two editorial types hold a story back."""
    assert notices.is_hold(signals) is held


@pytest.mark.parametrize(
    ("headline", "test"),
    [
        ("TEST - please ignore", True),
        ("This is a test of the alert system", True),
        ("TEST TEST TEST", True),
        ("Alert [TEST]", True),
        ("Test: England lead India by 40", False),
        ("Missile test alarms Seoul", False),
    ],
)
def test_tests(headline: str, *, test: bool) -> None:
    """A headline that asks to be ignored is a test; cricket and missiles are not."""
    assert notices.is_test(headline, ()) is test
    assert notices.is_test("Quake", ("Test",))
