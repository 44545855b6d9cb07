"""`POST /v1/stories`: a story is acknowledged once it is on the log, and not before."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel

from events.story import Story, StoryId
from services.ingest.core import receive
from services.ingest.core.draft import TooLarge, UnknownFormat, Unparseable
from services.ingest.core.ingested import ingested
from services.runtime import metrics
from services.runtime.assembly import Ground
from services.runtime.bus.port import Outgoing
from services.runtime.http import MOST_BODY_BYTES, Problem
from services.runtime.publish import record_of

_IN_THREAD_BYTES = 16 * 1024
_MOST_SOURCES = 200
"""Sources that are counted by name: whoever pushes may invent more of them than a metric can hold."""

_RETRY_AFTER = {"retry-after": "1"}


class Accepted(BaseModel):
    """A story that is on the log."""

    id: StoryId
    source: str
    headline: str


class Acknowledgement(BaseModel):
    """What was taken in; from here on nothing of it is lost."""

    accepted: list[Accepted]


def router(ground: Ground, most_in_flight: int) -> APIRouter:
    """The ingest routes."""
    routes = APIRouter(tags=["stories"])
    places = asyncio.Semaphore(most_in_flight)
    named: set[str] = set()

    @routes.post("/v1/stories", status_code=202, summary="Push stories in any format that is known")
    async def post(
        request: Request,
        source: Annotated[str, Query(min_length=1, max_length=100, description="Name of the source")] = "push",
        traceparent: Annotated[str | None, Header()] = None,
    ) -> Acknowledgement:
        """
        Take in stories as JSON, ninjs, NewsML-G2, NITF, wire text, feeds, CAP, sitemaps, HTML or the text of a page.

        The format is told by Content-Type, or by the bytes where that says nothing. Pushing the same story again
        gives the same id and no second alert.
        """
        if places.locked():
            raise Problem(503, "Service Unavailable", "too many pushes at once; send it again", _RETRY_AFTER)
        async with places:
            raw = await _body(request)
            push = partial(_taken_in, raw, request.headers.get("content-type"), source, traceparent, ground.clock.now())
            # What takes long enough to be felt by others on the event loop is done beside it.
            stories, records = await asyncio.to_thread(push) if len(raw) >= _IN_THREAD_BYTES else push()
            await ground.bus.append(records)
        for story in stories:
            if len(named) < _MOST_SOURCES:
                named.add(story.source)
            metrics.ACCEPTED.labels(story.source if story.source in named else "others").inc()
        return Acknowledgement(
            accepted=[Accepted(id=story.id, source=story.source, headline=story.headline) for story in stories]
        )

    _ = post
    return routes


def _taken_in(
    raw: bytes, content_type: str | None, source: str, traceparent: str | None, at: datetime
) -> tuple[list[Story], list[Outgoing]]:
    """The stories in the bytes, and the record of each."""
    try:
        stories = receive.stories(raw, content_type=content_type, source=source, at=at)
    except UnknownFormat as error:
        metrics.REFUSED.labels("format").inc()
        raise Problem(415, "Unsupported Media Type", str(error)) from error
    except TooLarge as error:
        metrics.REFUSED.labels("size").inc()
        raise Problem(413, "Content Too Large", str(error)) from error
    except Unparseable as error:
        metrics.REFUSED.labels("unparseable").inc()
        raise Problem(422, "Unprocessable Content", str(error)) from error
    return stories, [record_of(ingested(story, traceparent)) for story in stories]


async def _body(request: Request) -> bytes:
    raw = await request.body()
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        return raw
    if encoding not in {"gzip", "x-gzip"}:  # RFC 9110, 8.4.1.3: the same
        metrics.REFUSED.labels("encoding").inc()
        raise Problem(415, "Unsupported Media Type", f"content-encoding {encoding!r} is not read; send gzip or none")
    return await asyncio.to_thread(_inflated, raw)


def _inflated(raw: bytes) -> bytes:
    """Gunzip all members (RFC 1952, 2.2), stopping as soon as there is more than a body may have."""
    try:
        with gzip.GzipFile(fileobj=BytesIO(raw)) as members:
            whole = members.read(MOST_BODY_BYTES + 1)
    except (EOFError, OSError, zlib.error) as error:
        metrics.REFUSED.labels("encoding").inc()
        raise Problem(422, "Unprocessable Content", f"the gzip body is damaged: {error}") from error
    if len(whole) > MOST_BODY_BYTES:
        metrics.REFUSED.labels("size").inc()
        raise Problem(413, "Content Too Large", f"the body inflates to more than {MOST_BODY_BYTES} bytes")
    return whole
