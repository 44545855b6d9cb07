from __future__ import annotations

from asgi import call
from webhook_service import ground, memory

from services.ingest.app import assemble
from services.ingest.settings import IngestSettings
from services.runtime.bus.port import Partition
from services.runtime.http import application


async def test_the_service_is_its_route() -> None:
    """No part runs beside it: what is acknowledged is on the log already."""
    bus = await memory()
    base = ground(bus)
    assembly = assemble(base, IngestSettings())
    assert assembly.parts == ()
    assert base.health.problems(base.clock.now()) == {}
    app = application(assembly.routers, access=base.access, health=base.health, clock=base.clock)
    answer = await call(app, "POST", "/v1/stories", document={"headline": "Dam breaks in Orlova"})
    assert answer.status == 202
    assert len(bus.log(Partition("tocsin.stories", 0))) == 1
    assert (await call(app, "GET", "/v1/stories")).problem["status"] == 405
