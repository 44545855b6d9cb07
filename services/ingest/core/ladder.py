"""Priority codes of agencies and standards, mapped onto one ladder of severity."""

from __future__ import annotations

from dataclasses import dataclass

from events.story import Severity

FLASH, BULLETIN, URGENT, ROUTINE, DEFERRED = Severity


@dataclass(frozen=True, slots=True)
class Ladder:
    """One scheme's codes, lower case, and the severity that each stands for."""

    scheme: str
    rungs: tuple[tuple[str, Severity], ...]

    def severity(self, code: str) -> Severity | None:
        """What the code stands for; None where the scheme does not know it."""
        code = code.strip().lower()
        return next((severity for known, severity in self.rungs if known == code), None)


def _numbers(scheme: str, *severities: Severity) -> Ladder:
    return Ladder(scheme, tuple((str(number), severity) for number, severity in enumerate(severities, start=1)))


NINJS = _numbers("ninjs", FLASH, BULLETIN, URGENT, ROUTINE, ROUTINE, DEFERRED, DEFERRED, DEFERRED, DEFERRED)
"""IPTC: 1 most urgent, 5 normal, 8 least, 9 user-defined; 0 is reserved and stands for nothing."""

AP = _numbers("ap", FLASH, BULLETIN, URGENT, ROUTINE, ROUTINE, DEFERRED, DEFERRED, DEFERRED)
"""Labels in Superdesk's AP parser: Flash, Bulletin, Urgent, Routine, Daily, then three kinds of advance."""

SUPERDESK = _numbers("superdesk", FLASH, URGENT, BULLETIN, ROUTINE, ROUTINE, ROUTINE)
"""Its `Priority` enum: Flash, Urgent, Three_Paragraph, Screen_Finance, Continuous_News, Ordinary: 2 and 3 swapped."""

TT = _numbers("tt", FLASH, BULLETIN, URGENT, ROUTINE, DEFERRED)
"""spec.tt.se prio 1.0: 5 is a requested retransmission."""

ANPA = Ladder(
    "anpa",
    (("f", FLASH), ("b", BULLETIN), ("u", URGENT), ("r", ROUTINE), ("z", ROUTINE), ("d", DEFERRED), ("s", DEFERRED)),
)
"""The letter of ANPA 1312; `z` is what Superdesk reads as routine."""

NAMES = Ladder(
    "name",
    (
        ("flash", FLASH),
        ("alert", BULLETIN),
        ("bulletin", BULLETIN),
        ("snap", BULLETIN),
        ("breaking", BULLETIN),
        ("newsbreak", URGENT),
        ("urgent", URGENT),
        ("high", URGENT),
        ("regular", ROUTINE),
        ("routine", ROUTINE),
        ("normal", ROUTINE),
        ("update", ROUTINE),
        ("deferred", DEFERRED),
        ("low", DEFERRED),
    ),
)
"""Words for a priority, as Reuters, AFP and content systems use them."""

_CAP_SEVERITIES = (("extreme", 0), ("severe", 1), ("moderate", 3), ("minor", 4), ("unknown", 3))
_CAP_URGENCIES = (("immediate", 0), ("expected", 1), ("future", 2), ("past", 4), ("unknown", 1))
_CAP_CERTAINTIES = (
    ("observed", 0),
    ("likely", 0),
    ("very likely", 0),
    ("possible", 1),
    ("unlikely", 3),
    ("unknown", 1),
)

CAP = Ladder(
    "cap",
    tuple(
        (f"{severity}/{urgency}/{certainty}", tuple(Severity)[min(4, grave + soon + sure)])
        for severity, grave in _CAP_SEVERITIES
        for urgency, soon in _CAP_URGENCIES
        for certainty, sure in _CAP_CERTAINTIES
    ),
)
"""
Severity, urgency and certainty of an alert: rungs lost by what is less than extreme, immediate and likely.

Extreme, immediate and likely is a flash; severe and immediate, or extreme and within the hour, a bulletin; severe and
within the hour urgent: the three that US phones are alerted for. "Very likely" is what CAP 1.0 says for likely.
"""

LADDERS = (NINJS, AP, SUPERDESK, TT, ANPA, NAMES, CAP)


def severity(scheme: str, code: str) -> Severity | None:
    """What a scheme's code stands for; None where the scheme or the code is not known."""
    return next((ladder.severity(code) for ladder in LADDERS if ladder.scheme == scheme), None)


def read(code: str | int) -> tuple[str, str]:
    """
    Scheme and code of a priority that does not say whose it is.

    `anpa:u` says; a number is the IPTC's, a single letter ANPA's, a word a name.
    """
    text = str(code).strip()
    scheme, separator, rest = text.partition(":")
    if separator and rest:
        return scheme.strip().lower(), rest.strip()
    if text.isdecimal():
        return NINJS.scheme, text
    return (ANPA.scheme if len(text) == 1 else NAMES.scheme), text.lower()
