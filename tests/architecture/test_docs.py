from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)|!\[[^\]\n]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+\s+(.*)$", re.MULTILINE)

_MACHINE = re.compile(r"(^|[^A-Za-z0-9_.])/(work|farm)/", re.MULTILINE)
# Put together here, so that this file does not hold what it looks for.
_REGISTRIES = tuple(
    ".".join(host)
    for host in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("repo1", "maven", "org"),
        ("repo", "maven", "apache", "org"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("rubygems", "org"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("gcr", "io"),
    )
)


def _published() -> Sequence[Path]:
    """Every file that is in the repository, or would be with the next commit."""
    listing = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    try:
        names = subprocess.run(listing, cwd=_ROOT, capture_output=True, check=True).stdout  # noqa: S603 (fixed words)
    except (OSError, subprocess.CalledProcessError) as problem:
        pytest.skip(f"needs git and a checkout, to know what is published: {problem}")
    return [path for name in names.decode().split("\0") if name and (path := _ROOT / name).is_file()]


def _texts() -> Iterator[tuple[str, str]]:
    for path in _published():
        content = path.read_bytes()
        if b"\0" not in content[:8192]:
            yield path.relative_to(_ROOT).as_posix(), content.decode("utf-8", "replace")


def _links(markdown: str) -> list[str]:
    return [first or second for first, second in _LINK.findall(_FENCE.sub("", markdown))]


def _anchors(markdown: str) -> set[str]:
    """The anchors of the headings, as forges make them."""
    headings = _HEADING.findall(_FENCE.sub("", markdown))
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def _problem(page: Path, link: str) -> str | None:
    target, _, anchor = link.partition("#")
    path = (page.parent / target).resolve() if target else page
    if not path.is_relative_to(_ROOT) or not path.exists():
        return f"{page.relative_to(_ROOT)}: {link} leads nowhere"
    if anchor and path.suffix == ".md" and anchor not in _anchors(path.read_text(encoding="utf-8")):
        return f"{page.relative_to(_ROOT)}: {link}: no such heading"
    return None


def test_links_lead_somewhere() -> None:
    """Every relative link of every page leads to a file of the repository, and to a heading where it names one."""
    pages = [path for path in _published() if path.suffix == ".md"]
    assert pages
    links = [(page, link) for page in pages for link in _links(page.read_text(encoding="utf-8")) if "://" not in link]
    problems = [problem for page, link in links if (problem := _problem(page, link)) is not None]
    assert not problems, "\n".join(problems)


def test_no_path_of_one_machine_is_published() -> None:
    """What is in the repository holds on every machine."""
    assert [name for name, text in _texts() if _MACHINE.search(text)] == []


def test_no_registry_is_named() -> None:
    """Where packages come from is the affair of whoever installs."""
    assert [(name, host) for name, text in _texts() for host in _REGISTRIES if host in text] == []


@pytest.mark.parametrize(
    ("markdown", "links"),
    [
        ("see [a](b.md) and ![c](d.png)", ["b.md", "d.png"]),
        ("[a](b.md#part)", ["b.md#part"]),
        ("```\n[a](b.md)\n```\n", []),
        ("[`a`](b)", ["b"]),
    ],
)
def test_links_are_found(markdown: str, links: list[str]) -> None:
    """In prose, and not in examples."""
    assert _links(markdown) == links


@pytest.mark.parametrize("before", ["see ", "(", "", "\n", "="])
@pytest.mark.parametrize("top", ["work", "farm"])
def test_a_path_of_one_machine_is_recognised(before: str, top: str) -> None:
    """At the start, after a space, in brackets; not inside another path."""
    assert _MACHINE.search(f"{before}/{top}/main")
    assert not _MACHINE.search(f"{before}docs/{top}/main")
