"""How much a story is about each name in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from services.enrich.core.mentions import Mention

_HEADLINE, _EARLY, _OFTEN = 0.45, 0.30, 0.25
"""Shares: named in the headline; how near the top it first comes; how often compared with the most frequent name."""

_REACH = 1500.0
"""Code points after which a first mention counts as late: about the first five paragraphs of a wire story."""


def saliences(mentions: Iterable[Mention], names: Iterable[str], headline: int) -> dict[str, float]:
    """
    Salience from 0 to 1 by full name.

    Args:
        names: the full name of each mention, in the same order.
        headline: length of the headline, in code points.
    """
    first: dict[str, int] = {}
    count: defaultdict[str, int] = defaultdict(int)
    for mention, name in zip(mentions, names, strict=True):
        first.setdefault(name, mention.start)
        count[name] += 1
    most = max(count.values(), default=1)
    return {
        name: round(
            _HEADLINE * (start < headline)
            + _EARLY * max(0.0, 1.0 - max(0, start - headline) / _REACH)
            + _OFTEN * count[name] / most,
            3,
        )
        for name, start in first.items()
    }
