from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from services.enrich.core.lexicon import Lexicon
from services.enrich.core.tagger import LABELS, Scorer, Span, best, pack, ready, unpack, views
from services.enrich.core.tokens import sentences

SIZE = len(LABELS)
WEIGHT = st.integers(-2000, 2000)
ROW = st.lists(WEIGHT, min_size=SIZE, max_size=SIZE)
FORBIDDEN = -1_000_000


def _moves_of(free: list[int]) -> tuple[tuple[int, ...], ...]:
    return tuple(
        tuple(
            FORBIDDEN if after.startswith("I-") and before[2:] != after[2:] else weight
            for after, weight in zip(LABELS, free, strict=True)
        )
        for before in LABELS
    )


@given(st.lists(ROW, min_size=1, max_size=60))
def test_a_sum_of_packed_weights_is_the_packed_sum(rows: list[list[int]]) -> None:
    """Adding one number a feature scores all labels at once, whatever the signs."""
    assert unpack(sum(map(pack, rows))) == [sum(column) for column in zip(*rows, strict=True)]


@given(st.lists(ROW, min_size=1, max_size=3), ROW)
def test_the_best_path_beats_all_others(scores: list[list[int]], free: list[int]) -> None:
    """The short cut for labels that continue a name loses nothing against trying every sequence."""
    moves = _moves_of(free)

    def total(path: tuple[int, ...]) -> int:
        return sum(
            row[label] + moves[before][label] for row, before, label in zip(scores, (0, *path), path, strict=False)
        )

    top = max(total(path) for path in itertools.product(range(SIZE), repeat=len(scores)))
    assert total(tuple(best(scores, moves))) == top


def test_spans_come_from_the_weights(lexicon: Lexicon) -> None:
    """With one feature for a word and one for its follower, the two make one name."""
    begin, inside = LABELS.index("B-PER"), LABELS.index("I-PER")
    features = {
        "wKumi": pack([300 if label == begin else 0 for label in range(SIZE)]),
        "wNaidoo": pack([300 if label == inside else 0 for label in range(SIZE)]),
    }
    scorer = Scorer(ready(features, _moves_of([0] * SIZE), lexicon))
    (sentence,) = sentences("they met Kumi Naidoo there")
    assert scorer.spans(sentence) == [Span(2, 4, "PER", 300)]


def test_common_words_are_scored_in_advance(lexicon: Lexicon) -> None:
    """What a common word says of its neighbours is summed once, when the model is loaded."""
    tagger = ready({"Awsaid": pack([1] * SIZE)}, _moves_of([0] * SIZE), lexicon)
    assert tagger.beside["A"]["said"] == pack([1] * SIZE)
    assert tagger.beside["B"]["said"] == 0


def test_views_are_padded(lexicon: Lexicon) -> None:
    """Every word has two neighbours on either side."""
    (sentence,) = sentences("Qatar said")
    words, kinds, style_of = views(sentence, lexicon)
    assert words[2:4] == ("Qatar", "said")
    assert len(words) == len(kinds) == 6
    assert style_of == "n"
