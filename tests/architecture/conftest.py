"""What the checks of the tree share: where it is, and its sources."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return _ROOT


@pytest.fixture(scope="session")
def sources() -> Sequence[Path]:
    """Every module of events/ and services/, relative to the repository."""
    found = [path for top in ("events", "services") for path in (_ROOT / top).rglob("*.py")]
    return sorted(path.relative_to(_ROOT) for path in found)
