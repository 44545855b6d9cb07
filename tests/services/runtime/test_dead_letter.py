from __future__ import annotations

import pytest
from tally import AT

from events.codec import decode
from events.dead_letter import RecordDeadLettered
from services.runtime.bus.port import Message
from services.runtime.dead_letter import dead_letter

MESSAGE = Message("tocsin.stories", 2, 17, "en", b"\xff\x00raw", (("ce_type", b"\xfe"), ("x", b"")), 0)


def letter_of(
    message: Message, error: Exception, reason: str = "poison", service: str = "classify"
) -> RecordDeadLettered:
    """The dead letter, as it is read back."""
    record = dead_letter(message, error, service=service, reason=reason, at=AT)
    assert record.topic == "tocsin.dead-letters"
    event = decode(record.key, record.value, record.headers).data
    assert isinstance(event, RecordDeadLettered)
    return event


def test_a_letter_has_the_record_whole_and_where_it_lay() -> None:
    """Bytes that are no text come back as they were."""
    letter = letter_of(MESSAGE, ValueError("no text"))
    assert letter.original_value() == MESSAGE.value
    assert letter.original_headers() == MESSAGE.headers
    assert (letter.record_key, letter.subject, letter.error) == ("en", "tocsin.stories/2/17", "ValueError: no text")
    assert (letter.traceback, letter.at) == ("", AT)


def test_a_record_without_a_value_stays_without() -> None:
    """A tombstone is not an empty value."""
    message = Message("tocsin.stories", 0, 0, None, None, (), 0)
    letter = letter_of(message, ValueError())
    assert (letter.original_value(), letter.record_key) == (None, None)


def test_a_step_that_failed_has_the_end_of_its_traceback() -> None:
    """The last lines say where; a long error is cut."""
    with pytest.raises(RuntimeError) as failed:
        raise RuntimeError("x" * 5000)
    letter = letter_of(MESSAGE, failed.value, "step")
    assert len(letter.traceback) == len(letter.error) == 4000
    assert letter.traceback.endswith("x\n")


@pytest.mark.parametrize(
    ("message", "service", "same"),
    [
        (MESSAGE, "classify", True),
        (Message("tocsin.stories", 2, 17, "de", b"other", (), 5), "classify", True),
        (Message("tocsin.stories", 2, 18, "en", b"", (), 0), "classify", False),
        (MESSAGE, "enrich", False),
    ],
)
def test_the_id_is_that_of_place_and_service(message: Message, service: str, *, same: bool) -> None:
    """Two services that fail on one record say so twice; one that fails on it again says it once."""

    def name(message: Message, service: str) -> bytes:
        record = dead_letter(message, ValueError(), service=service, reason="poison", at=AT)
        return dict(record.headers)["ce_id"]

    assert (name(message, service) == name(MESSAGE, "classify")) is same


def test_a_record_too_large_for_a_letter_is_named_and_left_where_it_lies() -> None:
    """In Base64 it would be larger than a log takes; the letter must be written all the same."""
    message = Message("tocsin.breaking", 0, 3, "k" * 400_000, b"x" * 900_000, (("h", b"y" * 90_000),), 0)
    letter = letter_of(message, ValueError("why"), "step")
    assert (letter.subject, letter.original_value(), letter.original_headers()) == ("tocsin.breaking/0/3", None, ())
    assert "read it at its place" in letter.error
    assert letter.error.endswith("ValueError: why")
