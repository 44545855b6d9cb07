"""What a web page declares about its article: schema.org JSON-LD, Open Graph, meta tags, and its own headings."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urljoin

from services.ingest.core import clean
from services.ingest.core.json_values import as_list, as_object, load
from services.ingest.core.page.document import Document

_ARTICLE_TYPES = re.compile(r"(?:\w*NewsArticle|Article|LiveBlogPosting|BlogPosting|Report|SocialMediaPosting)")
_DEEPEST = 6
_MOST_BLOCKS = 40
_NOTHING: Mapping[str, object] = MappingProxyType({})
_MOST_VALUES = 10
_WRAPPING = re.compile(r"^\s*<!--|-->\s*$|^\s*//\s*<!\[CDATA\[|//\s*\]\]>\s*$")
_TITLE_SEPARATOR = re.compile(r"\s+[|\-–—·»:•]\s+|\s*[|»]\s*")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Declared values as they stand; empty where the page does not say."""

    headline: str
    url: str
    language: str
    published: str
    modified: str
    section: str
    byline: str
    body: str
    keywords: tuple[str, ...]


def read(document: Document) -> Metadata:
    """What the page declares: JSON-LD first, then Open Graph and meta tags, then the document itself."""
    metas = _metas(document)
    article = next(_articles(document), _NOTHING)
    canonical = document.first("//link[@rel='canonical']/@href")
    base = metas.get("og:url", "")
    return Metadata(
        headline=_headline(document, metas, article),
        url=urljoin(base, canonical) if canonical else base or _text(article.get("url")) or _id_of(article),
        language=_text(article.get("inLanguage")) or _language(document, metas),
        published=_text(article.get("datePublished")) or _first(metas, _PUBLISHED) or _time(document),
        modified=_text(article.get("dateModified")) or _first(metas, _MODIFIED),
        section=_text(article.get("articleSection")) or _first(metas, _SECTION),
        byline=_text(article.get("author")) or _first(metas, _AUTHOR),
        body=_text(article.get("articleBody")),
        keywords=_keywords(article, metas),
    )


_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "date",
)
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified")
_SECTION = ("article:section", "og:article:section", "parsely-section", "section")
_AUTHOR = ("author", "article:author_name", "parsely-author", "sailthru.author", "dc.creator")
_KEYWORDS = ("news_keywords", "keywords")


def _metas(document: Document) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for meta in document.attributes("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        content = clean.line(meta.get("content") or "")
        if name and content:
            found.setdefault(name, content)
    return found


def _first(metas: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((metas[name] for name in names if name in metas), "")


def _articles(document: Document) -> Iterator[Mapping[str, object]]:
    for source in document.strings("//script[contains(@type, 'ld+json')]/text()")[:_MOST_BLOCKS]:
        try:
            value = load(_WRAPPING.sub("", source))
        except ValueError:
            continue
        yield from _articles_in(value, _DEEPEST)


def _articles_in(value: object, levels: int) -> Iterator[Mapping[str, object]]:
    if levels == 0:
        return
    for item in as_list(value) or ():
        yield from _articles_in(item, levels - 1)
    if (found := as_object(value)) is not None:
        kinds = as_list(found.get("@type")) or (found.get("@type"),)
        if any(isinstance(kind, str) and _ARTICLE_TYPES.fullmatch(kind.rpartition("/")[2]) for kind in kinds):
            yield found
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement"):
            yield from _articles_in(found.get(key), levels - 1)


def _text(value: object) -> str:
    """A JSON-LD value as one text: a string, the name of an object, or those of a list."""
    if isinstance(value, str):
        return value
    if (items := as_list(value)) is not None:
        flat = (item for item in items[:_MOST_VALUES] if isinstance(item, str) or as_object(item) is not None)
        return ", ".join(filter(None, map(_text, flat)))
    found = as_object(value) or _NOTHING
    name = found.get("name") or found.get("@value") or found.get("alternateName")
    return name if isinstance(name, str) else ""


def _id_of(article: Mapping[str, object]) -> str:
    page = article.get("mainEntityOfPage")
    found = (as_object(page) or _NOTHING).get("@id", page)
    return found if isinstance(found, str) else ""


def _headline(document: Document, metas: Mapping[str, str], article: Mapping[str, object]) -> str:
    declared = clean.line(_unescaped(_text(article.get("headline"))))
    title = clean.line(next(iter(document.contents("//title")), ""))
    shared = _unescaped(metas.get("og:title") or metas.get("twitter:title") or "")
    headings = [text for found in document.contents("//h1")[:10] if (text := clean.line(found))]
    # A heading that the title repeats is the headline as readers see it; declared ones may be cut or made for search.
    names = f"{title} {shared} {declared}".casefold()
    shown = [text for text in headings if " " in text and text.casefold() in names]
    if shown:
        return max(shown, key=len)
    return declared or _without_site(shared or title, metas.get("og:site_name", "")) or next(iter(headings), "")


def _unescaped(text: str) -> str:
    # Content systems escape a headline for HTML once more before they put it into JSON or an attribute.
    return re.sub(r"<[^<>]+>", "", html.unescape(text)) if "&" in text else text


def _without_site(title: str, site: str) -> str:
    """The title without the name of the site at its end or beginning: that name, or else a short last part."""
    parts = _TITLE_SEPARATOR.split(title)
    if len(parts) < 2:  # noqa: PLR2004 (one part and another)
        return title
    if site and parts[0].casefold() == site.casefold():
        return title[len(parts[0]) :].lstrip(" |-–—·»:•")
    last = parts[-1]
    is_site = last.casefold() == site.casefold() if site else len(last.split()) * 2 <= len(title.split())
    return title[: -len(last)].rstrip(" |-–—·»:•") if is_site else title


def _language(document: Document, metas: Mapping[str, str]) -> str:
    declared = document.first("/html/@lang") or document.first("/html/@*[name()='xml:lang']")
    return declared or metas.get("og:locale") or metas.get("language") or metas.get("content-language") or ""


def _time(document: Document) -> str:
    marked = document.first("//*[@itemprop='datePublished']/@datetime|//*[@itemprop='datePublished']/@content")
    return marked or document.first("//article//time/@datetime")


def _keywords(article: Mapping[str, object], metas: Mapping[str, str]) -> tuple[str, ...]:
    declared = _text(article.get("keywords")) or _first(metas, _KEYWORDS)
    return tuple(word for part in declared.split(",")[:50] if (word := part.strip()))
