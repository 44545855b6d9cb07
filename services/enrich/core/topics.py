"""What a story is about, in IPTC Media Topics: a sum of weighted words that anyone can check by hand."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from events.entity import Topic

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W_]+)*")
_TOPIC_LINE = re.compile(r"(\d{8}) (\S.*)")
_WORDS_LINE = re.compile(r"(\d): (\S.*)")
_HEADLINE = 3
"""A word of the headline counts as if it came so many times in the body."""

_FLOOR = 4.0
"""Fewer points than two usual words give are chance."""

_SHARE = 0.4
"""A topic needs this part of the strongest one's points."""

_MOST = 3


@dataclass(frozen=True, slots=True)
class TopicWords:
    """Names of the topics by code, and for each word in small letters its (code, weight) pairs."""

    names: Mapping[str, str]
    weights: Mapping[str, tuple[tuple[str, int], ...]]


def parse_topics(lines: Iterable[str]) -> TopicWords:
    """
    Read lines of `code name`, each followed by lines of `weight: word word …`; lines that start with # are skipped.

    Raises:
        ValueError: a line has neither form, or words come before the first topic.
    """
    names: dict[str, str] = {}
    weights: defaultdict[str, dict[str, int]] = defaultdict(dict)
    code = ""
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        topic, words = _TOPIC_LINE.fullmatch(line), _WORDS_LINE.fullmatch(line)
        if topic is not None:
            code = topic.group(1)
            names[code] = topic.group(2)
        elif words is not None and code:
            for word in words.group(2).split():
                weights[word].setdefault(code, int(words.group(1)))
        else:
            raise ValueError(f"topics line {number} is neither 'code name' nor 'weight: words': {line[:40]!r}")
    pairs = {word: tuple(codes.items()) for word, codes in weights.items()}
    return TopicWords(MappingProxyType(names), MappingProxyType(pairs))


def topics(headline: str, body: str, known: TopicWords) -> tuple[Topic, ...]:
    """
    Up to three topics of an English text, strongest first; none where its words say nothing.

    A word that comes n times counts 1 + ln n times its weight, so that no one word carries a topic. The score is
    the topic's part of all points of the topics returned, damped where there are few points at all.
    """
    counts = Counter(_WORD.findall(body.lower()))
    for word in _WORD.findall(headline.lower()):
        counts[word] += _HEADLINE
    points: defaultdict[str, float] = defaultdict(float)
    for word, count in counts.items():
        for code, weight in known.weights.get(word, ()):
            points[code] += weight * (1.0 + math.log(count))
    ranked = sorted(points.items(), key=lambda item: (-item[1], item[0]))
    if not ranked:
        return ()
    least = max(_FLOOR, _SHARE * ranked[0][1])
    kept = [(code, value) for code, value in ranked[:_MOST] if value >= least]
    total = sum(value for _, value in kept)
    return tuple(
        Topic(id=f"medtop:{code}", name=known.names[code], score=round(value / (total + _FLOOR), 3))
        for code, value in kept
    )
