"""Text made safe to show and to compare: one normal form, no invisible tricks, one kind of white space, capped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

LONGEST_HEADLINE = 500
LONGEST_BODY = 200_000
_ELLIPSIS = "…"

# C0 and C1 controls but for white space, soft hyphen, zero-width space, bidirectional marks, embeddings, overrides and
# isolates, invisible operators, variation selector 15 (text style), tag characters, noncharacters and surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe0e\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
# A joiner shapes letters of Arabic and Indic scripts and joins emoji; between Latin letters it only hides.
_IDLE_JOINER = re.compile("(?<![\u0590-\uffff\U00010000-\U0010ffff])[\u200c\u200d]+|[\u200c\u200d]+(?=\\s|$)")
_SPACE = re.compile(r"[\s\x1c-\x1f\x85\u2028\u2029]+")
_PLAIN = re.compile(r"[ -~]*")
_SENTENCE_END = re.compile(r"[.!?…]['\"”’)\]]*\s|[。！？]")
_MARKS_IN_A_ROW = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]{3})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]+"
)


def line(text: str) -> str:
    """The text on one line: NFC, invisible characters out, each run of white space one space, none at the ends."""
    if _PLAIN.fullmatch(text):
        return text.strip() if "  " not in text else " ".join(text.split())
    text = _SPACE.sub(" ", unicodedata.normalize("NFC", _INVISIBLE.sub("", text)))
    text = _MARKS_IN_A_ROW.sub(r"\1", _IDLE_JOINER.sub("", text))
    return text.strip()


def headline(text: str) -> str:
    """One line of at most 500 characters, cut at a word."""
    return _cut(line(text), LONGEST_HEADLINE)


def body(paragraphs: Iterable[str]) -> str:
    """
    Clean paragraphs, separated by one blank line, of at most 200,000 characters together.

    What is over is cut at a paragraph; a first paragraph that is longer alone is cut at a word.
    """
    kept: list[str] = []
    room = LONGEST_BODY
    for paragraph in map(line, paragraphs):
        if not paragraph:
            continue
        if len(paragraph) > room:
            return "\n\n".join(kept) if kept else _cut(paragraph, room)
        kept.append(paragraph)
        room -= len(paragraph) + 2
    return "\n\n".join(kept)


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a plain text: parted by blank lines where it has some, else by line breaks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    parts: Sequence[str] = re.split(r"\n[ \t\f\v]*\n", text)
    if len(parts) == 1:
        parts = text.split("\n")
    return tuple(stripped for part in parts if (stripped := part.strip()))


def first_sentence(text: str) -> str:
    """The first sentence, for a story that came without a headline."""
    end = _SENTENCE_END.search(text)
    return text[: end.end()].strip() if end else text


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    word_end = head.rfind(" ")
    return head[: word_end if word_end > longest // 2 else None].rstrip() + _ELLIPSIS
