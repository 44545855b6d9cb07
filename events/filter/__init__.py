"""What a subscriber wants to be told: a small language over alerts, the same on every channel and in the terminal."""

from events.filter.errors import InvalidFilter
from events.filter.match import Facts, facts, holds, matches
from events.filter.parse import parse
from events.filter.spell import format  # noqa: A004 (the verb for it)
from events.filter.tree import Everything, Expression, Filter

__all__ = (
    "Everything",
    "Expression",
    "Facts",
    "Filter",
    "InvalidFilter",
    "facts",
    "format",
    "holds",
    "matches",
    "parse",
)
