from __future__ import annotations

import pytest

from events.errors import ContractError, MissingAttribute, Undecodable, UnknownType

_KINDS = (MissingAttribute, Undecodable, UnknownType)


@pytest.mark.parametrize("kind", _KINDS)
def test_the_message_is_the_sentence_and_the_detail(kind: type[ContractError]) -> None:
    """An error says what kind of wrong it is, in one sentence, and then where."""
    assert str(kind("ce_time: yesterday")) == f"{kind.__doc__} ce_time: yesterday"
    assert str(kind()) == kind.__doc__


@pytest.mark.parametrize("kind", _KINDS)
def test_a_runtime_can_catch_them_as_one(kind: type[ContractError]) -> None:
    """Whoever sets records aside needs one class to catch."""
    with pytest.raises(ContractError):
        raise kind
