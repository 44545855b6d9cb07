from __future__ import annotations

import socket
from typing import Any

import pytest

from services.cli.client import detail, instance
from services.cli.errors import Declined, Unreachable
from services.cli.settings import load


async def _ask(**given: Any) -> Any:
    async with instance(load(**given)) as there:
        return await there.ask("GET", "/x")


async def test_an_answer_is_its_json(api: Any) -> None:
    """And nothing where there is no content."""
    api.answers["GET /x"] = (200, {"a": [1]})
    assert await _ask() == {"a": [1]}
    api.answers["GET /x"] = (204, b"")
    assert await _ask() is None
    assert "authorization" not in api.asked[0][1]


async def test_the_first_key_is_sent(api: Any) -> None:
    """As Bearer."""
    api.answers["GET /x"] = (200, {})
    await _ask(api_keys=("k1", "k2"))
    assert api.asked[0][1]["authorization"] == "Bearer k1"


async def test_a_refusal_is_told_in_the_words_of_the_instance(api: Any) -> None:
    """The problem's detail, with the status for who wants to decide by it."""
    api.answers["GET /x"] = (422, {"type": "about:blank", "title": "t", "detail": "url: must be https"})
    with pytest.raises(Declined) as declined:
        await _ask()
    assert str(declined.value) == "422 Unprocessable Entity: url: must be https"
    assert declined.value.status == 422


async def test_no_instance_says_how_to_start_one() -> None:
    """Where it looked, what the system said, and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listened on
        port = taken.getsockname()[1]
        with pytest.raises(Unreachable) as unreachable:
            await _ask(http_port=port)
    message = str(unreachable.value)
    assert message.startswith(f"no instance answers at http://127.0.0.1:{port} (Connect")
    assert "'tocsin up'" in message
    assert "TOCSIN_HTTP_PORT" in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"detail": "no such alert"}', "no such alert"),
        ('{"status": "not ready", "problems": ["classify: starting", "log: away"]}', "classify: starting; log: away"),
        ("<html>\n<h1>Not\n Found</h1>" + "x" * 9999, "<html> <h1>Not Found</h1>" + "x" * 474),
        ('{"error": 1}', '{"error": 1}'),
        ("[1]", "[1]"),
        ("", ""),
    ],
)
def test_what_a_refusal_says(text: str, said: str) -> None:
    """A problem's detail, a probe's problems, or the beginning of whatever else it is."""
    assert detail(text) == said
