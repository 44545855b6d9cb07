"""JSON values of strangers: loading that always fails the same way, and narrowing with types that are known."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast


def load(text: str) -> object:
    """
    The value of a JSON text; control characters inside strings are let pass.

    Raises:
        ValueError: not JSON, or nested too deep to be read.
    """
    try:
        value: object = json.loads(text, strict=False)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return value


def as_object(value: object) -> Mapping[str, object] | None:
    """The value where it is an object, else None."""
    return cast(dict[str, object], value) if isinstance(value, dict) else None


def as_list(value: object) -> Sequence[object] | None:
    """The value where it is a list, else None."""
    return cast(list[object], value) if isinstance(value, list) else None


def described(value: object) -> str:
    """A value's type in JSON's words, for an error message."""
    if isinstance(value, bool):
        return "a boolean"
    for kind, words in ((str, "a string"), (int | float, "a number"), (list, "a list"), (dict, "an object")):
        if isinstance(value, kind):
            return words
    return "null"
