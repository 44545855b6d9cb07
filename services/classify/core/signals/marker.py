"""The newsroom's own mark: a word before the headline, the section it ran under, its slug, keywords or note."""

from __future__ import annotations

import re

from events.story import Reason, Story
from services.classify.core.context import Context
from services.classify.core.markers import SECTIONS, Marker
from services.classify.core.reading import Reading
from services.classify.core.terms import fold

SECTION_WEIGHT = 1.9
"""A label is weaker than a word before the headline: sites leave it standing over the day's news."""

SLUG_WEIGHT = 2.4
NOTE_WEIGHT = 1.6
KEYWORD_WEIGHT = 1.2
_ALONG = 0.3
"""Share of a further mark's weight: they repeat one decision."""

_SLUG = re.compile(r"\b(?:apnewsalert|newsalert|news-alert|breaking-news|newsflash|urgent|bulletin|flash)\b")
_NOT_SLUG = re.compile(r"\bflash-flood|\burgent-(?:care|need)|\bflash-(?:mob|sale|drive|memory)|\bbulletin-board")
_NOTE = re.compile(r"^\W*(?:urgent|bulletin|flash|breaking(?: news)?|apnewsalert|newsalert)\b")
_LABEL_SPLIT = re.compile(r"\s*[/|>;,\u203a\u00bb]\s*")


def read(reading: Reading, context: Context) -> tuple[Reason, ...]:  # noqa: ARG001
    """The strongest mark in full, further ones in part; marks against breaking news in full."""
    marks = sorted((*reading.markers, *_around(reading.story)), key=lambda mark: -mark.weight)
    reasons: list[Reason] = []
    spoken_for = False
    for mark in marks:
        weight = mark.weight * _ALONG if spoken_for and mark.weight > 0 else mark.weight
        spoken_for = spoken_for or mark.weight > 0
        reasons.append(Reason(signal="marker", weight=round(weight, 3), evidence=mark.words))
    return tuple(reasons)


def _around(story: Story) -> list[Marker]:
    marks: list[Marker] = []
    labels = [fold(label).strip() for label in _LABEL_SPLIT.split((story.section or "")[:200])]
    marks.extend(Marker(f"section: {label}", SECTION_WEIGHT) for label in labels if label in SECTIONS)
    slug = re.sub(r"[\s_/]+", "-", fold((story.slug or "")[:200]))
    found = _SLUG.search(slug)
    if found and not _NOT_SLUG.search(slug):
        marks.append(Marker(f"slug: {found.group()}", SLUG_WEIGHT))
    note = _NOTE.match(fold((story.editorial_note or "")[:200]))
    if note:
        marks.append(Marker(f"editorial note: {note.group().strip()}", NOTE_WEIGHT))
    keywords = {fold(keyword[:60]).strip() for keyword in story.keywords[:50]}
    marks.extend(Marker(f"keyword: {word}", KEYWORD_WEIGHT) for word in sorted(keywords & SECTIONS))
    return marks
