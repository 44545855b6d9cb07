"""The values of the port."""

from __future__ import annotations

from services.runtime.bus.port import Outgoing, Partition, Polled


def test_a_poll_that_brought_nothing_is_empty() -> None:
    """Each poll has a mapping of its own."""
    assert not Polled().messages
    assert not (Polled().revoked | Polled().assigned)
    assert Polled().messages is not Polled().messages


def test_partitions_sort_by_topic_and_number() -> None:
    """So that messages about several are stable."""
    assert sorted([Partition("b", 0), Partition("a", 10), Partition("a", 9)]) == [("a", 9), ("a", 10), ("b", 0)]


def test_a_key_decides_unless_told_otherwise() -> None:
    """A record has no partition of its own, nor headers."""
    assert Outgoing("t", "k", None) == Outgoing("t", "k", None, (), None)
