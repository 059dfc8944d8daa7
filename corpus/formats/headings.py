"""Which paragraphs of a printed page are headings: the document's bookmarks say so, else their size and weight."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from corpus.formats.printed import Paragraph
from corpus.scripts import glue

# Bookmarks as (page, level, title), pages and levels from 1.
Outline = list[tuple[int, int, str]]

_LONGEST = 150  # characters
_MOST_LINES = 3
_BRIEF = 40  # characters; what follows a row of bold names of columns is shorter
_MOST_HEADINGS = 0.2  # of the text; where more of it is large, size tells nothing
_LARGER = 1.1  # times the size of the text
_NOT_A_HEADING = tuple(".,;:!")
_ADDRESS = re.compile(r"\S@\S|://|www\.")
_NUMBER = re.compile(r"(?:\d+|[A-Z])(?:\.\d+)*\.?\s+(?=\S)")
_WORDS = re.compile(r"\w+")


def mark_headings(found: Sequence[Paragraph], outline: Outline) -> None:
    """Set the level of the paragraphs that are headings."""
    if not _by_outline(found, outline):
        _by_look(found)


def printed_title(found: Sequence[Paragraph]) -> str | None:
    """Return what is printed largest on the first page, if it is larger than the rest and reads like a title."""
    first = [paragraph for paragraph in found if paragraph.page == 1]
    sizes = [paragraph.lines[0].size for paragraph in found]
    if not first:
        return None
    largest = max(first, key=lambda paragraph: paragraph.lines[0].size)
    stands_out = largest.lines[0].size > _LARGER * median(sizes)
    return text_of(largest) if stands_out and _reads_like_one(text_of(largest)) else None


def text_of(paragraph: Paragraph) -> str:
    """Return a paragraph's words on one line, broken words unmended."""
    words = ""
    for line in paragraph.lines:
        words += (glue(words, line.text) if words else "") + line.text
    return words


def _by_outline(found: Sequence[Paragraph], outline: Outline) -> bool:
    """Find the paragraphs that the bookmarks name, on the pages that they name; tell whether most were found."""
    by_page: dict[int, list[Paragraph]] = {}
    for paragraph in found:
        if len(paragraph.lines) <= _MOST_LINES:
            by_page.setdefault(paragraph.page, []).append(paragraph)
    matched = 0
    for page, level, title in outline:
        wanted = _folded(title)
        for paragraph in by_page.get(page, ()):
            words = _folded(text_of(paragraph))
            if (
                wanted
                and not paragraph.level
                and (words == wanted or (words.endswith(wanted) and len(words) < len(wanted) + 12))
            ):
                paragraph.level = level
                matched += 1
                break
    return matched * 2 > len(outline) > 2


def _by_look(found: Sequence[Paragraph]) -> None:
    """Take for headings what is short, and larger or bolder than the text that follows it."""
    sizes: Counter[float] = Counter()
    for paragraph in found:
        for line in paragraph.lines:
            sizes[round(line.size, 1)] += len(line.text)
    if not sizes:
        return
    usual = sizes.most_common(1)[0][0]
    headings: list[tuple[Paragraph, int]] = []
    for paragraph, after in pairwise(found):
        size = max(line.size for line in paragraph.lines)
        large = size > _LARGER * usual
        bold = size > 0.95 * usual and _all_bold(paragraph) and not _all_bold(after) and len(text_of(after)) > _BRIEF
        if (large or bold) and _reads_like_one(text_of(paragraph)):
            headings.append((paragraph, round(size) if large else 0))
    if sum(len(text_of(paragraph)) for paragraph, _ in headings) > _MOST_HEADINGS * sizes.total():
        return
    ranks = {size: rank for rank, size in enumerate(sorted({size for _, size in headings}, reverse=True), 1)}
    for paragraph, size in headings:
        numbered = _NUMBER.match(text_of(paragraph))
        depth = numbered[0].strip().rstrip(".").count(".") + 1 if numbered else 0
        paragraph.level = depth or min(ranks[size], 6)


def _all_bold(paragraph: Paragraph) -> bool:
    return all(line.bold for line in paragraph.lines)


def _reads_like_one(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return (
        len(text) <= _LONGEST
        and letters >= 3
        and letters * 2 > len(text)
        and not text[0].islower()
        and not text.endswith(_NOT_A_HEADING)
        and not _ADDRESS.search(text)
    )


def _folded(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))
