"""Settings of the websocket service."""

from __future__ import annotations

import socket

from pydantic import BaseModel, ConfigDict, Field


class WebsocketSettings(BaseModel):
    """`TOCSIN_WEBSOCKET__*`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gateway: str = Field(
        default_factory=socket.gethostname, min_length=1, description="Name of this gateway in the ledger; one each."
    )
    outbox_bytes: int = Field(
        default=1024 * 1024, ge=16 * 1024, description="Bytes that may wait for one client before it is too slow."
    )
    most_connections: int = Field(default=10_000, ge=1, description="Streams open at once; past it the answer is 503.")
    most_per_address: int = Field(default=256, ge=1, description="Streams open at once from one address.")
    most_subscriptions: int = Field(default=64, ge=1, description="Subscriptions in one connection.")
    most_alerts: int = Field(default=20_000, ge=1, description="Alerts on the board; those revised longest ago go.")
    board_bytes: int = Field(default=256 * 1024 * 1024, ge=1, description="Bytes of alerts on the board.")
    most_verdicts: int = Field(default=50_000, ge=1, description="Stories whose verdict can be asked for.")
    auth_seconds: float = Field(default=10.0, gt=0, description="How long a client may take to send its key.")
    heartbeat_seconds: float = Field(default=15.0, gt=0, description="Pause between heartbeats of an SSE stream.")
    ledger_seconds: float = Field(default=1.0, gt=0, description="How often recipients are written to the ledger.")
    public_stream: str = Field(
        default="", description="wss:// URL that pages use where a proxy stands before the stream; else its own port."
    )
