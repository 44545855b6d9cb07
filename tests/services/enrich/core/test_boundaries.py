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
