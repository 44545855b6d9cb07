"""
The language of a text, made for headlines: by script, then by function words, then by a statistical model.

Stories of one language are judged together, so a wrong answer for a short headline splits an event. The model alone
calls one English headline in twelve something else; a prior for the languages that news is mostly written in,
worth a few letters of evidence, mends most of these and yields to any sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from copy import copy
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
from py3langid.langid import LanguageIdentifier  # type: ignore[import-untyped]

UNDETERMINED = "und"
_MODEL = "data/model.npz.xz"
_READ = 300
"""Characters that are read: enough for certainty, and a bound on the time."""

_LEAST_LETTERS = 6
_WORD = re.compile(r"[^\W\d_]+")
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")

# Scripts that one language of the news has to itself: (first, last) code point, language.
_OWN_SCRIPT = (
    (0x3040, 0x30FF, "ja"),
    (0x1100, 0x11FF, "ko"),
    (0xAC00, 0xD7AF, "ko"),
    (0x4E00, 0x9FFF, "zh"),
    (0x0E00, 0x0E7F, "th"),
    (0x0E80, 0x0EFF, "lo"),
    (0x0370, 0x03FF, "el"),
    (0x0530, 0x058F, "hy"),
    (0x0590, 0x05FF, "he"),
    (0x10A0, 0x10FF, "ka"),
    (0x1000, 0x109F, "my"),
    (0x1200, 0x137F, "am"),
    (0x1780, 0x17FF, "km"),
    (0x0A00, 0x0A7F, "pa"),
    (0x0A80, 0x0AFF, "gu"),
    (0x0B00, 0x0B7F, "or"),
    (0x0B80, 0x0BFF, "ta"),
    (0x0C00, 0x0C7F, "te"),
    (0x0C80, 0x0CFF, "kn"),
    (0x0D00, 0x0D7F, "ml"),
    (0x0D80, 0x0DFF, "si"),
    (0x0980, 0x09FF, "bn"),
)
# Scripts that several share, each with its candidates and the prior of each in nats.
_LATIN = MappingProxyType(
    {"en": 16.0}
    | dict.fromkeys(("es", "fr", "de", "pt", "it"), 8.0)
    | dict.fromkeys(("nl", "pl", "tr", "id", "vi", "sv", "ro", "cs", "hu"), 4.0)
    | dict.fromkeys(("da", "fi", "no", "hr", "sk", "sl", "bs", "ca", "sq", "et", "lv", "lt", "az", "uz"), 0.0)
    | dict.fromkeys(("ms", "tl", "sw", "ha", "so", "yo", "eu", "gl", "is", "ga", "cy", "af", "mt"), -4.0)
)
_LATIN_WITH_MARKS = MappingProxyType({**_LATIN, "en": 6.0})
"""English rarely writes a letter with a mark."""

_CYRILLIC = MappingProxyType(
    {"ru": 6.0, "uk": 4.0, "bg": 2.0, "sr": 2.0} | dict.fromkeys(("be", "mk", "kk", "ky", "mn", "tg", "tt", "ba"), 0.0)
)
_ARABIC = MappingProxyType({"ar": 6.0, "fa": 6.0, "ur": 4.0, "ps": 0.0, "ug": 0.0, "sdh": 0.0})
_DEVANAGARI = MappingProxyType({"hi": 6.0, "mr": 2.0, "ne": 2.0})
_SHARED_SCRIPT = (
    (0x0041, 0x024F, _LATIN),
    (0x1E00, 0x1EFF, _LATIN),
    (0x0400, 0x052F, _CYRILLIC),
    (0x0600, 0x077F, _ARABIC),
    (0xFB50, 0xFEFF, _ARABIC),
    (0x0900, 0x097F, _DEVANAGARI),
)
# Words that carry grammar: frequent in any sentence, and rarely a name in another language.
_FUNCTION_WORDS = (
    ("en", "the of and to that for with was were has have will after from by his their said which been as it at on"),
    ("de", "der die das und den dem von mit nicht sich ist auf für im ein eine nach wird bei hat auch aus zu wurde"),
    ("fr", "le la les des et du dans une est pour que qui par sur pas au aux avec ce sont après selon été ont un"),
    ("es", "el la los las del y que en por con para una se un su al más ha fue según tras este está como"),
    ("pt", "o os as da do dos das e em que não uma para com por um no na foi mais após são ao pelo"),
    ("it", "il lo gli di che è per della del una con non nel si dei le alla un sono dal anche più ha dopo"),
    ("nl", "de het een van en dat niet op voor met zijn aan er naar ook door om bij uit heeft wordt werd"),
    ("sv", "och att det som en på är av för med den till inte har ett om var från vid efter"),
    ("pl", "w i na z się że do nie jest o po od za przez oraz są jak ale został dla"),
    ("tr", "ve bir bu için ile da olarak çok daha olan gibi sonra kadar göre dedi oldu"),
    ("id", "yang dan di dengan untuk dari pada ini itu dalam tidak akan oleh telah kepada juga"),
)
_LANGUAGES_OF_WORD = MappingProxyType(
    {
        word: tuple(language for language, words in _FUNCTION_WORDS if word in words.split())
        for word in {word for _, words in _FUNCTION_WORDS for word in words.split()}
    }
)
_ENOUGH_WORDS = 4
# fmt: off
_ISO_639_2 = MappingProxyType({
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "por": "pt", "ita": "it", "nld": "nl",
    "dut": "nl", "rus": "ru", "ukr": "uk", "pol": "pl", "ara": "ar", "fas": "fa", "per": "fa", "tur": "tr", "zho": "zh",
    "chi": "zh", "jpn": "ja", "kor": "ko", "swe": "sv", "nor": "no", "nob": "no", "dan": "da", "fin": "fi", "heb": "he",
    "hin": "hi", "urd": "ur", "ind": "id", "vie": "vi", "ces": "cs", "cze": "cs", "ell": "el", "gre": "el", "hun": "hu",
    "ron": "ro", "rum": "ro", "bul": "bg", "srp": "sr", "hrv": "hr", "cat": "ca", "tha": "th",
})
# fmt: on


def tag(declared: str | None) -> str | None:
    """
    The BCP 47 tag in its usual letter case; None where there is none, or only `und` or the like.

    A three-letter code becomes the two-letter one of the same language; `nb` and `en_US` become `no` and `en-US`.
    """
    match = _TAG.fullmatch((declared or "").strip())
    if match is None:
        return None
    primary, *rest = match[0].replace("_", "-").split("-")
    primary = _ISO_639_2.get(primary.lower(), primary.lower())
    if primary in {"und", "mul", "zxx", "mis"}:
        return None
    subtags = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower() for part in rest]  # noqa: PLR2004 (region, script)
    return "-".join(["no" if primary == "nb" else primary, *subtags])


def identify(headline: str, body: str = "") -> str:
    """The language, ISO 639-1 where it has such a code; `und` for a text too short or of no known script."""
    text = f"{headline} {body[:_READ]}"[:_READ]
    words = _WORD.findall(text)
    if sum(map(len, words)) < _LEAST_LETTERS and text.isascii():
        return UNDETERMINED
    script = _script(words)
    if script is None or isinstance(script, str):
        return script or UNDETERMINED
    if script is _LATIN and (sure := _by_function_words(words)):
        return sure
    if script is _LATIN and any(not word.isascii() for word in words):
        script = _LATIN_WITH_MARKS
    # In capitals or with initial capitals, names and words look the same: only letters count.
    language, _ = _model(script).classify(" ".join(words).lower())
    return "ckb" if language == "sdh" else str(language)


def is_function_word(word: str) -> bool:
    """Whether the word, in any letter case, carries grammar rather than meaning in one of the known languages."""
    return word.lower() in _LANGUAGES_OF_WORD


def _script(words: list[str]) -> str | MappingProxyType[str, float] | None:
    if all(map(str.isascii, words)):
        return _LATIN if words else None
    counts: Counter[str | int] = Counter()
    for word in words:
        if word.isascii():
            counts[0] += len(word)
        else:
            counts.update(map(_script_of, word))
    del counts[-1]
    if not counts:
        return None
    if counts["ja"] and counts["ja"] + counts["zh"] > counts[0]:
        return "ja"
    found = counts.most_common(1)[0][0]
    return found if isinstance(found, str) else _SHARED_SCRIPT[found][2]


@cache
def _script_of(character: str) -> str | int:
    code = ord(character)
    for first, last, language in _OWN_SCRIPT:
        if first <= code <= last:
            return language
    for first, last, script in _SHARED_SCRIPT:
        if first <= code <= last:
            return next(i for i, shared in enumerate(_SHARED_SCRIPT) if shared[2] is script)
    return -1


def _by_function_words(words: list[str]) -> str | None:
    counts = Counter(language for word in words for language in _LANGUAGES_OF_WORD.get(word.lower(), ()))
    ranked = counts.most_common(2)
    if not ranked or ranked[0][1] < _ENOUGH_WORDS:
        return None
    if len(ranked) > 1 and ranked[1][1] * 2 > ranked[0][1]:
        return None
    return ranked[0][0]


@cache
def _full_model() -> Any:
    model: Any = LanguageIdentifier
    return model.from_model_file(_MODEL)


@cache
def _model_of(languages: tuple[tuple[str, float], ...]) -> Any:
    model = copy(_full_model())
    model.set_languages([language for language, _ in languages])
    priors = dict(languages)
    model.nb_pc = model.nb_pc + np.array([priors[name] for name in model.nb_classes], dtype=np.float32)
    return model


def _model(script: MappingProxyType[str, float]) -> Any:
    return _model_of(tuple(script.items()))
