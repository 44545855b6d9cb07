from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import services.websocket

PAGE = Path(services.websocket.__file__).parent / "page"
SCRIPTS = sorted(PAGE.glob("*.js"))


async def test_the_page_comes_with_a_policy_that_runs_nothing_else(desk: Any) -> None:
    """No inline script or style, no frame around it, no form that leads away, only our stream to connect to."""
    async with desk() as it:
        status, headers, body = await it.get("/")
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b'id="board"' in body
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": f"'self' ws://127.0.0.1:{it.ws_port}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


async def test_all_files_of_the_page_are_served(desk: Any) -> None:
    """With their types; nothing outside the page is."""
    async with desk() as it:
        types = {file.name: (await it.get(f"/page/{file.name}"))[1]["content-type"] for file in PAGE.iterdir()}
        assert types["dashboard.js"] == "text/javascript; charset=utf-8"
        assert types["dashboard.css"] == "text/css; charset=utf-8"
        assert types["bell.svg"] == "image/svg+xml"
        assert (await it.get("/page/..%2Fapp.py"))[0] == 404
        assert (await it.get("/page/nothing.js"))[0] == 404


async def test_a_file_that_is_known_is_not_sent_again(desk: Any) -> None:
    """By its ETag."""
    async with desk() as it:
        _, headers, _ = await it.get("/page/dashboard.js")
        assert (await it.get("/page/dashboard.js", headers={"if-none-match": headers["etag"]}))[0] == 304


@pytest.mark.parametrize(
    ("settings", "stream"),
    [({}, "ws://127.0.0.1:{port}/v1/stream"), ({"public_stream": "wss://desk.example/v1/stream"}, None)],
)
async def test_the_page_is_told_where_the_stream_is(desk: Any, settings: dict[str, str], stream: str | None) -> None:
    """On its own port of the host that the page was asked from, or where a proxy has it."""
    async with desk(**settings) as it:
        config = (await it.get("/v1/config"))[2]
    wanted = stream.format(port=it.ws_port) if stream else settings["public_stream"]
    assert config == {"stream": wanted, "key_needed": False}


def test_the_page_has_nothing_inline() -> None:
    """The policy would refuse it."""
    html = (PAGE / "index.html").read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:", html)
    assert not re.search(r"https?://", html)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_markup_of_text(script: Path) -> None:
    """What a story says is only ever set as text."""
    source = script.read_text()
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser|srcdoc", source
    )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_element_that_a_script_asks_for_is_on_the_page(script: Path) -> None:
    """A misspelt id would be found by an editor at night."""
    html = (PAGE / "index.html").read_text()
    for name in re.findall(r"\bid\(\"([\w-]+)\"\)", script.read_text()):
        assert f'id="{name}"' in html
