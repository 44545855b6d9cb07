from __future__ import annotations

import pytest

from services.ingest.core import json_values


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "1" * 5000, '{"a":' * 100_000])
def test_bad_json_is_a_value_error(text: str) -> None:
    """Broken, endless and bottomless JSON all fail in the one way that callers handle."""
    with pytest.raises(ValueError, match=r".+"):
        json_values.load(text)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "a boolean"),
        (1, "a number"),
        (1.5, "a number"),
        ("", "a string"),
        ([], "a list"),
        ({}, "an object"),
        (None, "null"),
    ],
)
def test_described(value: object, words: str) -> None:
    """Errors speak of types in JSON's words."""
    assert json_values.described(value) == words


def test_narrowing() -> None:
    """Only an object is an object, only a list a list."""
    assert json_values.as_object({"a": 1}) == {"a": 1}
    assert json_values.as_object([1]) is None
    assert json_values.as_list([1]) == [1]
    assert json_values.as_list("ab") is None
