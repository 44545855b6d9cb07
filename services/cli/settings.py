"""Every setting of Tocsin: `TOCSIN_*` in the environment, or `tocsin.toml` in the working directory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from services.classify.settings import ClassifySettings
from services.ingest.settings import IngestSettings
from services.runtime import logs
from services.webhook.settings import WebhookSettings
from services.websocket.settings import WebsocketSettings

SERVICES = ("ingest", "classify", "enrich", "alert", "websocket", "webhook")


class KafkaSettings(BaseModel):
    """`TOCSIN_KAFKA__*`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bootstrap: str = Field(default="localhost:9092", description="Brokers to begin with: host:port, comma-separated.")
    partitions: int = Field(default=6, ge=1, description="Partitions of topics that do not exist yet.")
    replication: int = Field(default=1, ge=1, description="Copies of each partition; 3 in a cluster.")


class Settings(BaseSettings):
    """`TOCSIN_*`."""

    model_config = SettingsConfigDict(
        env_prefix="TOCSIN_", env_nested_delimiter="__", toml_file="tocsin.toml", frozen=True, extra="forbid"
    )

    data: Path = Field(default=Path(".tocsin"), description="Folder of the embedded log.")
    bus: Literal["embedded", "kafka"] = Field(default="embedded", description="Where records are kept.")
    http_host: str = Field(default="127.0.0.1", description="Address that HTTP listens on; 0.0.0.0 for all.")
    http_port: int = Field(default=8080, ge=0, le=65535, description="Port of the API and the dashboard.")
    ws_host: str = Field(default="127.0.0.1", description="Address that the alert stream listens on.")
    ws_port: int = Field(default=8081, ge=0, le=65535, description="Port of the alert stream.")
    api_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), repr=False, description="Keys that clients send as Bearer; none: only this machine is served."
    )
    origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Further origins whose pages may call, e.g. https://desk.example."
    )
    log_level: logs.Level = Field(default="info", description="The least severe that is logged.")
    stop_budget: float = Field(default=10.0, gt=0, description="Seconds to finish what is in hand when stopped.")
    kafka: KafkaSettings = KafkaSettings()
    ingest: IngestSettings = IngestSettings()
    classify: ClassifySettings = ClassifySettings()
    websocket: WebsocketSettings = WebsocketSettings()
    webhook: WebhookSettings = WebhookSettings()

    @field_validator("api_keys", "origins", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """Comma-separated in the environment, a list in the file."""
        if isinstance(value, str):
            return tuple(item.strip() for item in value.split(",") if item.strip())
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (pydantic passes it)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (likewise)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, and that over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def described(model: type[BaseModel] = Settings, prefix: str = "TOCSIN_") -> Iterator[tuple[str, Any, str]]:
    """Name, default and meaning of every setting."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from described(inner, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}", field.get_default(call_default_factory=True), field.description or ""
