"""Reading the files that are named on the command line."""

from __future__ import annotations

import gzip
import itertools
import json
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, cast

from events.story import Story
from services.ingest.core import receive
from services.ingest.core.draft import Refused

_JSON_LINES = (".jsonl", ".ndjson")
_NDJSON = "application/x-ndjson"
_CHUNK_LINES = 200
_CHUNK_BYTES = 4 * 1024 * 1024
"""Well below the largest body that an instance takes."""

_FIRST_LINE = re.compile(r"\bline 1[,:] ")
_MARKS = b"\xef\xbb\xbf\x1e \t"
"""What may stand before the first brace: a byte order mark, the separator of RFC 7464, spaces."""


@dataclass(frozen=True, slots=True)
class Document:
    """One piece of input: a file, or some lines of a JSON lines file."""

    name: str
    raw: bytes
    content_type: str | None = None
    lines: tuple[tuple[int, bytes], ...] = ()
    """Of JSON lines, each with its number in the file, from 1."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A piece of input that holds no story, and why."""

    name: str
    problem: str


def documents(paths: Sequence[Path]) -> Iterator[Document | Unreadable]:
    """
    The documents in files and folders, in the order given; `-` is standard input. Files ending in .gz are inflated.

    JSON lines, by the name of the file or by its first two lines, come in pieces, so that a file of any size is read
    in constant memory. What cannot be read is named, and the rest still comes.
    """
    for path in paths:
        try:
            if str(path) == "-":
                yield from _pieces("standard input", sys.stdin.buffer)
            elif path.is_dir():
                yield from documents(sorted(inner for inner in path.iterdir() if not inner.name.startswith(".")))
            elif path.suffix == ".gz":
                with gzip.open(path, "rb") as inflated:
                    yield from _pieces(str(path), cast("IO[bytes]", inflated))
            else:
                with path.open("rb") as stream:
                    yield from _pieces(str(path), stream)
        except OSError as error:
            yield Unreadable(str(path), error.strerror or str(error))
        except (EOFError, zlib.error) as error:
            yield Unreadable(str(path), f"the gzip file is damaged: {error}")


def read(paths: Sequence[Path], source: str, now: Callable[[], datetime]) -> Iterator[Story | Unreadable]:
    """Every story in files and folders, in order, and what holds none; a story without a date is of `now`."""
    for piece in documents(paths):
        for found in (piece,) if isinstance(piece, Unreadable) else stories(piece, source, now()):
            if isinstance(found, Unreadable):
                yield found
            else:
                yield from found


def stories(document: Document, source: str, at: datetime) -> Iterator[list[Story] | Unreadable]:
    """The stories in a document. One bad line of JSON lines costs that line and no other."""
    try:
        yield receive.stories(document.raw, content_type=document.content_type, source=source, at=at)
    except Refused as error:
        lines = apart(document)
        if not lines:
            yield Unreadable(document.name, placed(document, str(error)))
        for line in lines:
            yield from stories(line, source, at)


def apart(document: Document) -> tuple[Document, ...]:
    """Each line as a document of its own; none where there are not several."""
    if len(document.lines) < 2:  # noqa: PLR2004 (several)
        return ()
    name = document.name.rpartition(", line")[0]
    return tuple(_document(name, ((number, line),)) for number, line in document.lines)


def placed(document: Document, problem: str) -> str:
    """The problem of a document; of a single line, without the place "line 1", since its name has the true one."""
    return _FIRST_LINE.sub("", problem, count=1) if len(document.lines) == 1 else problem


def _pieces(name: str, stream: IO[bytes]) -> Iterator[Document]:
    numbered = enumerate(stream, start=1)
    head: list[tuple[int, bytes]] = []
    filled: list[bytes] = []
    for number, line in numbered:
        head.append((number, line))
        if line.strip():
            filled.append(line)
        if len(filled) == 2:  # noqa: PLR2004 (as many as are looked at)
            break
    if name.removesuffix(".gz").endswith(_JSON_LINES) or _are_json_lines(filled):
        lines = itertools.chain(head, numbered)
        yield from _chunks(name, ((number, line) for number, line in lines if line.strip()))
    else:
        yield Document(name, b"".join(line for _, line in head) + stream.read())


def _chunks(name: str, lines: Iterator[tuple[int, bytes]]) -> Iterator[Document]:
    chunk: list[tuple[int, bytes]] = []
    size = 0
    try:
        for number, line in lines:
            chunk.append((number, line))
            size += len(line)
            if len(chunk) == _CHUNK_LINES or size >= _CHUNK_BYTES:
                yield _document(name, tuple(chunk))
                chunk, size = [], 0
    except (OSError, EOFError, zlib.error):
        if chunk:  # what was read before the damage is whole
            yield _document(name, tuple(chunk))
        raise
    if chunk:
        yield _document(name, tuple(chunk))


def _document(name: str, lines: tuple[tuple[int, bytes], ...]) -> Document:
    first, last = lines[0][0], lines[-1][0]
    where = f"line {first}" if first == last else f"lines {first} to {last}"
    return Document(f"{name}, {where}", b"".join(line for _, line in lines), _NDJSON, lines)


def _are_json_lines(head: Sequence[bytes]) -> bool:
    """Whether a text that begins with these two lines has a JSON object on each: one of them may be damaged."""
    if len(head) < 2 or not head[0].lstrip(_MARKS).startswith(b"{") or head[0].strip(_MARKS + b"\r\n") == b"{":  # noqa: PLR2004
        return False
    return any(map(_is_object, head))


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line.strip(_MARKS)), dict)
    except (ValueError, RecursionError):
        return False
