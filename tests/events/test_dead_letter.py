from __future__ import annotations

import base64
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from events.dead_letter import RecordDeadLettered


def _letter(**changes: Any) -> RecordDeadLettered:
    minimal = {
        "topic": "tocsin.stories",
        "partition": 1,
        "offset": 42,
        "service": "classify",
        "reason": "poison",
        "error": "The bytes of the record are not a valid event.",
        "at": "2026-11-24T06:30:00Z",
    }
    return RecordDeadLettered.model_validate({**minimal, **changes})


def test_a_dead_letter_says_where_it_lay() -> None:
    """The key is its topic, the subject the exact place."""
    assert (_letter().key, _letter().subject) == ("tocsin.stories", "tocsin.stories/1/42")


@given(value=st.binary(), headers=st.lists(st.tuples(st.text(max_size=5), st.binary(max_size=5)), max_size=3))
def test_the_original_bytes_come_back(value: bytes, headers: list[tuple[str, bytes]]) -> None:
    """Whatever the bytes were, valid text or not, they can be requeued as they were, repeated headers too."""
    letter = _letter(
        record_value=base64.b64encode(value).decode(),
        record_headers=[(name, base64.b64encode(content).decode()) for name, content in headers],
    )
    assert letter.original_value() == value
    assert letter.original_headers() == tuple(headers)


def test_no_value_is_not_an_empty_value() -> None:
    """A tombstone stays one."""
    assert _letter().original_value() is None
    assert _letter(record_value="").original_value() == b""
