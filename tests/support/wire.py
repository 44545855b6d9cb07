"""A night's worth of invented wire copy: events told by several sources in their own words, among other things."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

_TOWNS = (
    *("Ashford", "Kessel", "Norvik", "Palmera", "Tarvos", "Elmstead", "Quorra", "Verin", "Salto", "Brindle"),
    *("Orlova", "Castine", "Mirren", "Dunholm", "Ayr", "Zafra", "Lindow", "Perth", "Havel", "Rosmar"),
)
_HAPPENINGS = (
    (
        "Earthquake",
        "of magnitude {n} shakes",
        "strong quake measured at {n} hits",
        "buildings sway as {n} tremor strikes",
    ),
    (
        "Explosion",
        "at {n}-storey hotel in",
        "blast tears through hotel of {n} floors in",
        "hotel with {n} floors rocked by blast in",
    ),
    (
        "Ferry",
        "with {n} aboard sinks off",
        "boat carrying {n} people goes down near",
        "{n} passengers missing after ferry capsizes off",
    ),
    (
        "Wildfire",
        "forces {n} families from homes near",
        "blaze drives {n} families out of homes by",
        "{n} households flee fire around",
    ),
    ("Gunman", "kills {n} at market in", "shooting at market leaves {n} dead in", "{n} shot dead in market attack in"),
)
_FILLER = (
    "Ten recipes with pumpkin for a slow weekend, number {n}",
    "Opinion: why column {n} of this series is about patience",
    "Shares little changed in quiet trade, day {n} of the month",
    "Review: album number {n} of a band that never hurries",
)
_SOURCES = ("Harbour Wire", "Coastal News", "Night Desk", "Blue Ticker")


def stories(count: int, start: datetime, seed: int = 7) -> Iterator[dict[str, Any]]:
    """`count` stories a second apart; the same for the same arguments."""
    choose = random.Random(seed)
    told = 0
    number = 0
    while told < count:
        number += 1
        if choose.random() < 0.5:
            texts = [choose.choice(_FILLER).format(n=number)]
        else:
            noun, *wordings = choose.choice(_HAPPENINGS)
            town = f"{choose.choice(_TOWNS)}{number}"
            figure = 3 + number % 60
            texts = [f"{noun if i == 0 else ''} {w.format(n=figure)} {town}".strip() for i, w in enumerate(wordings)]
            texts = texts[: choose.randint(1, 3)]
            texts[0] = f"BREAKING: {texts[0]}"
        for at, text in enumerate(texts):
            if told == count:
                return
            moment = start + timedelta(seconds=told)
            yield {
                "id": f"night-{told:05d}",
                "source": _SOURCES[(number + at) % len(_SOURCES)],
                "published": moment.astimezone(UTC).isoformat(),
                "headline": text,
                "body": f"{text}, officials said. Nothing more was known at first.",
                "language": "en",
                "urgency": 3 if text.startswith("BREAKING") else 5,
            }
            told += 1
