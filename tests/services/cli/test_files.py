from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.story import Story
from services.cli.files import Document, Unreadable, apart, documents, placed, read, stories

_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _line(number: int, **more: object) -> bytes:
    return json.dumps({"id": f"s{number}", "headline": f"Story number {number} is told", **more}).encode() + b"\n"


def _ids(found: Iterator[Story | Unreadable]) -> tuple[list[str], list[Unreadable]]:
    everything = list(found)
    return (
        [each.id for each in everything if isinstance(each, Story)],
        [each for each in everything if isinstance(each, Unreadable)],
    )


def _read(*paths: Path) -> tuple[list[str], list[Unreadable]]:
    return _ids(read(paths, "wire", lambda: _AT))


@pytest.mark.parametrize("name", ["night.jsonl", "night.ndjson", "night.jsonl.gz", "night.txt", "night.json.gz"])
def test_a_bad_line_costs_that_line_and_no_other(folder: Path, name: str) -> None:
    """Of a thousand lines 997 are taken, and the three bad ones are named by their number in the file."""
    lines = [_line(number) for number in range(1, 1001)]
    lines[536] = b'{"id": "s537", "headline": \n'
    lines[537] = _line(538, urgency=[1])
    lines[999] = b"42\n"
    raw = b"".join(lines)
    (folder / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    ids, bad = _read(folder / name)
    assert ids == [f"s{number}" for number in range(1, 1001) if number not in {537, 538, 1000}]
    assert [each.name.removeprefix(f"{folder / name}") for each in bad] == [", line 537", ", line 538", ", line 1000"]
    assert "not valid JSON" in bad[0].problem
    assert "field urgency" in bad[1].problem
    assert [each.problem for each in bad if "line 1" in each.problem] == []  # the name has the true one


def test_blank_lines_count_and_cost_nothing(folder: Path) -> None:
    """A line's number is that of an editor."""
    (folder / "a.jsonl").write_bytes(b"\n" + _line(1) + b"\n\n" + b"nonsense\n" + _line(2).rstrip())
    ids, bad = _read(folder / "a.jsonl")
    assert ids == ["s1", "s2"]
    assert [each.name for each in bad] == [f"{folder / 'a.jsonl'}, line 5"]


def test_large_lines_come_in_pieces_that_an_instance_takes(folder: Path) -> None:
    """However long the lines are, a piece stays well below ten megabytes."""
    path = folder / "large.jsonl"
    path.write_bytes(b"".join(_line(number, body="word " * 60_000) for number in range(60)))
    pieces = list(documents([path]))
    assert all(isinstance(piece, Document) and len(piece.raw) < 5_000_000 for piece in pieces)
    assert sum(len(piece.lines) for piece in pieces if isinstance(piece, Document)) == 60


@pytest.mark.parametrize(
    "text",
    [
        '{\n  "id": "s1",\n  "headline": "One story over lines"\n}',
        '[\n{"id": "s1", "headline": "One in a list"}\n]',
        '[{"id": "s1", "headline": "One in a list"}]',
        '{"id": "s1", "headline": "One alone"}',
        '{"id": "s1", "headline": "One alone"}\n',
    ],
)
def test_one_document_is_not_taken_for_lines(folder: Path, text: str) -> None:
    """JSON that spreads over lines stays whole."""
    (folder / "one.json").write_text(text)
    assert _read(folder / "one.json") == (["s1"], [])


def test_a_page_keeps_its_bytes(folder: Path) -> None:
    """Blank lines mean something in the raw text of a page."""
    raw = b"\n\nBreaking News\n\n\nDam bursts above Kessel\n\nThousands were told to leave.\n"
    (folder / "page.txt").write_bytes(raw)
    assert list(documents([folder / "page.txt"])) == [Document(str(folder / "page.txt"), raw)]


def test_folders_are_read_in_order_without_hidden_files(folder: Path) -> None:
    """By name, with what lies in them; a hidden file is nobody's story."""
    (folder / "b").mkdir()
    (folder / "b" / "c.json").write_bytes(_line(3))
    (folder / "a.json.gz").write_bytes(gzip.compress(_line(1)))
    (folder / ".hidden.json").write_bytes(_line(2))
    assert _read(folder) == (["s1", "s3"], [])


@pytest.mark.parametrize(
    ("raw", "ids"),
    [
        (_line(1) + b"{broken\n" + _line(2), ["s1", "s2"]),
        (b"\xef\xbb\xbf" + _line(1) + _line(2), ["s1", "s2"]),
        (b"\x1e" + _line(1) + b"\x1e" + _line(2), ["s1", "s2"]),
        (b'{"id": "broken\n' + _line(1), ["s1"]),
        (_line(1), ["s1"]),
    ],
)
def test_standard_input(monkeypatch: pytest.MonkeyPatch, raw: bytes, ids: Sequence[str]) -> None:
    """`-` takes JSON lines by what they are, as they have no name."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    assert _read(Path("-"))[0] == ids


def test_what_cannot_be_read_is_named_and_the_rest_still_comes(folder: Path) -> None:
    """A path that is not there, a damaged gzip file and one that is none; what was whole before damage is kept."""
    whole = gzip.compress(b"".join(_line(number) for number in range(1, 4000)))
    (folder / "a.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (folder / "b.txt.gz").write_bytes(b"no gzip at all")
    (folder / "c.json").write_bytes(_line(5000))
    ids, bad = _read(folder / "missing", folder / "a.jsonl.gz", folder / "b.txt.gz", folder / "c.json")
    assert ids[0] == "s1"
    assert ids[-1] == "s5000"
    assert 500 < len(ids) < 3999
    assert [Path(each.name).name for each in bad] == ["missing", "a.jsonl.gz", "b.txt.gz"]
    assert bad[0].problem == "No such file or directory"
    assert "damaged" in bad[1].problem
    assert "gzipped" in bad[2].problem


def test_a_document_without_a_story_is_unreadable() -> None:
    """With the parser's own words."""
    (found,) = stories(Document("x.bin", b"\x00\x01\x02"), "wire", _AT)
    assert isinstance(found, Unreadable)
    assert found.name == "x.bin"


def test_only_lines_come_apart() -> None:
    """A page is one thing, and so is a single line."""
    assert apart(Document("page.txt", b"text")) == ()
    piece, other = apart(Document("n, lines 3 to 4", b"", None, ((3, b"{}"), (4, b"[]"))))
    assert (piece.name, piece.raw) == ("n, line 3", b"{}")
    assert (other.name, other.raw) == ("n, line 4", b"[]")
    assert apart(piece) == ()
    assert placed(piece, "json: line 1, column 2: is wrong") == "json: column 2: is wrong"
    assert placed(Document("x", b""), "json: line 1, column 2") == "json: line 1, column 2"
