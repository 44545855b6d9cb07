"""
The life of an alert, one function for each way it can change.

    (none) --raise--> raised --revise--> revised --correct--> corrected --kill--> killed
                         `----------------^------------------------^----------------^

Each takes the alert as last published and gives the next revision; numbers have no gap. Killed is the end.
"""

from __future__ import annotations

from datetime import datetime

from events.alert import Alert, AlertId, AlertStatus, Report
from events.base import derived_id
from events.story import EventId, Severity, Story, StoryEnriched, StoryId
from services.alert.core import text

_REPORTS = 50
_STORIES = 200


def alert_id(event_id: EventId, *, test: bool) -> AlertId:
    """The one alert of an event; a drill has another."""
    return AlertId(derived_id("alert", event_id, "test" if test else ""))


def raised(event: StoryEnriched, at: datetime) -> Alert:
    """Revision 1, from the first breaking story of the event."""
    story, verdict = event.story, event.verdict
    return Alert(
        id=alert_id(verdict.event_id, test=story.test),
        event_id=verdict.event_id,
        revision=1,
        status=AlertStatus.RAISED,
        severity=verdict.severity,
        test=story.test,
        interrupt=True,
        headline=text.headline(story.headline),
        summary=text.summary(story.body),
        language=story.language,
        url=story.url,
        score=verdict.score,
        reasons=verdict.reasons,
        entities=event.entities,
        places=event.places,
        topics=event.topics,
        lead=story.id,
        stories=(story.id,),
        reports=(report(story),),
        changes=(f"Raised on a report by {story.source}.",),
        clocks={
            "published": story.published,
            "first_seen": story.first_seen,
            "classified": event.classified_at,
            "enriched": event.enriched_at,
            "raised": at,
        },
    )


def reported(alert: Alert, event: StoryEnriched, at: datetime, *, keep_headline: bool, correction: bool) -> Alert:
    """
    A further story tells of the event. One that escalates it leads from now on: what made it worse is the news.

    Args:
        alert: as last published.
        event: the story.
        at: for the clock.
        keep_headline: the headline is an editor's.
        correction: its source says that what it sent before, under another id, was wrong.
    """
    story = event.story
    escalated = event.verdict.severity.rank < alert.severity.rank
    changes = [_correction(story)] if correction else []
    changes.append(f"{story.source} also reports it: {text.headline(story.headline)}")
    if escalated:
        changes.append(_escalation(alert.severity, event.verdict.severity, story))
    revision = _next(
        alert,
        at,
        status=AlertStatus.CORRECTED if correction else AlertStatus.REVISED,
        interrupt=correction or escalated,
        severity=event.verdict.severity if escalated else alert.severity,
        score=max(alert.score, event.verdict.score),
        stories=(*alert.stories, story.id)[-_STORIES:],
        reports=(*alert.reports, report(story))[-_REPORTS:],
        changes=tuple(changes),
    )
    return _led_by(revision, event, keep_headline=keep_headline) if escalated else revision


def updated(alert: Alert, event: StoryEnriched, at: datetime, *, keep_headline: bool, correction: bool) -> Alert:
    """
    A story that the alert already counts was sent again, changed.

    Args:
        alert: as last published.
        event: the story's new revision.
        at: for the clock.
        keep_headline: the headline is an editor's.
        correction: the source says that what it sent before was wrong.
    """
    story = event.story
    escalated = event.verdict.severity.rank < alert.severity.rank
    changes = [_correction(story) if correction else f"{story.source} updated its story."]
    if escalated:
        changes.append(_escalation(alert.severity, event.verdict.severity, story))
    kept = tuple(held for held in alert.reports if held.story_id != story.id)
    revision = _next(
        alert,
        at,
        status=AlertStatus.CORRECTED if correction else AlertStatus.REVISED,
        interrupt=correction or escalated,
        severity=event.verdict.severity if escalated else alert.severity,
        score=max(alert.score, event.verdict.score),
        reports=(*kept, report(story))[-_REPORTS:],
        changes=tuple(changes),
    )
    return _led_by(revision, event, keep_headline=keep_headline) if story.id == alert.lead else revision


def withdrawn(alert: Alert, withdrawal: Story, story_id: StoryId, at: datetime, *, keep_headline: bool) -> Alert:
    """
    A source withdrew its story: the alert is killed with its last report, else corrected.

    Args:
        alert: as last published.
        withdrawal: what the source sent; may have an id of its own.
        story_id: the story that it withdraws.
        at: for the clock.
        keep_headline: the headline is an editor's.
    """
    standing = tuple(held for held in alert.reports if held.story_id != story_id)
    why = f"{withdrawal.source} withdrew its story{_note(withdrawal)}."
    if len(standing) == 0:
        return killed(alert, why, at)
    changes = (why, "1 other report stands." if len(standing) == 1 else f"{len(standing)} other reports stand.")
    revision = _next(
        alert,
        at,
        status=AlertStatus.CORRECTED,
        interrupt=True,
        reports=standing,
        stories=tuple(held for held in alert.stories if held != story_id),
        changes=changes,
    )
    if story_id != alert.lead:
        return revision
    lead = standing[0]
    headline = alert.headline if keep_headline else text.headline(lead.headline)
    return revision.model_copy(
        update={
            "lead": lead.story_id,
            "headline": headline,
            "summary": "",
            "url": lead.url,
            "entities": (),
            "changes": (*changes, *_former(alert, headline)),
        }
    )


def killed(alert: Alert, why: str, at: datetime) -> Alert:
    """Withdrawn: whoever got the alert must not use it."""
    return _next(alert, at, status=AlertStatus.KILLED, interrupt=True, changes=(why,))


def corrected_by_editor(alert: Alert, headline: str, why: str, at: datetime) -> Alert:
    """An editor replaced the headline, with one that is fit for an alert."""
    return _next(
        alert,
        at,
        status=AlertStatus.CORRECTED,
        interrupt=True,
        headline=headline,
        changes=(why, *_former(alert, headline)),
    )


def report(story: Story) -> Report:
    """A story as it stands in an alert's list of reports."""
    return Report(
        story_id=story.id,
        source=story.source,
        headline=text.headline(story.headline),
        url=story.url,
        published=story.published,
    )


def _led_by(alert: Alert, event: StoryEnriched, *, keep_headline: bool) -> Alert:
    """The alert with the text and the names of this story."""
    story = event.story
    headline = alert.headline if keep_headline else text.headline(story.headline)
    return alert.model_copy(
        update={
            "lead": story.id,
            "headline": headline,
            "summary": text.summary(story.body),
            "language": story.language,
            "url": story.url or alert.url,
            "entities": event.entities,
            "places": event.places,
            "topics": event.topics,
            "changes": (*alert.changes, *_former(alert, headline)),
        }
    )


def _next(alert: Alert, at: datetime, **changed: object) -> Alert:
    clocks = {**alert.clocks, "revised": at}
    return alert.model_copy(update={"revision": alert.revision + 1, "clocks": clocks, **changed})


def _former(alert: Alert, headline: str) -> tuple[str, ...]:
    return () if headline == alert.headline else (f"Headline was: {alert.headline}",)


def _correction(story: Story) -> str:
    return f"{story.source} corrected its story{_note(story)}."


def _note(story: Story) -> str:
    return f": {text.headline(story.editorial_note.rstrip('. '))}" if story.editorial_note else ""


def _escalation(before: Severity, after: Severity, story: Story) -> str:
    return f"Raised from {before} to {after}: {story.source} sent it as {after}."
