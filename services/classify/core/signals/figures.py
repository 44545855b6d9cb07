"""Counted casualties and measured magnitudes: what a first report of a disaster or attack states."""

from __future__ import annotations

import re

from events.story import Reason
from services.classify.core.context import Context
from services.classify.core.reading import Reading
from services.classify.core.terms import fold

TOLL_WEIGHT = 0.9
MAGNITUDE_WEIGHT = 1.1
_LEAD_SHARE = 0.5

_COUNT = (
    r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?"
    r"|scores|hundreds|thousands|several)"
)
_HARM = (
    r"(?:dead|killed|die[ds]?|injured|wounded|missing|hurt|feared dead|trapped|hostages?|casualties|evacuated"
    r"|displaced)"
)
_TOLL = re.compile(
    rf"\b(?:at least |more than |over |nearly |up to |about )?{_COUNT}(?: [a-z-]+){{0,3}}? {_HARM}\b"
    rf"|\b(?:kill(?:s|ed|ing)?|injur(?:es|ed|ing)|wound(?:s|ed|ing)) (?:at least |more than |over "
    rf"|nearly |up to |about )?{_COUNT}\b"
    rf"|\bdeath toll\b"
)
_MAGNITUDE = re.compile(
    r"\b(?:magnitude|m)[- ]?\d(?:\.\d)?\b|\b\d\.\d[- ](?:magnitude|richter)\b|\bcategory[- ][1-5]\b"
    r"|\b\d\.\d (?:quake|earthquake)\b"
)
_NOT_TOLL = re.compile(
    r"\b(?:games?|season|match|innings|yards|points|calories|jobs?|bugs?|years ago|anniversary|episode)\b"
)


def read(reading: Reading, context: Context) -> tuple[Reason, ...]:  # noqa: ARG001
    """At most one reason each for a toll and a magnitude; in the lead they count half."""
    headline, lead = fold(reading.headline), fold(reading.lead)
    if _NOT_TOLL.search(headline):
        return ()
    reasons: list[Reason] = []
    for pattern, weight in ((_TOLL, TOLL_WEIGHT), (_MAGNITUDE, MAGNITUDE_WEIGHT)):
        found, share = pattern.search(headline), 1.0
        if found is None:
            found, share = pattern.search(lead), _LEAD_SHARE
        if found is not None:
            reasons.append(Reason(signal="figures", weight=weight * share, evidence=found.group()))
    return tuple(reasons)
