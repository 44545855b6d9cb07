"""Where names begin and end: corrections to the tagger's spans that follow from what words mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from services.enrich.core.lexicon import MAX_PHRASE, Lexicon
from services.enrich.core.tagger import Span

_JOINS = frozenset(("and", "&", "/", ",", "or", ";", "et", "with"))
_BREAKS = frozenset(("'s", "’s", "’", "'", "-", "–", "—", "/", "on", "in", "at", "to"))
_STRAY = frozenset(("of", "the", "for", "and", "&", "to", "in", "on", "at", "-", "–", "/", "'s", "’s", "."))
_PLACES = frozenset("crGu")
_MIN_CAPITALS = 4
_SURE = 200
"""Margin of a name that is known, not guessed."""


def refine(words: tuple[str, ...], spans: list[Span], lexicon: Lexicon) -> list[Span]:
    """The spans of a sentence, cut at titles, possessives and conjunctions that do not belong to a name."""
    found: list[Span] = []
    for span in spans:
        for part in _at_titles(words, span, lexicon):
            for piece in _at_joins(words, part, lexicon):
                kept = _stripped(words, piece)
                if kept is not None:
                    found.append(_retyped(words, kept, lexicon))
    return _known(words, _phrases(words, _joined(words, found, lexicon), lexicon), lexicon)


def _joined(words: tuple[str, ...], spans: list[Span], lexicon: Lexicon) -> list[Span]:
    """`Indian Navy` is one organisation: a nationality right before a bare head noun belongs to it."""
    found: list[Span] = []
    for span in spans:
        before = found[-1] if found else None
        if (
            before is not None
            and before.end == span.first
            and (before.label, span.label) == ("NORP", "ORG")
            and "o" in lexicon.classes(words[span.end - 1])
        ):
            found[-1] = replace(span, first=before.first)
        else:
            found.append(span)
    return found


def _phrases(words: tuple[str, ...], spans: list[Span], lexicon: Lexicon) -> list[Span]:
    """Known names of several words are names as a whole, unless a longer one or one across their ends was found."""
    found = spans
    index = 0
    while index < len(words) - 1:
        end = _phrase_end(words, index, lexicon) if words[index] in lexicon.starts else index
        if end > index:
            across = any(s.first < end and index < s.end and not (index <= s.first and s.end <= end) for s in found)
            if not across:
                kind = "ORG" if lexicon.phrases[" ".join(words[index:end])] == "k" else "LOC"
                inside = [s for s in found if index <= s.first and s.end <= end]
                margin = max((s.margin for s in inside), default=_SURE)
                found = [s for s in found if s not in inside] + [Span(index, end, kind, max(margin, _SURE))]
        index = max(end, index + 1)
    return found if found is spans else sorted(found, key=lambda span: span.first)


def _phrase_end(words: tuple[str, ...], index: int, lexicon: Lexicon) -> int:
    """End of the longest organisation, country or region that begins here; `index` where none does."""
    for size in range(min(MAX_PHRASE, len(words) - index), 1, -1):
        if lexicon.phrases.get(" ".join(words[index : index + size]), "") in {"k", "c", "r"}:
            return index + size
    return index


def _known(words: tuple[str, ...], spans: list[Span], lexicon: Lexicon) -> list[Span]:
    """The spans, and the words beside them that are names whatever stands around: Facebook, and AMMAN in a dateline."""
    taken = {index for span in spans for index in range(span.first, span.end)}
    added: list[Span] = []
    for index, word in enumerate(words):
        if index in taken or word.islower() or not word[0].isalpha():
            continue
        letters = lexicon.words.get(word, "")
        if letters in {"k", "c"}:
            added.append(Span(index, index + 1, "ORG" if letters == "k" else "LOC", 0))
        elif (
            not letters
            and len(word) >= _MIN_CAPITALS
            and word.isupper()
            and set(lexicon.words.get(word.title(), "")) & set("cuG")
        ):
            added.append(Span(index, index + 1, "LOC", 0))
    return sorted(spans + added, key=lambda span: span.first) if added else spans


def _is_title(word: str, lexicon: Lexicon) -> bool:
    """Whether the word stands before a person's name without being part of it."""
    return "h" in lexicon.words.get(word, "")


def _letters(words: tuple[str, ...], first: int, end: int, lexicon: Lexicon) -> str:
    """Classes of a whole name: of the phrase, or of its only word."""
    if end - first == 1:
        return lexicon.classes(words[first])
    return lexicon.phrases.get(" ".join(words[first:end]), "")


def _kind(words: tuple[str, ...], first: int, end: int, lexicon: Lexicon, default: str) -> str:
    letters = set(_letters(words, first, end, lexicon))
    if letters & set("cru"):
        return "LOC"
    if "k" in letters:
        return "ORG"
    if "n" in letters:
        return "NORP"
    return "LOC" if letters & _PLACES else default


def _at_titles(words: tuple[str, ...], span: Span, lexicon: Lexicon) -> Iterator[Span]:
    """`Michigan Governor Gretchen Whitmer`: what stands before the last title is a name of its own, or none."""
    cut = max((i for i in range(span.first, span.end - 1) if _is_title(words[i], lexicon)), default=-1)
    last = set(lexicon.classes(words[span.end - 1]))
    if cut < 0 or (span.label != "PER" and (last & set("olea") or words[cut + 1] in {"of", "for"})):
        yield span
        return
    if words[cut + 1] == "of" and cut + 3 < span.end:
        cut += 2
    before = span.first
    while before < cut and not _is_title(words[before], lexicon):
        before += 1
    if before > span.first:
        kind = _kind(words, span.first, before, lexicon, "ORG")
        if _letters(words, span.first, before, lexicon) or "o" in lexicon.classes(words[before - 1]):
            yield Span(span.first, before, kind, span.margin)
    yield Span(cut + 1, span.end, "PER", span.margin)


def _at_joins(words: tuple[str, ...], span: Span, lexicon: Lexicon) -> Iterator[Span]:
    """`Qatar and France` are two names, `Ministry of Education and Sports` is one."""
    if span.end - span.first > 1 and _letters(words, span.first, span.end, lexicon):
        yield span
        return
    start = span.first
    for index in range(span.first + 1, span.end - 1):
        if _cuts(words, start, index, span, lexicon):
            yield replace(span, first=start, end=index, label=_kind(words, start, index, lexicon, span.label))
            start = index + 1
    if start == span.first:
        yield span
    else:
        yield replace(span, first=start, label=_kind(words, start, span.end, lexicon, span.label))


def _cuts(words: tuple[str, ...], start: int, index: int, span: Span, lexicon: Lexicon) -> bool:
    word = words[index]
    if word in _JOINS:
        if span.label != "ORG":
            return True
        before = lexicon.classes(words[index - 1])
        return "L" not in before and "o" not in before and "of" not in words[start:index] and word != "&"
    if word in {"'s", "’s"}:
        return bool(set(_letters(words, start, index, lexicon)) & set("cruGkn")) or span.label == "PER"
    return word in _BREAKS and span.label == "PER" and word not in {"-", "'", "’"}


def _stripped(words: tuple[str, ...], span: Span) -> Span | None:
    """Without connectors at the ends; none where nothing is left."""
    first, end = span.first, span.end
    while first < end and (words[first] in _STRAY or (words[first] == "The" and first == 0 and end - first > 1)):
        first += 1
    while first < end and words[end - 1] in _STRAY:
        end -= 1
    if first == end:
        return None
    return span if (first, end) == (span.first, span.end) else replace(span, first=first, end=end)


def _retyped(words: tuple[str, ...], span: Span, lexicon: Lexicon) -> Span:
    """A name known as a whole has the type it is known for; one that ends in Airport is a place."""
    letters = set(_letters(words, span.first, span.end, lexicon))
    last = set(lexicon.classes(words[span.end - 1]))
    label = span.label
    if span.end - span.first > 1:
        if letters & set("crk"):
            label = "LOC" if letters & set("cr") else "ORG"
        elif label == "ORG" and "l" in last and "o" not in last:
            label = "LOC"
    elif "c" in letters and label in {"NORP", "ORG"} and "k" not in letters:
        label = "LOC"
    elif label != "PER" and "n" in letters and not letters & set("kcG"):
        label = "NORP"
    return span if label == span.label else replace(span, label=label)
