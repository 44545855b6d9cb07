from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrich.core.tagger import LABELS, unpack
from services.enrich.core.weights import FORMAT, parse_weights, write_weights

ROW = st.tuples(*[st.integers(-3000, 3000)] * len(LABELS))
NAME = st.text(st.characters(exclude_characters="\n\t", exclude_categories=["Cs"]), max_size=8)


@given(st.dictionaries(NAME, ROW, max_size=5), st.tuples(*[ROW] * len(LABELS)))
def test_what_is_written_is_read(features: dict[str, tuple[int, ...]], moves: tuple[tuple[int, ...], ...]) -> None:
    """Weights of any sign come back as they were, for any feature."""
    text = write_weights(features, moves)
    packed, again = parse_weights(text.removesuffix("\n").split("\n"))
    assert {name: tuple(unpack(number)) for name, number in packed.items()} == features
    assert again == moves


def test_another_format_is_refused() -> None:
    """A file of another version is not read as if it were of this one."""
    with pytest.raises(ValueError, match=FORMAT):
        parse_weights(["tocsin-tagger 0", "O"])
