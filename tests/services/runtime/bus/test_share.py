"""Who should have what."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.runtime.bus.share import share

MEMBERS = st.sets(st.text(min_size=1, max_size=4), min_size=1, max_size=6)


@given(MEMBERS, st.integers(0, 40))
def test_each_number_has_one_owner(members: set[str], numbers: int) -> None:
    """All numbers are dealt, none twice, and shares differ by one at most."""
    shares = [share(member, members, numbers) for member in members]
    assert sorted(number for each in shares for number in each) == list(range(numbers))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@given(MEMBERS, st.integers(0, 40))
def test_members_agree_whatever_the_order(members: set[str], numbers: int) -> None:
    """The order in which others were found does not matter."""
    member = min(members)
    assert share(member, sorted(members), numbers) == share(member, sorted(members, reverse=True), numbers)
