from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.cli.settings import Settings
from services.ingest.settings import IngestSettings


@pytest.fixture(autouse=True)
def _no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_it_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """And has a default."""
    assert Settings().ingest == IngestSettings()
    monkeypatch.setenv("TOCSIN_INGEST__MOST_IN_FLIGHT", "3")
    assert Settings().ingest.most_in_flight == 3


@pytest.mark.parametrize(("name", "value"), [("MOST_IN_FLIGHT", "0"), ("MOST_IN_FLIGHT", "many"), ("MOST", "3")])
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Neither zero, nor words, nor a name that there is not."""
    monkeypatch.setenv(f"TOCSIN_INGEST__{name}", value)
    with pytest.raises(ValidationError, match=rf"ingest\.{name.lower()}"):
        Settings()
