"""What a web page declares about its article: schema.org JSON-LD, Open Graph, meta tags, and its own headings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml.html import HtmlElement

from services.ingest.core import clean

_ARTICLE_TYPES = re.compile(r"(?:\w*NewsArticle|Article|LiveBlogPosting|BlogPosting|Report|SocialMediaPosting)")
_DEEPEST = 6
_MOST_BLOCKS = 40
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


def read(tree: HtmlElement) -> Metadata:
    """What the page declares: JSON-LD first, then Open Graph and meta tags, then the document itself."""
    metas = _metas(tree)
    article = next(_articles(tree), {})
    canonical = tree.xpath("string((//link[@rel='canonical']/@href)[1])")
    base = metas.get("og:url", "")
    return Metadata(
        headline=_headline(tree, metas, article),
        url=urljoin(base, canonical) if canonical else base or _text(article.get("url")) or _id_of(article),
        language=_text(article.get("inLanguage")) or _language(tree, metas),
        published=_text(article.get("datePublished")) or _first(metas, _PUBLISHED) or _time(tree),
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


def _metas(tree: HtmlElement) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for node in tree.iter("meta"):
        name = (node.get("property") or node.get("name") or node.get("itemprop") or "").strip().lower()
        content = clean.line(node.get("content") or "")
        if name and content:
            found.setdefault(name, content)
    return found


def _first(metas: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((metas[name] for name in names if name in metas), "")


def _articles(tree: HtmlElement) -> Iterator[Mapping[str, object]]:
    for node in tree.xpath("//script[contains(@type, 'ld+json')]")[:_MOST_BLOCKS]:
        source = re.sub(r"^\s*<!--|-->\s*$|^\s*//\s*<!\[CDATA\[|//\s*\]\]>\s*$", "", node.text or "")
        try:
            value: object = json.loads(source, strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _articles_in(value, _DEEPEST)


def _articles_in(value: object, levels: int) -> Iterator[Mapping[str, object]]:
    if levels == 0:
        return
    if isinstance(value, list):
        for item in value:
            yield from _articles_in(item, levels - 1)
    elif isinstance(value, dict):
        kinds = value.get("@type")
        names = kinds if isinstance(kinds, list) else [kinds]
        if any(isinstance(name, str) and _ARTICLE_TYPES.fullmatch(name.rpartition("/")[2]) for name in names):
            yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement"):
            yield from _articles_in(value.get(key), levels - 1)


def _text(value: object) -> str:
    """A JSON-LD value as one text: a string, the names of objects, the first or all of a list."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(text for item in value[:10] if isinstance(item, str | dict) and (text := _text(item)))
    if isinstance(value, dict):
        name = value.get("name") or value.get("@value") or value.get("alternateName")
        return name if isinstance(name, str) else ""
    return ""


def _id_of(article: Mapping[str, object]) -> str:
    page = article.get("mainEntityOfPage")
    found = page.get("@id") if isinstance(page, dict) else page
    return found if isinstance(found, str) else ""


def _headline(tree: HtmlElement, metas: Mapping[str, str], article: Mapping[str, object]) -> str:
    declared = clean.line(_unescaped(_text(article.get("headline"))))
    title = clean.line(tree.xpath("string((//head/title|//title)[1])"))
    shared = metas.get("og:title") or metas.get("twitter:title") or ""
    headings = [text for node in tree.xpath("//h1")[:10] if (text := clean.line(node.text_content()))]
    # A heading that the title repeats is the headline as readers see it; declared ones may be cut or written for search.
    names = " ".join((title, shared, declared)).casefold()
    shown = [text for text in headings if " " in text and text.casefold() in names]
    if shown:
        return max(shown, key=len)
    return declared or _without_site(shared or title, metas.get("og:site_name", "")) or next(iter(headings), "")


def _unescaped(text: str) -> str:
    return re.sub(r"<[^>]+>", "", re.sub(r"&(?:amp|quot|#0?39|apos|rsquo|lsquo);", _entity, text))


def _entity(match: re.Match[str]) -> str:
    return {"&amp;": "&", "&quot;": '"', "&rsquo;": "’", "&lsquo;": "‘"}.get(match[0], "'")


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


def _language(tree: HtmlElement, metas: Mapping[str, str]) -> str:
    root = tree.getroottree().getroot()
    declared = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang")
    return declared or metas.get("og:locale") or metas.get("language") or metas.get("content-language") or ""


def _time(tree: HtmlElement) -> str:
    marked = tree.xpath("string((//*[@itemprop='datePublished']/@datetime|//*[@itemprop='datePublished']/@content)[1])")
    return marked or tree.xpath("string((//article//time/@datetime)[1])")


def _keywords(article: Mapping[str, object], metas: Mapping[str, str]) -> tuple[str, ...]:
    declared = _text(article.get("keywords")) or _first(metas, _KEYWORDS)
    return tuple(word for part in declared.split(",")[:50] if (word := part.strip()))
