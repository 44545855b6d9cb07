from __future__ import annotations

import pytest

from services.runtime.bus.port import Outgoing
from services.runtime.bus.size import LARGEST_RECORD_BYTES, checked
from services.runtime.errors import Poison


@pytest.mark.parametrize(
    ("record", "taken"),
    [
        (Outgoing("t", "", b"x" * LARGEST_RECORD_BYTES), True),
        (Outgoing("t", "k", b"x" * LARGEST_RECORD_BYTES), False),
        (Outgoing("t", "", b"x" * (LARGEST_RECORD_BYTES - 3), (("hh", b"1"),)), True),
        (Outgoing("t", "", b"x" * (LARGEST_RECORD_BYTES - 3), (("hh", b"12"),)), False),
        (Outgoing("t", "k", None), True),
        (Outgoing("t", "k" * (LARGEST_RECORD_BYTES + 1), None), False),
        (Outgoing("t", "k", b"", (("h", b"x" * LARGEST_RECORD_BYTES),)), False),
    ],
    ids=["value alone", "and key", "headers in bytes", "one byte more", "no value", "key alone", "header alone"],
)
def test_size_is_key_value_and_headers_in_bytes(record: Outgoing, *, taken: bool) -> None:
    """What Kafka counts."""
    if taken:
        assert checked(record) is record
    else:
        with pytest.raises(Poison):
            checked(record)
