"""What the tagger sees of a word: itself, its neighbours, its place in the run, and what the lexicon knows."""

from __future__ import annotations

from services.enrich.core.lexicon import Lexicon

EDGE = "¦"
"""Stands for the word before the first and after the last one of a sentence."""

_UPPER_SHARE = 0.75
_TITLE_SHARE = 0.75
_MIN_WORDS = 4
_MIN_CAPITALS = 4
_NAMES = frozenset("crugGfs")
_TABLE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "´": "'"})
_PLAIN = frozenset("’‘“”–—´")


def style(words: tuple[str, ...]) -> str:
    """
    How a sentence is capitalised: `u` all in capitals, `t` as a title, `n` as prose.

    A title has a capital on three of four words of four letters and more: short words stay small in most styles.
    """
    if sum(word.islower() for word in words) * 2 > len(words):
        return "n"
    long_words = [word for word in words if len(word) > 3 and word.isalpha()]  # noqa: PLR2004 (see above)
    if len(long_words) < _MIN_WORDS:
        return "n"
    if sum(word.isupper() for word in long_words) >= _UPPER_SHARE * len(long_words):
        return "u"
    if sum(word[0].isupper() for word in long_words) >= _TITLE_SHARE * len(long_words):
        return "t"
    return "n"


def normal(words: tuple[str, ...], style_of: str, lexicon: Lexicon) -> tuple[str, ...]:
    """
    The words as plain prose would write them.

    Curly quotes become straight and long dashes short. In a sentence of capitals unknown words get one capital
    each; elsewhere a word in capitals does where it is then a known name: LONDON in a dateline.
    """
    if style_of == "n" and not any(word[0] in _PLAIN or word[-1] in _PLAIN or word.isupper() for word in words):
        return words
    return tuple([_normal(word, style_of, lexicon) for word in words])


def _normal(word: str, style_of: str, lexicon: Lexicon) -> str:
    if word[0] in _PLAIN or word[-1] in _PLAIN:
        return word.translate(_TABLE)
    if not word.isupper() or len(word) < _MIN_CAPITALS or "." in word or word in lexicon.words:
        return word
    fresh = word.title()
    return fresh if style_of == "u" or set(lexicon.words.get(fresh, "")) & _NAMES else word


def shape(word: str) -> str:
    """Outline of a word: X for capitals, x for small letters, 9 for digits; three and more of a kind show as two."""
    outline = ""
    for char in word[:12]:
        kind = "X" if char.isupper() else "x" if char.isalpha() else "9" if char.isdigit() else char
        if outline[-2:] != kind * 2:
            outline += kind
    return outline


def own(word: str, lexicon: Lexicon) -> list[str]:
    """Features of the word alone."""
    lower = word.lower()
    outline = shape(word)
    kind = lexicon.classes(word)
    found = [
        "w" + word,
        "s" + outline,
        "p" + lower[:3],
        "P" + lower[:4],
        "2" + lower[-2:],
        "3" + lower[-3:],
        "4" + lower[-4:],
        "c" + kind,
        f"d{kind} {outline}",
    ]
    found += ["k" + letter for letter in kind]
    if "-" in word:
        left, _, right = word.rpartition("-")
        found += ["H" + lexicon.classes(left), "h" + lexicon.classes(right), "j" + right.lower()]
    return found


def neighbour(word: str, place: str, lexicon: Lexicon) -> list[str]:
    """Features of a word at a place: A the one before, B two before, Y the next, Z the one after that."""
    kind = lexicon.classes(word)
    found = [place + "w" + word, place + "c" + kind]
    if place in "AY":
        found += [place + "s" + shape(word), place + "3" + word[-3:].lower()]
        found += [place + "k" + letter for letter in kind]
    return found


def joint(
    words: tuple[str, ...], index: int, run: tuple[int, int], marks: list[str], kinds: tuple[str, ...]
) -> list[str]:
    """
    Features of the word together with its surroundings.

    Args:
        words: normal forms with two `EDGE` on either side, so that `index` is that of the sentence plus two.
        run: first and end of the run, on the same count.
        marks: known names of several words, one mark a word of the run.
        kinds: class strings of `words`.
    """
    first, end = run
    word, before, after = words[index], words[index - 1], words[index + 1]
    kind, kind_before, kind_after = kinds[index], kinds[index - 1], kinds[index + 1]
    place = ("o" if index == end - 1 else "f") if index == first else ("e" if index == end - 1 else "m")
    mark = marks[index - first]
    return [
        "",
        f"[{before} {word}",
        f"]{word} {after}",
        f"({kind_before} {kind}",
        f"){kind} {kind_after}",
        f"<{kind_before} {kind} {kind_after}",
        f"@{place}",
        f"#{place}{kind}",
        f"${place}{kinds[end - 1]}",
        f"%{kinds[end - 1]} {kind}",
        f"&{words[first - 1]}",
        f"+{words[end]}",
        f"*{kinds[first - 1]} {kinds[end]}",
        f"={mark}",
        f"~{mark}{kind}",
        f"{{{words[index - 2]} {before}",
        f"}}{kind} {words[first - 1]}",
        f">{kind} {words[end]}",
    ]


def setting(style_of: str, at_start: bool, kind: str) -> list[str]:  # noqa: FBT001 (one fact of three)
    """Features of the sentence: how it is capitalised, whether the word opens it, and whether it could be common."""
    flag = f"!{style_of}{'1' if at_start else '0'}"
    return [flag, flag + kind, flag + ("L" if "L" in kind else "-")]
