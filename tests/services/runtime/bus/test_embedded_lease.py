"""Leases by file locks."""

from __future__ import annotations

from pathlib import Path

from services.runtime.bus.embedded_lease import Leases


def test_one_member_gets_all(tmp_path: Path) -> None:
    """And asks for nothing more."""
    one = Leases(tmp_path, "a", 3)
    assert one.balance() == (frozenset(), {0, 1, 2})
    assert one.balance() == (frozenset(), frozenset())
    one.close()


def test_two_members_share(tmp_path: Path) -> None:
    """The first releases before the second acquires: at no time has a number two holders."""
    one, two = Leases(tmp_path, "a", 4), Leases(tmp_path, "b", 4)
    one_first = Leases.balance(one)
    assert one_first == (frozenset(), {0, 2})
    assert two.balance() == (frozenset(), {1, 3})
    one.close()
    assert two.balance() == (frozenset(), {0, 2})
    assert two.held == {0, 1, 2, 3}
    two.close()


def test_a_number_that_is_held_is_waited_for(tmp_path: Path) -> None:
    """Who comes second gets its share when the first has released it."""
    one = Leases(tmp_path, "a", 2)
    one.balance()
    two = Leases(tmp_path, "b", 2)
    assert two.balance() == (frozenset(), frozenset())
    assert one.balance() == ({1}, frozenset())
    assert two.balance() == (frozenset(), {1})
    one.close()
    two.close()


def test_the_sign_of_the_dead_is_swept(tmp_path: Path) -> None:
    """A file that nobody locks is nobody's sign."""
    one = Leases(tmp_path, "a", 2)
    (tmp_path / "members" / "dead").touch()
    assert one.balance() == (frozenset(), {0, 1})
    assert not (tmp_path / "members" / "dead").exists()
    one.close()


def test_closing_twice_is_closing(tmp_path: Path) -> None:
    """The second time it closes nothing, not even a file of somebody else's that got the same number."""
    one = Leases(tmp_path, "a", 1)
    one.balance()
    one.close()
    with (tmp_path / "other").open("w") as other:
        one.close()
        other.write("still open")
    assert (tmp_path / "other").read_text() == "still open"
