"""Settings of the ingest service."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class IngestSettings(BaseModel):
    """`TOCSIN_INGEST__*`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    most_in_flight: int = Field(default=256, ge=1, description="Pushes taken in at once; past it the answer is 503.")
