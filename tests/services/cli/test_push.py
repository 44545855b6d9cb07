from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.cli.client import instance
from services.cli.errors import Declined, Unreachable
from services.cli.files import Unreadable, documents
from services.cli.push import Pushed, push
from services.cli.settings import load


def _line(number: int) -> bytes:
    return json.dumps({"id": f"s{number}", "headline": "Told"}).encode() + b"\n"


def _as_ingest(body: bytes) -> tuple[int, object]:
    """All lines of a body, or a refusal of all of it."""
    try:
        stories = [json.loads(line) for line in body.splitlines() if line.strip()]
    except ValueError:
        return 422, {"detail": "json: line 1, column 3: is not valid JSON"}
    return 202, {"accepted": [{"id": story["id"]} for story in stories]}


async def _push(path: Path, refused: list[Unreadable], pauses: tuple[float, ...] = ()) -> Pushed:
    async with instance(load()) as there:
        return await push(there, documents([path]), "wire", refused.append, lambda _name, _taken: None, pauses)


async def test_a_bad_line_costs_that_line_and_no_other(folder: Path, api: Any) -> None:
    """Of a thousand lines 999 are taken; the bad one is named by its number, and its piece alone is cut up."""
    api.decide = _as_ingest
    lines = [_line(number) for number in range(1, 1001)]
    lines[700] = b"{nonsense\n"
    (folder / "a.jsonl").write_bytes(b"".join(lines))
    refused: list[Unreadable] = []
    pushed = await _push(folder / "a.jsonl", refused)
    assert pushed == Pushed(taken=999, refused=1)
    (bad,) = refused
    assert bad.name == f"{folder / 'a.jsonl'}, line 701"
    assert bad.problem == "422 Unprocessable Entity: json: column 3: is not valid JSON"
    assert len(api.asked) == 5 + 200
    assert {asked for asked, _, _ in api.asked} == {"POST /v1/stories?source=wire"}


async def test_a_busy_instance_is_asked_again(folder: Path, api: Any) -> None:
    """503 says to send it again, and nothing is lost by it."""
    turns = [503, 429, 202]
    api.decide = lambda body: (status, _as_ingest(body)[1]) if (status := turns.pop(0)) == 202 else (status, {})
    (folder / "a.jsonl").write_bytes(_line(1) + _line(2))
    assert await _push(folder / "a.jsonl", [], (0, 0)) == Pushed(taken=2, refused=0)


async def test_one_that_stays_busy_ends_it(folder: Path, api: Any) -> None:
    """Rather than to skip what was not taken."""
    api.decide = lambda _body: (503, {"detail": "too many pushes at once"})
    (folder / "a.jsonl").write_bytes(_line(1) + _line(2))
    with pytest.raises(Declined, match="too many pushes"):
        await _push(folder / "a.jsonl", [], (0, 0))
    assert len(api.asked) == 3


async def test_a_wrong_key_ends_it(folder: Path, api: Any) -> None:
    """It is said once, and not for each file."""
    api.decide = lambda _body: (401, {"detail": "this API key is not known"})
    for name in "abc":
        (folder / f"{name}.json").write_bytes(_line(1))
    with pytest.raises(Declined, match="not known"):
        await _push(folder, [])
    assert len(api.asked) == 1


async def test_an_unreadable_file_is_no_end(folder: Path, api: Any) -> None:
    """What cannot be opened is told like what is refused."""
    api.decide = _as_ingest
    (folder / "a.jsonl.gz").write_bytes(b"no gzip")
    (folder / "b.json").write_bytes(_line(1))
    refused: list[Unreadable] = []
    assert await _push(folder, refused) == Pushed(taken=1, refused=1)
    assert [Path(each.name).name for each in refused] == ["a.jsonl.gz"]


async def test_no_instance(folder: Path) -> None:
    """The message says how to start one."""
    (folder / "a.json").write_bytes(_line(1))
    with pytest.raises(Unreachable, match="tocsin up"):
        async with instance(load(http_port=1)) as there:
            await push(there, documents([folder / "a.json"]), "wire", lambda _: None, lambda _name, _taken: None)


def test_the_command(tocsin: Any, folder: Path, api: Any) -> None:
    """`tocsin ingest` counts, names what was refused, and ends with 1 when anything was."""
    api.decide = _as_ingest
    (folder / "a.jsonl").write_bytes(_line(1) + b"{nonsense\n" + _line(2))
    ran = tocsin("ingest", "--source", "night", folder / "a.jsonl", "-", stdin=_line(3))
    assert ran.status == 1
    assert "a.jsonl, line 2: 422" in ran.err
    assert ran.err.endswith("3 stories taken in, 1 documents or lines refused\n")
    assert {asked for asked, _, _ in api.asked} == {"POST /v1/stories?source=night"}
