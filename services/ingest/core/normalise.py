"""From a draft to a story revision: cleaned, identified, dated by what is believed, mapped onto our ladder."""

from __future__ import annotations

from datetime import datetime

from events.story import Notice, Story, StoryStatus
from services.ingest.core import clean, dates, identity, ladder, language, notices
from services.ingest.core.draft import Draft

_LONGEST_FIELD = 500
_LONGEST_NOTE = 5000
_MOST_KEYWORDS = 50


def normalise(draft: Draft, *, source: str, at: datetime, scheme: str | None = None) -> Story:
    """
    The story revision that the draft tells.

    Args:
        source: name of the channel; the draft's own source goes before it.
        at: when it was received, aware: `first_seen`, and the measure of which dates are believed.
        scheme: whose codes the plain numbers of this source are; None for the IPTC's.
    """
    source = _field(draft.source) or source
    headline = clean.headline(draft.headline)
    body = clean.body(draft.paragraphs)
    if not headline:
        headline = clean.headline(clean.first_sentence(body.partition("\n")[0]))
    note = clean.line(draft.editorial_note or "")[:_LONGEST_NOTE]
    status, notice = _standing(draft, headline, note)
    test = draft.test or notices.is_test(headline, draft.signals)
    priority_scheme = scheme if scheme and draft.priority_scheme == ladder.NINJS.scheme else draft.priority_scheme
    severity = ladder.severity(priority_scheme, draft.priority) if draft.priority else None
    digest = identity.digest(
        headline=headline, body=body, status=status, test=test, embargo=draft.embargo, severity=severity, notice=notice
    )
    return Story(
        id=identity.story_id(draft, source),
        source=source,
        version=1 if draft.version is None else draft.version,
        digest=digest,
        status=status,
        test=test,
        notice=notice,
        headline=headline,
        body=body,
        language=language.tag(draft.language) or language.identify(headline, body),
        url=identity.canonical_url(draft.url),
        byline=_field(draft.byline),
        section=_field(draft.section),
        slug=_field(draft.slug),
        published=_believed(draft.published, at) or at,
        first_published=_believed(draft.first_published, at),
        first_seen=at,
        embargo=draft.embargo,
        severity=severity,
        raw_priority=clean.line(f"{priority_scheme}:{draft.priority}")[:_LONGEST_FIELD] if draft.priority else None,
        editorial_note=note or None,
        keywords=_keywords(draft.keywords),
    )


def doubts(draft: Draft, *, at: datetime) -> tuple[str, ...]:
    """What the draft says and the story does not repeat, one sentence each: for the log and the sender."""
    dated = (("published", draft.published), ("first_published", draft.first_published))
    return draft.doubts + tuple(
        f"{name} {moment.isoformat()} is not believed: it is before {dates.EARLIEST_YEAR} or over "
        f"{dates.AHEAD.days} days after {at.isoformat()}, when the story was received."
        for name, moment in dated
        if moment is not None and _believed(moment, at) is None
    )


def _standing(draft: Draft, headline: str, note: str) -> tuple[StoryStatus, Notice | None]:
    """Status and notice agree in the end: what is canceled is a kill, and what is killed is canceled."""
    notice = draft.notice or notices.of_signals(draft.signals) or notices.of_wording(headline, note)
    if draft.status is StoryStatus.CANCELED or notice is Notice.KILL:
        return StoryStatus.CANCELED, Notice.KILL
    if notices.is_hold(draft.signals):
        return StoryStatus.WITHHELD, notice
    return draft.status, notice


def _believed(moment: datetime | None, at: datetime) -> datetime | None:
    return moment if moment is not None and dates.is_believed(moment, at=at) else None


def _field(text: str | None) -> str | None:
    return clean.line(text or "")[:_LONGEST_FIELD].rstrip() or None


def _keywords(words: tuple[str, ...]) -> tuple[str, ...]:
    cleaned = (word for text in words[: _MOST_KEYWORDS * 2] if (word := _field(text)))
    return tuple(dict.fromkeys(cleaned))[:_MOST_KEYWORDS]
