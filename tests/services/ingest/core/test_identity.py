from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.story import Notice, Severity, StoryStatus
from services.ingest.core import identity
from services.ingest.core.draft import Draft


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://News.Example:443/a/b?utm_source=x&b=2&a=1#top", "https://news.example/a/b?a=1&b=2"),
        ("http://news.example", "http://news.example/"),
        ("https://user:secret@news.example/a", "https://news.example/a"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("https://news.example/a%2Fb", "https://news.example/a%2Fb"),
        ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
        ("javascript:alert(1)", None),
        ("/relative", None),
        ("https://", None),
        ("http://[bad", None),
        ("http://h:99999/", None),
        ("", None),
        (None, None),
    ],
)
def test_canonical_url(url: str | None, canonical: str | None) -> None:
    """An address has one spelling, without secrets and tracking; what is no web address is none."""
    assert identity.canonical_url(url) == canonical


@given(st.text(max_size=60) | st.text(max_size=40).map("https://news.example/".__add__))
def test_canonical_url_is_its_own_canonical_url(url: str) -> None:
    """Any text gets an answer, and the answer does not change when asked again."""
    once = identity.canonical_url(url)
    assert once is None or identity.canonical_url(once) == once


def test_a_given_id_is_kept() -> None:
    """The id of our own shape is kept verbatim."""
    assert identity.story_id(Draft(format="json", id="r 1/2"), "wire") == "r 1/2"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Draft(format="ninjs", guid="urn:1", headline="a"), Draft(format="ninjs", guid="urn:1", headline="b")),
        (
            Draft(format="html", url="https://n.example/a?utm_source=x", headline="a"),
            Draft(format="html", url="http://n.example/a", headline="b"),
        ),
        (Draft(format="text", headline="A  b"), Draft(format="text", headline="a b")),
    ],
)
def test_revisions_share_an_id(first: Draft, second: Draft) -> None:
    """A story keeps its id over revisions, from the steadiest thing that is known; no two sources share one."""
    assert identity.story_id(first, "wire") == identity.story_id(second, "wire")
    assert identity.story_id(first, "wire") != identity.story_id(first, "other")


def test_different_stories_differ() -> None:
    """Different identifiers, addresses and texts make different ids."""
    drafts = [
        Draft(format="x", guid="https://n.example/a"),
        Draft(format="x", guid="https://n.example/b"),
        Draft(format="x", url="https://n.example/a"),
        Draft(format="x", url="https://n.example/b"),
        Draft(format="x", headline="a"),
        Draft(format="x", headline="b"),
    ]
    assert len({identity.story_id(draft, "wire") for draft in drafts}) == len(drafts)


def test_digest_changes_with_all_that_decides() -> None:
    """Each of the values that a reader sees, or that decides on showing them, changes the digest."""
    base: dict[str, object] = {
        "headline": "a",
        "body": "b",
        "status": StoryStatus.USABLE,
        "test": False,
        "embargo": None,
        "severity": None,
        "notice": None,
    }
    changes: list[dict[str, object]] = [
        {},
        {"headline": "ab", "body": ""},
        {"body": "c"},
        {"status": StoryStatus.WITHHELD},
        {"test": True},
        {"embargo": datetime(2026, 1, 1, tzinfo=UTC)},
        {"severity": Severity.FLASH},
        {"notice": Notice.KILL},
    ]
    digests = {identity.digest(**(base | change)) for change in changes}  # type: ignore[arg-type]
    assert len(digests) == len(changes)
    assert all(len(digest) == 64 for digest in digests)
