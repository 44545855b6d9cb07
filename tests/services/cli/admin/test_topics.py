from __future__ import annotations

from collections.abc import Callable
from typing import Any

from events.topics import DEAD_LETTERS, STORIES, TOPICS
from services.runtime.bus.port import Outgoing


def test_what_is_missing_is_made(tocsin: Any, folder: Any) -> None:
    """`apply` makes the log and every topic; again changes nothing."""
    assert tocsin("topics", "apply").status == 0
    first = tocsin("topics", "list").out
    assert [line.split()[0] for line in first.splitlines()[1:] if line.startswith("tocsin.")] == [
        topic.name for topic in TOPICS
    ]
    assert tocsin("topics", "apply").status == 0
    assert tocsin("topics", "list").out == first


def test_a_list_fits_a_narrow_terminal(tocsin: Any, in_log: Callable[[Any], Any]) -> None:
    """In 80 columns no name and no number is cut; what is missing is said."""

    async def fill(bus: Any) -> None:
        await bus.declare([STORIES, DEAD_LETTERS])
        await bus.append([Outgoing(STORIES.name, "en", b"{}", ()) for _ in range(12345)])

    in_log(fill)
    out = tocsin("topics", "list").out
    assert max(map(len, out.splitlines())) <= 80
    assert "…" not in out
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line.startswith("tocsin.")}
    assert rows["tocsin.stories"][:4] == ["7", "d", "1", "12345"]
    assert rows["tocsin.subscriptions"][:2] == ["latest", "missing"]
    assert set(rows) == {topic.name for topic in TOPICS}


def test_no_log_is_no_empty_list(tocsin: Any, folder: Any) -> None:
    """Looking in the wrong folder is said, and leaves nothing there."""
    ran = tocsin("topics", "list")
    assert (ran.status, ran.out) == (1, "")
    assert "there is no log" in ran.err
    assert list(folder.iterdir()) == []
