from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

_WHOLE = frozenset({"architecture", "evaluation", "pipeline", "typing"})
"""Folders of tests that are of the whole, not of a module."""

_UNTESTED = MappingProxyType[str, str]({})
"""Modules without a test module of their own, each with the reason and with what tests it instead."""

_UNSOURCED = MappingProxyType[str, str](
    {"tests/services/ingest/core/formats/test_table.py": "every format against every kind of message"}
)
"""Test modules without a module of their own, each with the reason."""


def _test_of(source: Path) -> Path:
    return Path("tests", source.parent, f"test_{source.name}")


def _source_of(test: Path) -> Path:
    """A test module that is called as its folder tests the package itself."""
    name = test.name.removeprefix("test_")
    return Path(*test.parts[1:-1], "__init__.py" if name == f"{test.parent.name}.py" else name)


def _owes_a_test(source: Path) -> bool:
    return source.name not in {"__init__.py", "__main__.py"} and "training" not in source.parts


def test_every_module_has_its_test_module(root: Path, sources: Sequence[Path]) -> None:
    """Whoever changes a module knows where its tests are: at the same path under tests/."""
    lacking = {str(source) for source in sources if _owes_a_test(source) and not (root / _test_of(source)).is_file()}
    unlisted = sorted(lacking - set(_UNTESTED))
    assert not unlisted, "without a test module:\n" + "\n".join(unlisted)


def test_every_test_module_has_its_module(root: Path) -> None:
    """No test outlives what it tests, and none hides under another name."""
    tests = [path.relative_to(root) for path in (root / "tests").rglob("test_*.py")]
    astray = {str(test) for test in tests if test.parts[1] not in _WHOLE and not (root / _source_of(test)).is_file()}
    unlisted = sorted(astray - set(_UNSOURCED))
    assert not unlisted, "without a module:\n" + "\n".join(unlisted)


def test_exceptions_are_needed(root: Path) -> None:
    """A listed exception that is none any more is struck off."""
    untested = [name for name in _UNTESTED if (root / _test_of(Path(name))).exists() or not (root / name).exists()]
    unsourced = [name for name in _UNSOURCED if (root / _source_of(Path(name))).exists() or not (root / name).exists()]
    assert untested + unsourced == []


def test_tests_are_no_packages(root: Path) -> None:
    """An `__init__.py` under tests/services would hide the real `services`."""
    assert [str(path) for path in (root / "tests").rglob("__init__.py")] == []
