from __future__ import annotations

from services.classify.core.context import NO_CONTEXT, Context


def test_without_context_there_is_no_event() -> None:
    """A story alone is the first of its event."""
    assert Context() == NO_CONTEXT
    assert NO_CONTEXT.event is None
