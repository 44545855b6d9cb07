"""Reading the files that are named on the command line."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from events.story import Story
from services.ingest.core import receive
from services.ingest.core.draft import Refused

_JSON_LINES = (".jsonl", ".ndjson")
_CHUNK_LINES = 200


@dataclass(frozen=True, slots=True)
class Document:
    """One piece of input: a file, or some lines of a JSON lines file."""

    name: str
    raw: bytes
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A piece of input that holds no story, and why."""

    name: str
    problem: str


def documents(paths: Sequence[Path]) -> Iterator[Document]:
    """
    The documents in files and folders, in the order given; `-` is standard input. Files ending in .gz are inflated.

    JSON lines come in pieces, so that a file of any size is read in constant memory.

    Raises:
        OSError: a path cannot be read.
    """
    for path in paths:
        if str(path) == "-":
            yield Document("standard input", sys.stdin.buffer.read())
        elif path.is_dir():
            yield from documents(sorted(inner for inner in path.iterdir() if not inner.name.startswith(".")))
        elif path.name.removesuffix(".gz").endswith(_JSON_LINES):
            yield from _lines(path)
        else:
            raw = path.read_bytes()
            yield Document(str(path), gzip.decompress(raw) if path.suffix == ".gz" else raw)


def stories(document: Document, source: str, at: datetime) -> list[Story] | Unreadable:
    """The stories in a document."""
    try:
        return receive.stories(document.raw, content_type=document.content_type, source=source, at=at)
    except Refused as error:
        return Unreadable(document.name, str(error))


def _lines(path: Path) -> Iterator[Document]:
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
        chunk: list[bytes] = []
        first = number = 1
        for number, line in enumerate(lines, start=1):
            if line.strip():
                chunk.append(line)
            if len(chunk) == _CHUNK_LINES:
                yield Document(f"{path}, lines {first} to {number}", b"".join(chunk), "application/x-ndjson")
                chunk, first = [], number + 1
        if chunk:
            yield Document(f"{path}, lines {first} to {number}", b"".join(chunk), "application/x-ndjson")
