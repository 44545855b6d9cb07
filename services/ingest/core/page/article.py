"""
The article in a page's text: headline, label, byline, paragraphs; everything else is furniture.

The body is the run of lines with the greatest sum of weights (maximum subsequence segmentation, Pasternack and Roth,
WWW 2009), where prose weighs its length and everything else pulls down. The headline is the line near its beginning
that looks most like a title and shares most words with it. Then lines inside the run that are no paragraphs go.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.ingest.core import dates
from services.ingest.core.page import cues, headline, lines
from services.ingest.core.page.lines import Line

_MOST_PROSE = 60
"""Words; a longer paragraph weighs no more, so that one licence text does not outweigh an article."""

_SHORT = -4.0
_TITLE = -7.0
"""A line as long as a sentence that does not end as one: mostly a link to another story."""

_REPEATED = -6.0
_FURNITURE = -12.0
_BREAK = -12.0
"""Links to other stories stand in the middle of many articles: these go on where more follows than teasers hold."""

_THREAD = -20.0
_END = -1000.0
_OPENING_LINES = 4
_LONGEST_LABEL = 4
_LONGEST_CUE = 14
"""Words of a line that stands over something; longer ones are prose that begins with the same words."""

_ANCHORED = 40.0
"""Weight of the run below a headline that the page's title repeats, from which on it is believed."""

_MOST_CREDIT, _MOST_CAPTION, _MOST_SCENE = 40, 45, 35
"""Words."""


@dataclass(frozen=True, slots=True)
class Article:
    """What was found; empty where the page does not have it."""

    headline: str
    paragraphs: tuple[str, ...]
    section: str = ""
    byline: str = ""
    credit: str = ""
    published: datetime | None = None


def find(text: str) -> Article:
    """The one article of a page's text; both headline and paragraphs are empty where no line reads like either."""
    page = lines.read(text)
    if not page:
        return Article("", ())
    weights = [_weight(line) for line in page]
    title, (start, end) = _anchored(page, weights)
    if title is None:
        start, end = _body(weights, 0)
        title = headline.find(page, start, end)
        if title is not None and title >= start:
            start = title + 1
    if title is not None:
        start = _with_lead(page, title + 1, start)
    above = range(0 if title is None else title + 1, start)
    body = _without_captions(page, _paragraphs(page, start, end))
    return Article(
        headline="" if title is None else headline.without_site(page, title),
        paragraphs=tuple(page[i].text for i in body),
        section=headline.section(page, title),
        byline=next((page[i].text for i in above if cues.BYLINE.search(page[i].folded)), ""),
        credit=next((line.text for line in page[start : end + 3] if _is_credit(line)), ""),
        published=next((moment for i in above if (moment := dates.parse(page[i].text))), None),
    )


def _weight(line: Line) -> float:
    if line.words <= _LONGEST_CUE and (cue := _weight_of_cue(line)) is not None:
        return cue
    if line.is_furniture:
        return _FURNITURE
    if line.is_prose:
        return min(line.words, _MOST_PROSE) / (2.0 if line.repeated else 1.0)
    if line.repeated:
        return _REPEATED
    return _SHORT if line.words <= _LONGEST_LABEL else _TITLE


def _weight_of_cue(line: Line) -> float | None:
    if cues.END.fullmatch(line.folded):
        return _END
    if cues.BREAK.fullmatch(line.folded):
        return _BREAK
    return _THREAD if not line.is_prose and cues.THREAD.search(line.folded) else None


def _anchored(page: tuple[Line, ...], weights: list[float]) -> tuple[int | None, tuple[int, int]]:
    """The headline that the title in the first line repeats, with the run below it; none where no run is there."""
    found = [(*_body_below(weights, i + 1), i) for i in headline.repeats_of_title(page)]
    best, start, end, title = max(found, key=lambda run: (run[0], run[3]), default=(0.0, 0, 0, 0))
    return (title, (start, end)) if best >= _ANCHORED else (None, (0, 0))


def _body_below(weights: list[float], first: int) -> tuple[float, int, int]:
    start, end = _body(weights, first)
    # Furniture between a headline and its text is of some lines only: what lies far below is another text.
    return sum(weights[start:end]) - 2.0 * (start - first), start, end


def _body(weights: list[float], first: int) -> tuple[int, int]:
    """First line and the one after the last of the run with the greatest sum; an empty run where all are negative."""
    best, best_start, best_end = 0.0, first, first
    total, start = 0.0, first
    for i in range(first, len(weights)):
        if total <= 0:
            total, start = 0.0, i
        total += weights[i]
        if total > best:
            best, best_start, best_end = total, start, i + 1
    return best_start, best_end


def _paragraphs(page: tuple[Line, ...], start: int, end: int) -> list[int]:
    kept: list[int] = []
    in_links = False
    for i in range(start, end):
        line = page[i]
        if line.words <= _LONGEST_CUE and cues.BREAK.fullmatch(line.folded):
            in_links = True
        elif line.is_prose and not line.text.endswith(("...", "…")):
            in_links = False
        if not in_links and not _is_furniture(line):
            kept.append(i)
    return kept


def _with_lead(page: tuple[Line, ...], first: int, start: int) -> int:
    """
    The beginning of the run, moved up to an opening that links to other stories cut off.

    A short first paragraph weighs less than the links below it, and is the one that must not be lost.
    """
    cut = next((i for i in range(first, start) if cues.BREAK.fullmatch(page[i].folded)), first)
    opening = (i for i in range(max(first, cut - _OPENING_LINES), cut) if page[i].is_prose and not page[i].is_furniture)
    return next(opening, start)


def _is_furniture(line: Line) -> bool:
    if line.is_furniture or _is_credit(line):
        return True
    if line.is_prose:
        return False
    return line.repeated or any(cue.search(line.folded) for cue in (cues.BYLINE, cues.THREAD))


def _is_credit(line: Line) -> bool:
    return line.words <= _MOST_CREDIT and cues.CREDIT.search(line.folded) is not None


def _without_captions(page: tuple[Line, ...], body: list[int]) -> list[int]:
    # Over the first paragraph stands the picture; further down a sentence like its caption may be a paragraph.
    return [i for rank, i in enumerate(body) if not _is_caption(page[i], leads=rank == 0 and len(body) > 2)]  # noqa: PLR2004


def _is_caption(line: Line, *, leads: bool) -> bool:
    if line.words <= _MOST_CAPTION and cues.CAPTION.search(line.folded) and not cues.DATELINE.search(line.folded):
        return True
    is_scene = line.words <= _MOST_SCENE and cues.SCENE.search(line.folded) and cues.DATED.search(line.folded)
    return leads and bool(is_scene)
