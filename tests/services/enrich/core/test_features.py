from __future__ import annotations

import pytest

from services.enrich.core.features import EDGE, joint, neighbour, normal, own, setting, shape, style
from services.enrich.core.lexicon import Lexicon


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Amnesty Condemns Coalition For Failure", "t"),
        ("MINISTERS APPROVE BUDGET TODAY", "u"),
        ("The ministers approved a budget on Monday", "n"),
        ("Paris", "n"),
    ],
)
def test_style(text: str, expected: str) -> None:
    """Headlines in capitals are told from prose, so that a capital counts for less there."""
    assert style(tuple(text.split())) == expected


@pytest.mark.parametrize(("word", "expected"), [("Obama", "Xxx"), ("NATO", "XX"), ("U.S.", "X.X."), ("G20", "X99")])
def test_shape(word: str, expected: str) -> None:
    """Outlines forget letters and length."""
    assert shape(word) == expected


def test_a_dateline_is_read_as_its_place(lexicon: Lexicon) -> None:
    """QATAR is Qatar; an unknown word in capitals may be an abbreviation and stays."""
    assert normal(("QATAR", "(", "OPEC", "’s"), "n", lexicon) == ("Qatar", "(", "OPEC", "'s")


def test_own_knows_the_classes(lexicon: Lexicon) -> None:
    """The lexicon reaches the tagger as features."""
    assert {"wQatar", "cc", "kc"} <= set(own("Qatar", lexicon))


def test_parts_of_a_hyphenated_word_are_seen(lexicon: Lexicon) -> None:
    """A compound of two countries is known by its halves."""
    assert {"Hc", "hc"} <= set(own("Qatar-France", lexicon))


def test_far_neighbours_say_less(lexicon: Lexicon) -> None:
    """Two words away only the word and its class count."""
    assert len(neighbour("said", "B", lexicon)) < len(neighbour("said", "A", lexicon))


def test_joint_tells_the_place_in_the_run() -> None:
    """The first and the last word of a run are not alike."""
    words = (EDGE, EDGE, "Kumi", "Naidoo", "said", EDGE, EDGE)
    kinds = ("", "", "f", "", "w", "", "")
    assert "@f" in joint(words, 2, (2, 4), ["", ""], kinds)
    assert "@e" in joint(words, 3, (2, 4), ["", ""], kinds)


def test_setting_marks_the_opening_word() -> None:
    """A capital at the start of a sentence proves nothing."""
    assert setting("n", True, "L") != setting("n", False, "L")
