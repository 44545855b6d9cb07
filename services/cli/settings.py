"""Every setting: `TOCSIN_*` in the environment, a file of that name in /run/secrets, or `tocsin.toml` where it runs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from services.classify.settings import ClassifySettings
from services.cli.errors import Misconfigured
from services.ingest.settings import IngestSettings
from services.runtime import logs
from services.runtime.settings import listed
from services.webhook.settings import WebhookSettings
from services.websocket.settings import WebsocketSettings

FILE = "tocsin.toml"
PREFIX = "TOCSIN_"
SECRETS = Path("/run/secrets")
"""A setting that others must not read can be a file here, called as the variable is; groups cannot."""

SERVICES = ("ingest", "classify", "enrich", "alert", "websocket", "webhook")


class KafkaSettings(BaseModel):
    """`TOCSIN_KAFKA__*`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bootstrap: str = Field(default="localhost:9092", description="Brokers to begin with: host:port, comma-separated.")
    partitions: int = Field(default=6, ge=1, description="Partitions of topics that do not exist yet.")
    replication: int = Field(default=1, ge=1, description="Copies of each partition; 3 in a cluster.")
    instance: str | None = Field(
        default=None, min_length=1, description="This replica's name over restarts: it takes up its partitions at once."
    )


class Settings(BaseSettings):
    """`TOCSIN_*`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", toml_file=FILE, frozen=True, extra="forbid"
    )

    data: Path = Field(default=Path(".tocsin"), description="Folder of the embedded log.")
    bus: Literal["embedded", "kafka"] = Field(default="embedded", description="Where records are kept.")
    http_host: str = Field(default="127.0.0.1", description="Address that HTTP listens on; 0.0.0.0 for all.")
    http_port: int = Field(default=8080, ge=0, le=65535, description="Port of the API and the dashboard.")
    ws_host: str = Field(default="127.0.0.1", description="Address that the alert stream listens on.")
    ws_port: int = Field(default=8081, ge=0, le=65535, description="Port of the alert stream.")
    api_keys: Annotated[tuple[str, ...], NoDecode, BeforeValidator(listed)] = Field(
        default=(), repr=False, description="Keys that clients send as Bearer; none: only this machine is served."
    )
    origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(listed)] = Field(
        default=(), description="Further origins whose pages may call, e.g. https://desk.example."
    )
    log_level: logs.Level = Field(default="info", description="The least severe that is logged.")
    stop_budget: float = Field(default=10.0, gt=0, description="Seconds to finish what is in hand when stopped.")
    kafka: KafkaSettings = KafkaSettings()
    ingest: IngestSettings = IngestSettings()
    classify: ClassifySettings = ClassifySettings()
    websocket: WebsocketSettings = WebsocketSettings()
    webhook: WebhookSettings = WebhookSettings()

    @property
    def http_address(self) -> str:
        """Where a client on this machine finds the API, without a slash at the end."""
        return f"http://{_reached(self.http_host)}:{self.http_port}"

    @property
    def stream_address(self) -> str:
        """Where a client on this machine finds the alert stream."""
        return f"ws://{_reached(self.ws_host)}:{self.ws_port}/v1/stream"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (pydantic passes it)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (likewise)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, that over secrets, and those over the file."""
        secrets = (SecretsSettingsSource(settings_cls, secrets_dir=SECRETS),) if SECRETS.is_dir() else ()
        return init_settings, env_settings, *secrets, TomlConfigSettingsSource(settings_cls)


def load(**given: Any) -> Settings:
    """
    The settings in force.

    Args:
        given: on the command line; wins over the environment and the file.

    Raises:
        Misconfigured: a value cannot be used; names each such setting, one a line.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        problems: dict[str, str] = {}
        for found in error.errors(include_url=False):
            said = "there is no such setting" if found["type"] == "extra_forbidden" else found["msg"]
            problems.setdefault(_named(found["loc"]), said)
        told = [f"setting {name}: {said}; see 'tocsin settings'" for name, said in problems.items()]
        raise Misconfigured("\n".join(told)) from error
    except SettingsError as error:
        raise Misconfigured(f"{error}: {error.__cause__}; see 'tocsin settings'") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{FILE} is no TOML: {error}") from error


def described(model: type[BaseModel] = Settings, prefix: str = PREFIX) -> Iterator[tuple[str, Any, str]]:
    """Name, default and meaning of every setting."""
    for name, field in model.model_fields.items():
        inner = _group(model, name)
        if inner is not None:
            yield from described(inner, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}", field.get_default(call_default_factory=True), field.description or ""


def _named(place: Sequence[int | str]) -> str:
    """The variable for the place of an error: what names the setting, and not what is inside its value."""
    names: list[str] = []
    model: type[BaseModel] | None = Settings
    for step in place:
        if model is None:
            break
        names.append(str(step))
        model = _group(model, str(step))
    return f"{PREFIX}{'__'.join(names).upper()}"


def _group(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    """The settings inside a setting; None where it is a plain one, or there is none of that name."""
    field = model.model_fields.get(name)
    inner = field.annotation if field else None
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def _reached(host: str) -> str:
    """The host as a URL names it: who listens on all addresses is reached by loopback."""
    reached = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared, not bound)
    return f"[{reached}]" if ":" in reached else reached
