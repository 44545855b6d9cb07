from __future__ import annotations

import pytest

from events.filter.tree import And, Expression, Not, Or, Words, all_of, any_of

A, B, C = Words("a"), Words("b"), Words("c")


def test_flat() -> None:
    """Ands within ands and ors within ors become one; a single operand stays alone."""
    assert all_of((A, And((B, C)))) == And((A, B, C))
    assert any_of((Or((A, B)), C)) == Or((A, B, C))
    assert all_of((A, Or((B, C)))) == And((A, Or((B, C))))
    assert all_of((A,)) == any_of((A,)) == A


@pytest.mark.parametrize("kind", [And, Or])
@pytest.mark.parametrize("operands", [(), (A,)])
def test_too_few(kind: type[And | Or], operands: tuple[Expression, ...]) -> None:
    """A tree that all_of and any_of would not make cannot be made by hand: too few operands."""
    with pytest.raises(ValueError, match="two or more"):
        kind(operands)


def test_nested() -> None:
    """Nor one nested in its own kind, so that equal filters are equal trees."""
    with pytest.raises(ValueError, match="none of them And"):
        And((A, And((B, C))))
    with pytest.raises(ValueError, match="none of them Or"):
        Or((Or((B, C)), A))


def test_hashable() -> None:
    """Trees are keys: equal ones find each other in a set."""
    assert {Not(And((A, B)))} == {Not(all_of((A, B)))}
