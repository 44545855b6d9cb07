from __future__ import annotations

import socket
from ipaddress import ip_network
from pathlib import Path

import pytest

from services.cli import settings as module
from services.cli.errors import Misconfigured
from services.cli.settings import SERVICES, Settings, described, load

_DEFAULTS = {
    "TOCSIN_DATA": Path(".tocsin"),
    "TOCSIN_BUS": "embedded",
    "TOCSIN_HTTP_HOST": "127.0.0.1",
    "TOCSIN_HTTP_PORT": 8080,
    "TOCSIN_WS_HOST": "127.0.0.1",
    "TOCSIN_WS_PORT": 8081,
    "TOCSIN_API_KEYS": (),
    "TOCSIN_ORIGINS": (),
    "TOCSIN_LOG_LEVEL": "info",
    "TOCSIN_STOP_BUDGET": 10.0,
    "TOCSIN_KAFKA__BOOTSTRAP": "localhost:9092",
    "TOCSIN_KAFKA__PARTITIONS": 6,
    "TOCSIN_KAFKA__REPLICATION": 1,
    "TOCSIN_KAFKA__INSTANCE": None,
    "TOCSIN_INGEST__MOST_IN_FLIGHT": 256,
    "TOCSIN_CLASSIFY__THRESHOLD": 0.5,
    "TOCSIN_CLASSIFY__WINDOW_HOURS": 72.0,
    "TOCSIN_WEBSOCKET__GATEWAY": socket.gethostname(),
    "TOCSIN_WEBSOCKET__OUTBOX_BYTES": 1024 * 1024,
    "TOCSIN_WEBSOCKET__MOST_CONNECTIONS": 10_000,
    "TOCSIN_WEBSOCKET__MOST_PER_ADDRESS": 256,
    "TOCSIN_WEBSOCKET__MOST_SUBSCRIPTIONS": 64,
    "TOCSIN_WEBSOCKET__MOST_ALERTS": 20_000,
    "TOCSIN_WEBSOCKET__BOARD_BYTES": 256 * 1024 * 1024,
    "TOCSIN_WEBSOCKET__MOST_VERDICTS": 50_000,
    "TOCSIN_WEBSOCKET__AUTH_SECONDS": 10.0,
    "TOCSIN_WEBSOCKET__HEARTBEAT_SECONDS": 15.0,
    "TOCSIN_WEBSOCKET__LEDGER_SECONDS": 1.0,
    "TOCSIN_WEBSOCKET__PUBLIC_STREAM": "",
    "TOCSIN_WEBHOOK__ALLOW_PRIVATE": (),
    "TOCSIN_WEBHOOK__CONNECT_SECONDS": 5.0,
    "TOCSIN_WEBHOOK__ANSWER_SECONDS": 15.0,
    "TOCSIN_WEBHOOK__CONCURRENCY": 256,
    "TOCSIN_WEBHOOK__CONCURRENCY_PER_ENDPOINT": 4,
}


def test_every_setting_is_described_with_its_default() -> None:
    """`tocsin settings` leaves none out, and says of each what it means."""
    found = list(described())
    assert {name: default for name, default, _ in found} == _DEFAULTS
    assert [name for name, _, meaning in found if len(meaning) < 10] == []


def test_what_is_described_is_what_is_in_force() -> None:
    """Without a file and variables, every setting has the default that is described."""
    settings = load()
    for name, default in _DEFAULTS.items():
        value: object = settings
        for step in name.removeprefix("TOCSIN_").lower().split("__"):
            value = getattr(value, step)
        assert value == default, name


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("HTTP_PORT", "9090", 9090),
        ("API_KEYS", "a, b,", ("a", "b")),
        ("API_KEYS", "", ()),
        ("ORIGINS", "https://desk.example", ("https://desk.example",)),
        ("WEBHOOK__ALLOW_PRIVATE", "127.0.0.0/8,10.0.0.0/8", (ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"))),
        ("WEBHOOK__ALLOW_PRIVATE", "::1/128", (ip_network("::1/128"),)),
        ("KAFKA__PARTITIONS", "12", 12),
        ("CLASSIFY__THRESHOLD", "0.7", 0.7),
        ("websocket__outbox_bytes", "65536", 65536),
    ],
)
def test_the_environment_sets(monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: object) -> None:
    """Numbers, lists with commas, and settings inside a group."""
    monkeypatch.setenv(f"TOCSIN_{name}", text)
    found: object = load()
    for step in name.lower().split("__"):
        found = getattr(found, step)
    assert found == value


def test_arguments_win_over_the_environment_and_that_over_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a group too, each value from the strongest that gives it."""
    (folder / "tocsin.toml").write_text(
        'http_port = 1000\nws_port = 1001\nbus = "kafka"\napi_keys = ["k1", "k2"]\n'
        '[kafka]\nbootstrap = "from-file:9092"\npartitions = 3\n'
        '[webhook]\nallow_private = ["10.1.0.0/16"]\n'
    )
    monkeypatch.setenv("TOCSIN_WS_PORT", "2001")
    monkeypatch.setenv("TOCSIN_BUS", "kafka")
    monkeypatch.setenv("TOCSIN_KAFKA__BOOTSTRAP", "from-environment:9092")
    settings = load(bus="embedded")
    assert (settings.http_port, settings.ws_port, settings.bus) == (1000, 2001, "embedded")
    assert (settings.kafka.bootstrap, settings.kafka.partitions) == ("from-environment:9092", 3)
    assert settings.api_keys == ("k1", "k2")
    assert settings.webhook.allow_private == (ip_network("10.1.0.0/16"),)


def test_a_secret_can_be_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It wins over `tocsin.toml`, and the environment over it."""
    (folder / "secrets").mkdir()
    (folder / "secrets" / "TOCSIN_API_KEYS").write_text("from-secret,another\n")
    (folder / "tocsin.toml").write_text('api_keys = ["from-file"]\n')
    monkeypatch.setattr(module, "SECRETS", folder / "secrets")
    assert load().api_keys == ("from-secret", "another")
    monkeypatch.setenv("TOCSIN_API_KEYS", "from-environment")
    assert load().api_keys == ("from-environment",)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("TOCSIN_HTTP_PORT", "http", "valid integer"),
        ("TOCSIN_HTTP_PORT", "70000", "65535"),
        ("TOCSIN_BUS", "rabbit", "'embedded' or 'kafka'"),
        ("TOCSIN_CLASSIFY__THRESHOLD", "2", "less than or equal to 1"),
        ("TOCSIN_WEBHOOK__ALLOW_PRIVATE", "10.0.0.0/8,here", "not a valid IPv4 network"),
        ("TOCSIN_KAFKA__BOOTSTRP", "x:1", "no such setting"),
    ],
)
def test_a_wrong_value_names_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, text: str, said: str) -> None:
    """One line that says which variable, what is wrong and where all are listed; nothing of pydantic's own layout."""
    monkeypatch.setenv(name, text)
    with pytest.raises(Misconfigured) as refused:
        load()
    message = str(refused.value)
    assert message.startswith(f"setting {name}: ")
    assert said in message
    assert message.endswith("see 'tocsin settings'")
    assert "\n" not in message


def test_a_group_that_is_no_json_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole group may be given as JSON; what is none is refused by name."""
    monkeypatch.setenv("TOCSIN_KAFKA", "not json")
    with pytest.raises(Misconfigured, match="kafka"):
        load()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("http_port = ", "tocsin.toml is no TOML"),
        ("http_prot = 1", "setting TOCSIN_HTTP_PROT: there is no such setting"),
        ("[kafka]\nbroker = 1", "setting TOCSIN_KAFKA__BROKER: there is no such setting"),
    ],
)
def test_a_wrong_file_is_named(folder: Path, text: str, said: str) -> None:
    """What is misspelt in the file is refused, since it was meant."""
    (folder / "tocsin.toml").write_text(text)
    with pytest.raises(Misconfigured, match=said):
        load()


def test_keys_are_not_shown() -> None:
    """A log line with the settings in it gives no key away."""
    assert "secret-key" not in repr(Settings(api_keys=("secret-key",)))


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:8080"),  # noqa: S104 (not bound)
        ("::", "http://[::1]:8080"),
        ("desk.example", "http://desk.example:8080"),
    ],
)
def test_a_client_reaches_who_listens_on_all_addresses_by_loopback(host: str, url: str) -> None:
    """What is listened on and what is dialled differ for the wildcards, and IPv6 has brackets."""
    settings = Settings(http_host=host, ws_host=host)
    assert settings.http_address == url
    assert settings.stream_address == url.replace("http", "ws").replace("8080", "8081") + "/v1/stream"


def test_services_are_those_of_the_design() -> None:
    """In the order of the flow."""
    assert SERVICES == ("ingest", "classify", "enrich", "alert", "websocket", "webhook")
