from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.cli.settings import Settings
from services.webhook.settings import WebhookSettings


@pytest.fixture(autouse=True)
def _no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_networks_are_listed_with_commas_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of both families, spaces and empty places allowed; numbers are read as numbers."""
    monkeypatch.setenv("TOCSIN_WEBHOOK__ALLOW_PRIVATE", "10.2.0.0/16, 127.0.0.0/8,,fd00::/8")
    monkeypatch.setenv("TOCSIN_WEBHOOK__ANSWER_SECONDS", "2.5")
    settings = Settings().webhook
    assert settings.allow_private == (ip_network("10.2.0.0/16"), ip_network("127.0.0.0/8"), ip_network("fd00::/8"))
    assert settings.answer_seconds == 2.5


def test_networks_are_a_list_in_the_file() -> None:
    """As TOML has lists."""
    Path("tocsin.toml").write_text('[webhook]\nallow_private = ["10.2.0.0/16"]\nconcurrency = 7\n', encoding="utf-8")
    settings = Settings().webhook
    assert settings.allow_private == (ip_network("10.2.0.0/16"),)
    assert settings.concurrency == 7


def test_nothing_private_is_allowed_by_default() -> None:
    """Nor by an empty value."""
    assert WebhookSettings().allow_private == ()
    assert WebhookSettings.model_validate({"allow_private": ""}).allow_private == ()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ALLOW_PRIVATE", "10.2.0.0/16,all", "allow_private"),
        ("ALLOW_PRIVATE", "10.2.3.4/16", "allow_private"),
        ("CONNECT_SECONDS", "0", "connect_seconds"),
        ("ANSWER_SECONDS", "soon", "answer_seconds"),
        ("CONCURRENCY", "0", "concurrency"),
        ("CONCURRENCY_PER_ENDPOINT", "-1", "concurrency_per_endpoint"),
        ("ALOW_PRIVATE", "10.0.0.0/8", "alow_private"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    """By the field it was meant for."""
    monkeypatch.setenv(f"TOCSIN_WEBHOOK__{name}", value)
    with pytest.raises(ValidationError, match=rf"webhook\.{words}"):
        Settings()
