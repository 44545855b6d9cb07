from __future__ import annotations

import pytest

from services.runtime.settings import listed


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a,b", ("a", "b")),
        (" a , ,b, ", ("a", "b")),
        ("", ()),
        (["a,b"], ["a,b"]),
        (7, 7),
    ],
)
def test_a_list_is_written_with_commas_or_as_one(written: object, read: object) -> None:
    """White space and empty items count for nothing; what is no text is left to the setting's own type."""
    assert listed(written) == read
