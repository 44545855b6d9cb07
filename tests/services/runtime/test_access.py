from __future__ import annotations

import pytest

from services.runtime.access import Access

HERE, AWAY = "127.0.0.1", "203.0.113.9"
KEY = {"authorization": "Bearer right"}


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        (HERE, {"host": "localhost:8080"}, None),
        ("::1", {"host": "[::1]:8080"}, None),
        ("::ffff:127.0.0.1", {"host": "127.0.0.1"}, None),
        ("127.8.8.8", {"host": "LOCALHOST"}, None),
        (HERE, {"host": "localhost", "origin": "http://localhost:8080"}, None),
        (HERE, {"host": "localhost:8081", "origin": "http://LOCALHOST:8080"}, None),
        (AWAY, {"host": "localhost"}, 403),
        ("::ffff:203.0.113.9", {"host": "localhost"}, 403),
        (None, {"host": "localhost"}, 403),
        ("not an address", {"host": "localhost"}, 403),
        (HERE, {"host": "rebound.example"}, 403),
        (HERE, {"host": "localhost.rebound.example"}, 403),
        (HERE, {"host": "[broken"}, 403),
        (HERE, {}, 403),
        (HERE, {"host": "localhost", "origin": "https://evil.example"}, 403),
        (HERE, {"host": "localhost", "origin": "https://localhost.evil.example"}, 403),
        (HERE, {"host": "localhost", "origin": "null"}, 403),
        (HERE, {"host": "localhost", "origin": ""}, 403),
        (HERE, {"host": "localhost", "origin": "http://[broken"}, 403),
        (HERE, {"host": "localhost", "x-forwarded-for": HERE}, 403),
        (HERE, {"host": "localhost", "forwarded": "for=203.0.113.9"}, 403),
        (HERE, {"host": "localhost", "x-real-ip": AWAY}, 403),
    ],
)
def test_without_keys_only_this_machine_is_served(
    peer: str | None, headers: dict[str, str], status: int | None
) -> None:
    """By its own name, from no page of another site, and not through a proxy that anybody may stand behind."""
    access = Access(())
    refused = access.refusal(peer, headers)
    assert (refused and refused.status) == status
    assert access.open_to_loopback


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        (AWAY, KEY, None),
        (AWAY, {**KEY, "host": "news.example", "origin": "https://news.example"}, None),
        (AWAY, {**KEY, "host": "news.example", "origin": "https://desk.example"}, None),
        (AWAY, {**KEY, "host": "news.example", "origin": "HTTPS://Desk.Example/"}, None),
        (AWAY, {**KEY, "host": "news.example", "x-forwarded-for": AWAY}, None),
        (AWAY, {"authorization": "bearer  second "}, None),
        (AWAY, {**KEY, "host": "news.example", "origin": "https://evil.example"}, 403),
        (AWAY, {"authorization": "Bearer wrong"}, 401),
        (AWAY, {"authorization": "Bearer "}, 401),
        (AWAY, {"authorization": "Basic right"}, 401),
        (AWAY, {"authorization": "right"}, 401),
        (HERE, {"host": "localhost"}, 401),
    ],
)
def test_with_keys_everybody_needs_one(peer: str, headers: dict[str, str], status: int | None) -> None:
    """This machine too; pages of other sites are refused unless they are named."""
    access = Access(("right", " second\n"), origins=("https://desk.example/",))
    refused = access.refusal(peer, headers)
    assert (refused and refused.status) == status
    assert not access.open_to_loopback


def test_a_refusal_says_what_to_do_and_never_repeats_a_key() -> None:
    """Each names the setting or the header."""
    keyed = Access(("right",))
    details = [
        Access(()).refusal(AWAY, {"host": "x"}),
        keyed.refusal(AWAY, {}),
        keyed.refusal(AWAY, {"authorization": "Bearer wrong"}),
        keyed.refusal(AWAY, {"origin": "https://evil.example", "host": "x"}),
    ]
    said = [refused.detail for refused in details if refused]
    assert "TOCSIN_API_KEYS" in said[0]
    assert "Authorization: Bearer KEY" in said[1]
    assert "wrong" not in said[2]
    assert "TOCSIN_ORIGINS" in said[3]


def test_keys_are_held_as_digests_only() -> None:
    """Nothing that prints an Access prints a key."""
    assert b"right" not in repr(vars(Access(("right",)))).encode()
