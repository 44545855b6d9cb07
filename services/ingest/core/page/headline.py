"""Which line of a page is the headline of the article below it, and under which label it ran."""

from __future__ import annotations

import re

from services.ingest.core.page import cues
from services.ingest.core.page.lines import Line, content_words

_LEAD = 4
"""Lines of the body that a headline must speak of."""

_REACH = 40
"""Lines above the body in which it is looked for."""

_SITE = re.compile(r"\s+[|\-–—·»:•]+\s+|\s*[|»]\s*")
_FEWEST, _MOST = 2, 40
_FEWEST_IN_TITLE = 3
_SAME = 0.8
_OF_TITLE = 0.6
"""The rest of a title is the site's name and section."""


def find(page: tuple[Line, ...], start: int, end: int) -> int | None:
    """The index of the headline, or None; it may lie a little inside the body that was found."""
    lead = content_words(" ".join(line.text for line in page[start : min(end, start + _LEAD)]))
    body = content_words(" ".join(line.text for line in page[start:end][:30]))
    first = content_words(page[0].text)
    last = max(start + 3, 1) if end else len(page)
    scored = [
        (_score(page, i, distance=start - i, lead=lead, body=body, first=first), -i)
        for i in range(max(0, start - _REACH), min(last, len(page)))
        if i < start or not _is_sentence(page[i])
    ]
    if start > _REACH:
        scored.append((_score(page, 0, distance=_REACH, lead=lead, body=body, first=first), 0))
    best, index = max(scored, default=(0.0, 0))
    return -index if best > 0 else None


def repeats_of_title(page: tuple[Line, ...]) -> tuple[int, ...]:
    """The lines that say what the first one, the page's title, says: all of it but for the site's name."""
    title = without_site(page, 0).casefold()
    words = content_words(page[0].text)
    if len(words) < _FEWEST_IN_TITLE:
        return ()
    return tuple(
        i
        for i, line in enumerate(page[1:], start=1)
        if line.words <= _MOST and (line.folded in (title, page[0].folded) or _says(line, words))
    )


def _is_sentence(line: Line) -> bool:
    # A headline may end as a question, a call or a quotation does.
    return line.is_prose and not line.text.endswith(("?", "!", "”", '"', "’"))


def _says(line: Line, title: frozenset[str]) -> bool:
    if line.is_furniture or cues.BYLINE.search(line.folded) or cues.END.fullmatch(line.folded):
        return False
    own = content_words(line.text)
    return len(own) >= _FEWEST_IN_TITLE and len(own & title) >= _SAME * max(len(own), _OF_TITLE * len(title))


def without_site(page: tuple[Line, ...], index: int) -> str:
    """The headline; where only the page's title has it, without the site's name after it."""
    text = page[index].text
    parts = _SITE.split(text)
    if index == 0 and len(parts) > 1 and len(parts[-1].split()) <= 5:  # noqa: PLR2004 (a site's name)
        return text[: -len(parts[-1])].rstrip(" |-–—·»:•")
    return text


def section(page: tuple[Line, ...], index: int | None) -> str:
    """The label over the headline, or at most three lines above it; empty where there is none."""
    if index is None:
        return ""
    for line in reversed(page[max(0, index - 3) : index]):
        if cues.SECTION.fullmatch(line.folded.strip(" :|•")):
            return line.text.strip(" :|•")
    return ""


def _score(
    page: tuple[Line, ...],
    index: int,
    *,
    distance: int,
    lead: frozenset[str],
    body: frozenset[str],
    first: frozenset[str],
) -> float:
    line = page[index]
    if not _FEWEST <= line.words <= _MOST or line.is_furniture or cues.BYLINE.search(line.folded):
        return 0.0
    if cues.SECTION.fullmatch(line.folded) or cues.CAPTION.search(line.folded) or line.folded.endswith(":"):
        return 0.0
    own = content_words(line.text)
    if not own:
        return 0.0
    score = 2.0 * len(own & lead) / len(own) + 1.5 * len(own & body) / len(own)
    score += 0.5 * min(line.words, 8) / 8 + (0.4 if line.has_title_case and line.words > 3 else 0.0)  # noqa: PLR2004
    if index and len(own & first) >= 0.8 * len(own) and len(own) >= 0.4 * len(first):
        score += 2.5
    if _is_sentence(line):
        score -= 1.5
    if line.words > 25:  # noqa: PLR2004 (longer than headlines are)
        score -= 1.0
    if line.block > 3:  # noqa: PLR2004 (in a list)
        score -= 0.7
    return score - 0.03 * max(distance, 0) - (0.6 if distance < 0 else 0.0)
