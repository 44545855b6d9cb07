"""Settings of the webhook service."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import NoDecode

from services.runtime.settings import listed


class WebhookSettings(BaseModel):
    """`TOCSIN_WEBHOOK__*`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    allow_private: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(listed)] = Field(
        default=(), description="Private networks that webhooks may reach, e.g. 10.2.0.0/16,127.0.0.0/8."
    )
    connect_seconds: float = Field(default=5.0, gt=0, description="Longest wait for a connection.")
    answer_seconds: float = Field(default=15.0, gt=0, description="Longest wait for the whole answer.")
    concurrency: int = Field(default=256, ge=1, description="Requests in flight at once.")
    concurrency_per_endpoint: int = Field(default=4, ge=1, description="Of these, to one subscription.")
