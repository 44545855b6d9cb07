"""
Kills, corrections, holds and tests: told by status, by signal, or only by the wording of headline or note.

Vocabulary: AP editorial types and notes, Reuters (STORY WITHDRAWN, CORRECTED), dpa (KILL KILL KILL), NewsML-G2 signals.
"""

from __future__ import annotations

import re

from events.story import Notice

_NOTICES_OF_SIGNALS = (
    (
        Notice.KILL,
        frozenset(
            (
                "kill",
                "elimination",
                "retraction",
                "retracted",
                "withdrawal",
                "withdrawn",
                "takedown",
                "recall",
                "disregard",
            )
        ),
    ),
    (Notice.CORRECTION, frozenset(("correction", "corrective", "corrected", "clarification"))),
)
_HOLDS = frozenset({"withhold", "holdforrelease", "hold"})
_TESTS = frozenset({"test", "exercise"})

_KILL_HEADLINE = re.compile(
    r"""^\W*(?:
        (?:(?:URGENT|ATTENTION|EDS|EDITORS|BC|AP|NOTE)\W+)*
        (?:KILL(?:\W+KILL)+|(?:MANDATORY\s+|BULLETIN\s+|STORY\s+|NEWS\s+)KILL|KILL\s*[:(\-–—]|ELIMINATION\s*[:(\-–—]
        |RETRACTION\b|RETRACTED\s*[:(\-–—]|(?:STORY|ARTICLE|HEADLINE|ALERT)\s+(?:IS\s+)?(?:WITHDRAWN|RETRACTED|KILLED)\b
        |WITHDRAWN\s*[:(\-–—]|WITHDRAWAL\s*[:(\-–—]
        |ANNULATION\s*[:(\-–—]|ANNULE\s+ET\s+REMPLACE\b|ZURÜCKGEZOGEN\b|ANULACIÓN\b|ANULADO\b|ANNULLAMENTO\b|ОТМЕНА\s*:)
    )|(?:[\[(]|\b(?:STORY|ARTICLE)\s+)(?:WITHDRAWN|RETRACTED)[\])]?\s*$""",
    re.VERBOSE,
)
_CORRECTION_HEADLINE = re.compile(
    r"""^\W*(?:(?:URGENT|ATTENTION|EDS|BC|AP|REFILE|UPDATE\s+\d)\W+)*(?:
        CORRECTED\b|CORRECTION\b|CORRECTIVE\b|CLARIFICATION\b|CORRECTS?\s*[:(\-–—]
        |(?i:corrected|correction|clarification|berichtigung|korrektur|correctif|corrección|rettifica|correção
            |rectificatie|исправление|поправка|تصحيح)\s*[:(\-–—]
        |BERICHTIGUNG\b|KORREKTUR\b|CORRECTIF\b|CORRECCIÓN\b|RETTIFICA\b|CORREÇÃO\b|訂正
    )|\((?i:corrected|correction)\)\s*$|[-–—]\s*CORRECTED\s*$""",
    re.VERBOSE,
)
_KILL_NOTE = re.compile(
    r"""\bkill\s+is\s+mandatory\b|\bmake\s+certain\s+the\s+(?:story|alert|photo)\s+is\s+not\s+used\b
    |\bkill(?:\W+kill)+\b|\b(?:story|article|headline|alert|item|dispatch|copy)\s+(?:is|has\s+been|was)?\s*
    (?:hereby\s+)?(?:withdrawn|retracted|killed|cancelled|canceled)\b
    |^\W*(?:please\s+)?(?:kill|disregard|withdraw|do\s+not\s+use)\b(?!.*\bprevious\s+(?:photo|caption))""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_CORRECTION_NOTE = re.compile(
    r"^\W*(?:eds?\W+|note\W+|editors?\W+)*(?:corrects?|corrected|correcting|correction|corrective|clarif(?:ies|ication))\b"
    r"|\bcorrects?\s+(?:the\s+)?(?:spelling|name|figure|day|date|headline|paragraph|para|number|title|age|in\s+)",
    re.IGNORECASE,
)
_TEST_HEADLINE = re.compile(
    r"""^\W*(?:this\s+is\s+(?:only\s+)?a\s+test\b|test\W+(?:test\b|please\s+ignore|ignore|disregard|only\b|message\b|alert\b)
    |(?:please\s+)?(?:ignore|disregard)\W+(?:this\s+is\s+a\s+)?test\b)|[\[(]test[\])]\s*$|^[\[(]test[\])]""",
    re.VERBOSE | re.IGNORECASE,
)


def code(signal: str) -> str:
    """The bare word of a signal: `sig:correction` and `Correction` both are `correction`."""
    return re.sub(r"[\s_-]", "", signal.rpartition(":")[2].rpartition("/")[2]).lower()


def of_signals(signals: tuple[str, ...]) -> Notice | None:
    """A kill or correction told by a signal or editorial type; a kill goes before a correction."""
    codes = {code(signal) for signal in signals}
    return next((notice for notice, known in _NOTICES_OF_SIGNALS if codes & known), None)


def of_wording(headline: str, note: str) -> Notice | None:
    """A kill or correction told by the conventional words of a headline or a note to editors."""
    if _KILL_HEADLINE.search(headline) or _KILL_NOTE.search(note):
        return Notice.KILL
    if _CORRECTION_HEADLINE.search(headline) or _CORRECTION_NOTE.search(note):
        return Notice.CORRECTION
    return None


def is_hold(signals: tuple[str, ...]) -> bool:
    """Whether a signal asks to hold the story back."""
    return any(code(signal) in _HOLDS for signal in signals)


def is_test(headline: str, signals: tuple[str, ...]) -> bool:
    """Whether the story is a test or exercise, by a signal or by a headline that says so and asks to be ignored."""
    return any(code(signal) in _TESTS for signal in signals) or _TEST_HEADLINE.search(headline) is not None
