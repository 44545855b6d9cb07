"""Wiring of the ingest service."""

from __future__ import annotations

from services.ingest.adapters.routes import router
from services.ingest.core import language
from services.ingest.settings import IngestSettings
from services.runtime.assembly import Assembly, Ground


def assemble(ground: Ground, settings: IngestSettings) -> Assembly:
    """The ingest service. The language model is loaded now, so that the first story need not wait for it."""
    language.identify("a first sentence")
    return Assembly(parts=(), routers=(router(ground, settings.most_in_flight),))
