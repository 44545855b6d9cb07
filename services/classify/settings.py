"""Settings of the classify service."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ClassifySettings(BaseModel):
    """`TOCSIN_CLASSIFY__*`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: float = Field(default=0.5, ge=0, le=1, description="Score from which a story is breaking.")
    window_hours: float = Field(default=72.0, gt=0, description="How long a story can be joined by others.")
