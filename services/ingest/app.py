"""Wiring of the ingest service."""

from __future__ import annotations

from services.ingest.adapters.routes import router
from services.ingest.settings import IngestSettings
from services.runtime.assembly import Assembly, Ground


def assemble(ground: Ground, settings: IngestSettings) -> Assembly:
    """The ingest service."""
    return Assembly(parts=(), routers=(router(ground, settings.most_in_flight),))
