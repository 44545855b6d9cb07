"""Who of a group's members should have which partition numbers: pure, so that all members agree without talking."""

from __future__ import annotations

from collections.abc import Collection


def share(member: str, members: Collection[str], numbers: int) -> frozenset[int]:
    """The numbers that `member` should have, when `members` deal them out in turn by the order of their names."""
    order = sorted(members)
    place = order.index(member)
    return frozenset(range(place, numbers, len(order)))
