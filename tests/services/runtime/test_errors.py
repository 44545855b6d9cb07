from __future__ import annotations

import pytest

from services.runtime.errors import Fatal, Fenced, Poison, RuntimeFault, Transient


@pytest.mark.parametrize(
    ("fault", "transient"), [(Transient, True), (Fenced, True), (Poison, False), (Fatal, False), (RuntimeFault, False)]
)
def test_only_what_may_pass_is_tried_again(fault: type[RuntimeFault], *, transient: bool) -> None:
    """The class decides the reaction, and Fenced is met by whoever handles Transient."""
    assert issubclass(fault, Transient) is transient
    assert issubclass(fault, RuntimeFault)
    assert str(fault("what to do")) == "what to do"
