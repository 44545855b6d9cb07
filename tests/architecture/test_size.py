from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

_ROOT = Path(__file__).resolve().parents[2]
_FUNCTION_LINES = 40
"""Without its docstring."""

_FILE_LINES = 300
_LONGER_FUNCTIONS = MappingProxyType[str, int]({})
"""`path::name` with its present length; entries only shrink and vanish."""

_LONGER_FILES = MappingProxyType[str, int]({"deploy/local_kafka.py": 328})


def _files() -> Iterator[tuple[str, str]]:
    for top in ("events", "services", "deploy", "bench"):
        for path in sorted((_ROOT / top).rglob("*.py")):
            yield path.relative_to(_ROOT).as_posix(), path.read_text(encoding="utf-8")


def _functions(source: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, _length(node)


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring and without decorators."""
    first = node.body[0]
    has_docstring = isinstance(first, ast.Expr) and ast.get_docstring(node) is not None
    documented = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
    return (node.end_lineno or 0) - node.lineno + 1 - documented


def test_functions_are_short() -> None:
    """One thought fits on a screen; a longer function is listed with its length, and may only shrink."""
    long = {
        f"{path}::{name}": length
        for path, source in _files()
        for name, length in _functions(source)
        if length > _FUNCTION_LINES
    }
    assert long == dict(_LONGER_FUNCTIONS)


def test_files_are_short() -> None:
    """A file is about one thing; a longer one is listed with its length, and may only shrink."""
    long = {path: source.count("\n") for path, source in _files() if source.count("\n") > _FILE_LINES}
    assert long == dict(_LONGER_FILES)


def test_lengths_leave_out_docstrings() -> None:
    """What explains a function does not count against it."""
    source = 'def f():\n    """\n    Long.\n\n    Words.\n    """\n    x = 1\n    return x\n'
    assert list(_functions(source)) == [("f", 3)]
