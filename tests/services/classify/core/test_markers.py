from __future__ import annotations

import pytest

from services.classify.core.markers import MARKERS, split


@pytest.mark.parametrize(
    ("headline", "words", "rest"),
    [
        ("BREAKING: Bridge falls", ["breaking"], "Bridge falls"),
        ("BREAKING NEWS | Bridge falls", ["breaking news"], "Bridge falls"),
        ("*** URGENT *** Bridge falls", ["urgent"], "*** Bridge falls"),
        ("[ALERT] Bridge falls", ["alert"], "Bridge falls"),
        ("UPDATE 2-Bridge falls", ["update"], "Bridge falls"),
        ("BREAKING: URGENT: Bridge falls", ["breaking", "urgent"], "Bridge falls"),
        ("CORRECTED-Bridge falls", ["update"], "Bridge falls"),
        ("Bridge falls, breaking: news", [], "Bridge falls, breaking: news"),
        ("BREAKING:", [], "BREAKING:"),
        ("", [], ""),
    ],
)
def test_markers_are_split_from_the_headline(headline: str, words: list[str], rest: str) -> None:
    """What a newsroom put before its headline is read apart; a headline is never emptied."""
    markers, left = split(headline)
    assert ([marker.words for marker in markers], left) == (words, rest)


@pytest.mark.parametrize("marker", [m for m in MARKERS if m.weight > 3], ids=lambda marker: marker.words)
def test_every_marker_is_found_before_a_colon(marker) -> None:
    """No entry of the table is unreachable behind a longer or shorter one."""
    found, rest = split(f"{marker.words}: 12345 x")
    assert rest == "12345 x"
    assert found[0].weight == marker.weight
