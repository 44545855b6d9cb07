"""Kinds of story that are not news of an event: columns, reviews, lists, service, sport results, advertising."""

from __future__ import annotations

import re
from dataclasses import dataclass

from events.story import Reason
from services.classify.core.context import Context
from services.classify.core.reading import Reading
from services.classify.core.terms import fold


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of story, how it shows, and its weight in log-odds."""

    name: str
    weight: float
    headline: re.Pattern[str] | None = None
    label: re.Pattern[str] | None = None
    """In section, slug, keywords or the path of the address."""


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives))


KINDS = (
    Kind(
        "opinion",
        -3.0,
        _pattern(
            r"^(?:opinion|op-ed|editorial|commentary|column|letters?(?: to the editor)?|leader"
            r"|viewpoint|comment|essay)\s*[:|\-]",
            r"\bwhy (?:i|we|you|it's time|the|trump|putin|china|america)\b.{0,60}\b(?:should|must"
            r"|matters?|wrong|need)",
            r"\|\s*(?:opinion|editorial|column)\b",
        ),
        _pattern(
            r"\b(?:opinions?|op-?eds?|editorials?|commentary|columns?|columnists?|leitartikel|meinung"
            r"|kommentare?|tribunes?"
            r"|opini[oó]n|editoriale|opinione|мнени[ея]|колонк\w*|opinie|debatt|blogs?)\b"
        ),
    ),
    Kind(
        "review",
        -2.6,
        _pattern(
            r"\b(?:review|recap|hands-on|first look|unboxing|trailer|spoilers?|season finale|premiere"
            r"|box office|red carpet)\b",
            r"\b\d(?:\.\d)?(?:/| out of )(?:5|10)\b",
            r"\bbest (?:and worst )?(?:dressed|deals|moments|phones?|movies|books|albums|laptops)\b",
        ),
        _pattern(
            r"\b(?:reviews?|arts?|culture|books|movies|television|theat(?:er|re)|music|food|dining"
            r"|fashion|style|travel)\b"
        ),
    ),
    Kind(
        "list or service",
        -2.4,
        _pattern(
            r"^(?:the )?(?:top )?\d{1,3} (?:\w+ ){0,4}(?:things|ways|reasons|tips|best|facts|photos"
            r"|moments|questions|takeaways|lessons"
            r"|recipes|cocktails|songs|books|movies|places|signs|steps|stories)\b",
            r"^(?:how to|what to (?:know|watch|expect|read)|everything (?:you|we)|here's (?:how|what"
            r"|why)|what you need)\b",
            r"^(?:why|how|what|who|when|where|is|are|can|could|should|will|does|did)\b.*\?$",
            r"\b(?:horoscopes?|crossword|sudoku|wordle|lottery numbers|recipes?|weather forecast"
            r"|tv listings|gift guide|quiz)\b",
            r"\b(?:photos?|pictures|video|watch|gallery)\s*[:)]?$",
        ),
        _pattern(
            r"\b(?:lifestyle|life-and-style|features?|magazine|horoscopes?|puzzles|crosswords?"
            r"|recipes?|wellness|parenting"
            r"|how-to|guides?|listicles?|quiz|galler(?:y|ies)|real-?estate|obituaries|weddings"
            r"|t-magazine|smarter-living)\b"
        ),
    ),
    Kind(
        "explainer or looking back",
        -1.6,
        _pattern(
            r"\b(?:explained|explainer|factbox|timeline|a look (?:at|back)|in pictures|in photos"
            r"|the story (?:of|behind)|inside the"
            r"|years? (?:later|ago|on|after)|anniversary|remembering|this day in history|fact[- ]check"
            r"|profile|long read|q&a"
            r"|what we know|analysis|interview|newsletter|podcast|memoir|lessons from|week ahead"
            r"|preview|round-?up|digest)\b"
        ),
        _pattern(
            r"\b(?:analysis|explainers?|interactive|podcasts?|newsletters?|briefing|upshot"
            r"|fact-?checks?|profiles?|history)\b"
        ),
    ),
    Kind(
        "sport result",
        -1.8,
        _pattern(
            r"\b\d{1,3}\s?[-\u2013:]\s?\d{1,3}\b.{0,40}\b(?:win|victory|loss|defeat|draw|beat|over)\b",
            r"\b(?:beats?|defeats?|edges?|downs?|tops?|routs?|blank(?:s"
            r"|ed)?) .{2,40}\b\d{1,3}\s?[-\u2013]\s?\d{1,3}\b",
            r"\b(?:playoffs?|touchdowns?|home run|hat[- ]trick|quarterback|midfielder|striker|innings"
            r"|standings|grand slam|transfer window"
            r"|premier league|la liga|serie a|bundesliga|champions league|fantasy football|nfl draft"
            r"|semi-?finals?|quarter-?finals?)\b",
        ),
        _pattern(
            r"\b(?:sports?|soccer|football|baseball|basketball|cricket|tennis|golf|hockey|rugby"
            r"|deportes|sportif|спорт)\b"
        ),
    ),
    Kind(
        "advertising",
        -4.0,
        _pattern(
            r"\b(?:sponsored|advertorial|paid (?:post|content)|promo code|coupons?|% off|black friday"
            r"|discount codes?|giveaway|press release)\b"
        ),
        _pattern(
            r"\b(?:sponsored|advertorial|paid-?post|paidcontent|brandvoice|partner-content|promoted"
            r"|anzeige|publi-?reportage)\b"
        ),
    ),
    Kind(
        "live coverage page",
        -0.8,
        _pattern(
            r"\b(?:live (?:updates|blog|coverage|ticker)|as it happened|liveblog|liveticker"
            r"|minute by minute)\b"
        ),
        _pattern(r"\b(?:live-?blog|liveticker|live-updates)\b"),
    ),
)


def read(reading: Reading, context: Context) -> tuple[Reason, ...]:  # noqa: ARG001
    """One reason for each kind that shows, with the words it shows by."""
    headline, label = fold(reading.headline), _labels(reading)
    reasons: list[Reason] = []
    for kind in KINDS:
        found = kind.headline.search(headline) if kind.headline else None
        if found is None and kind.label is not None:
            found = kind.label.search(label)
        if found is not None:
            evidence = f"{kind.name}: {found.group()}"
            reasons.append(Reason(signal="negatives", weight=kind.weight, evidence=evidence))
    return tuple(reasons)


def _labels(reading: Reading) -> str:
    story = reading.story
    path = (story.url or "")[:300].partition("://")[2].partition("/")[2].partition("?")[0]
    folders = path.rpartition("/")[0].replace("/", " ; ")
    return fold(" ; ".join(((story.section or "")[:200], (story.slug or "")[:100], folders, *story.keywords[:10])))[
        :800
    ]
