"""How settings that are lists are written, the same for every service."""

from __future__ import annotations


def listed(value: object) -> object:
    """The items of a list that is written with commas, as in the environment; what comes from a file is one already."""
    if isinstance(value, str):
        return tuple(item.strip() for item in value.split(",") if item.strip())
    return value
