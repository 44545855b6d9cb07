"""What a story is about, in IPTC Media Topics: a sum of weighted words that anyone can check by hand."""

from __future__ import annotations

import math
import re
from collections import Counter

from events.entity import Topic
from services.enrich.core.topic_words import TOPICS, WEIGHTS

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W_]+)*")
_HEADLINE = 3
"""A word of the headline counts as if it came so many times in the body."""

_FLOOR = 4.0
"""Fewer points than two usual words give are chance."""

_SHARE = 0.4
"""A topic needs this part of the strongest one's points."""

_MOST = 3


def topics(headline: str, body: str) -> tuple[Topic, ...]:
    """
    Up to three topics of an English text, strongest first; none where its words say nothing.

    A word that comes n times counts 1 + ln n times its weight, so that no one word carries a topic. The score is
    the topic's part of all points of the topics returned, damped where there are few points at all.
    """
    counts = Counter(_WORD.findall(body.lower()))
    for word in _WORD.findall(headline.lower()):
        counts[word] += _HEADLINE
    points: Counter[str] = Counter()
    for word, count in counts.items():
        for topic, weight in WEIGHTS.get(word, ()):
            points[topic] += weight * (1.0 + math.log(count))  # type: ignore[assignment] (a Counter of floats)
    ranked = sorted(points.items(), key=lambda item: (-item[1], item[0]))
    if not ranked:
        return ()
    least = max(_FLOOR, _SHARE * ranked[0][1])
    kept = [(topic, value) for topic, value in ranked[:_MOST] if value >= least]
    total = sum(value for _, value in kept)
    return tuple(
        Topic(id=f"medtop:{topic}", name=TOPICS[topic], score=round(value / (total + _FLOOR), 3)) for topic, value in kept
    )
