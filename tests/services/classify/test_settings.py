from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.classify.settings import ClassifySettings
from services.cli.settings import Settings


@pytest.fixture(autouse=True)
def _no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_it_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not there keeps its default."""
    monkeypatch.setenv("TOCSIN_CLASSIFY__THRESHOLD", "0.7")
    assert Settings().classify == ClassifySettings(threshold=0.7)


@pytest.mark.parametrize(
    ("name", "value"), [("THRESHOLD", "1.1"), ("THRESHOLD", "high"), ("WINDOW_HOURS", "0"), ("TRESHOLD", "0.5")]
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A score is between 0 and 1, and a window has some length."""
    monkeypatch.setenv(f"TOCSIN_CLASSIFY__{name}", value)
    with pytest.raises(ValidationError, match=rf"classify\.{name.lower()}"):
        Settings()
