"""Running heads: what is printed at the top and foot of page after page, and page numbers, are no part of the text."""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from difflib import SequenceMatcher
from statistics import median
from typing import TypeVar

from corpus.formats.printed import Line

_Item = TypeVar("_Item", bound=Hashable)

_EDGE_LINES = 3  # at the top and at the foot; a running head rarely has more
_OFTEN = 3  # pages that repeat it
_STEADY = 3.0  # points
_LARGE = 1.15  # times the size of the text: a numbered title, not a running head
_FEW_LETTERS = 6
_MANY_HEADS = 50
_ALIKE = 0.85  # of the letters; a scan reads the same head differently
_NUMBER = re.compile(
    r"[\W_]*(?:(?:page|seite|p\.)\s*)?(\d{1,4}|[ivxlc]{1,6})(?:\s*(?:/|of|von)\s*\d{1,4})?[\W_]*$", re.IGNORECASE
)
_FIGURES = re.compile(r"\d+|\b[ivxlc]+\b|[\W_]+")
_FIRST_OR_LAST = re.compile(r"^\W*(\d{1,4})\b|\b(\d{1,4})\W*$")


def without_running_heads(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Return the pages' lines without page numbers and what repeats at their edges, after its first appearance.

    The highest and the lowest line are known by their words, however they stand (a scan is never straight), or by a
    number that counts the pages; the lines next to them by their words and height.
    """
    edges = [_edges(page) for page in pages]
    outermost = [_outermost(edge) for edge in edges]
    words = _frequent(_words(line) for outer in outermost for line in outer.values())
    places = _frequent(_place(line) for edge in edges for line in edge.values())
    offsets = _frequent(offset for outer in outermost for line in outer.values() for offset in _offsets(line))
    usual = median([line.size for page in pages for line in page] or [0.0])
    kept: list[list[Line]] = []
    for page, edge, outer in zip(pages, edges, outermost, strict=True):
        dropped: set[int] = set()
        for at, line in edge.items():
            head = _place(line) in places
            if at in outer:
                counts_pages = line.size < _LARGE * usual and not offsets.isdisjoint(_offsets(line))
                head = head or counts_pages or _is_like(_words(line), words)
            # What is repeated may be the title, where it stands first.
            if _is_page_number(line, alone=len(pages) == 1) or (head and line.page > 1):
                dropped.add(at)
        kept.append([line for at, line in enumerate(page) if at not in dropped])
    return kept


def _frequent(items: Iterable[_Item]) -> set[_Item]:
    return {item for item, count in Counter(items).items() if count >= _OFTEN}


def _edges(page: Sequence[Line]) -> dict[int, Line]:
    """Return the lowest and highest lines of a page, by their place in its order."""
    order = sorted(range(len(page)), key=lambda at: page[at].bottom)
    return {at: page[at] for at in (*order[:_EDGE_LINES], *order[-_EDGE_LINES:])}


def _outermost(edge: dict[int, Line]) -> dict[int, Line]:
    """Return the very lowest and highest line."""
    order = sorted(edge, key=lambda at: edge[at].bottom)
    return {at: edge[at] for at in (*order[:1], *order[-1:])}


def _words(line: Line) -> str:
    """Return what a running head repeats: its words, but neither numbers nor punctuation."""
    return _FIGURES.sub(" ", line.text.casefold()).strip()


def _place(line: Line) -> tuple[str, int]:
    return _words(line), round(line.bottom / _STEADY)


def _is_page_number(line: Line, *, alone: bool) -> bool:
    found = _NUMBER.match(line.text)
    return found is not None and (not alone or found[1] == str(line.page))


def _offsets(line: Line) -> set[int]:
    """Return how far the numbers at a line's ends are from the page's own."""
    return {int(first or last) - line.page for first, last in _FIRST_OR_LAST.findall(line.text)}


def _is_like(words: str, repeated: set[str]) -> bool:
    """Tell whether words are repeated, or nearly; many different heads are compared exactly, for that is quick."""
    if words in repeated:
        return bool(words)
    if len(words) < _FEW_LETTERS or len(repeated) > _MANY_HEADS:
        return False
    return any(
        abs(len(words) - len(other)) < _FEW_LETTERS and SequenceMatcher(None, words, other).ratio() > _ALIKE
        for other in repeated
    )
