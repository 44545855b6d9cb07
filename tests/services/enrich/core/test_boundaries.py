from __future__ import annotations

import pytest

from services.enrich.core.boundaries import refine
from services.enrich.core.lexicon import Lexicon
from services.enrich.core.tagger import Span


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("Qatar Minister Kumi Naidoo", "PER", [("Qatar", "LOC"), ("Kumi Naidoo", "PER")]),
        ("Mr. Naidoo", "PER", [("Naidoo", "PER")]),
        ("Qatar and France", "ORG", [("Qatar", "LOC"), ("France", "LOC")]),
        ("Trinidad and Tobago", "LOC", [("Trinidad and Tobago", "LOC")]),
        ("Ministry of Trade and Labour", "ORG", [("Ministry of Trade and Labour", "ORG")]),
        ("France 's Sanofi", "ORG", [("France", "LOC"), ("Sanofi", "ORG")]),
        ("Heathrow Airport", "ORG", [("Heathrow Airport", "LOC")]),
        ("Red Cross", "LOC", [("Red Cross", "ORG")]),
        ("Qatar", "NORP", [("Qatar", "LOC")]),
        ("The Sentinel", "ORG", [("Sentinel", "ORG")]),
        ("of the", "ORG", []),
    ],
)
def test_refine(text: str, label: str, expected: list[tuple[str, str]], lexicon: Lexicon) -> None:
    """Titles, possessives and conjunctions part names; what is known as a whole keeps its type."""
    words = tuple(text.split())
    spans = refine(words, [Span(0, len(words), label, 5)], lexicon)
    assert [(" ".join(words[s.first : s.end]), s.label) for s in spans] == expected


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("they met Red Cross staff", [], [("Red Cross", "ORG")]),
        ("the Red Cross Ministry said", [("Red Cross Ministry", "ORG")], [("Red Cross Ministry", "ORG")]),
        ("the Red Cross left", [("Red", "NORP"), ("Cross", "PER")], [("Red Cross", "ORG")]),
        ("the NATO chief in QATAR", [], [("NATO", "ORG"), ("QATAR", "LOC")]),
        ("the Syrian Ministry said", [("Syrian", "NORP"), ("Ministry", "ORG")], [("Syrian Ministry", "ORG")]),
        ("the Syrian Zorba said", [("Syrian", "NORP"), ("Zorba", "ORG")], [("Syrian", "NORP"), ("Zorba", "ORG")]),
    ],
)
def test_known_names(
    text: str, given: list[tuple[str, str]], expected: list[tuple[str, str]], lexicon: Lexicon
) -> None:
    """What the lexicon knows as a whole is a name, tagged or not, unless it is part of a longer one."""
    words = tuple(text.split())
    spans: list[Span] = []
    for name, label in given:
        parts = name.split()
        first = words.index(parts[0])
        spans.append(Span(first, first + len(parts), label, 5))
    assert [(" ".join(words[s.first : s.end]), s.label) for s in refine(words, spans, lexicon)] == expected
