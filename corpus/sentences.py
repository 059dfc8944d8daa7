"""Text to sentence spans. The sole import of the segmenter, sentencex (MIT)."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

from corpus.records import Span
from corpus.scripts import is_unspaced
from corpus.sentence_ends import ends_inside, goes_on

_BLOCK = re.compile(r"\S(?:.|\n(?![^\S\n]*\n))*")
_LIST_ITEM = re.compile(r"\s*(?:[-*+•‣◦–—]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s")

_HANGING = 2  # characters of Chinese by which a full line may be short: no line begins with a full stop or a comma
_RAGGED = 0.6  # of the longest line's length: so long is a line at the least that breaks in the middle of a sentence

WRAP_COLUMNS = 40
"""Columns: where the longest line of a block is shorter, its line breaks were meant. Chinese takes two a character."""

SENTENCE_CHARACTERS = 2_000
"""Characters: a longer run without an end is cut at a semicolon, else at a space or a Chinese comma, else here."""


def split_sentences(
    text: str, start: int = 0, end: int | None = None, language: str = "en", *, wrapped: bool = True
) -> list[Span]:
    """Return the sentences between two positions of a text, in order, without the white space around them.

    A blank line always ends a sentence. A single line break ends one too, unless the text keeps the lines that its
    author typed (`wrapped`): there it ends one where the lines stand on their own (list items, table rows, short
    lines) and not where a paragraph was wrapped to a width.

    Args:
        text: any text without lone surrogates.
        start: first code point to look at.
        end: code point after the last one to look at; None for the end of the text.
        language: ISO 639-1 code; one unknown to the segmenter is treated like its nearest relative.
        wrapped: whether a line break may be one that an author's editor made.

    Returns:
        spans of code points; each begins and ends with a visible character.
    """
    from sentencex import get_sentence_boundaries

    spans: list[Span] = []
    for first, last in _units(text, start, len(text) if end is None else end, wrapped):
        found = get_sentence_boundaries(language, text[first:last])
        stretches = [(first + boundary["start_index"], first + boundary["end_index"]) for boundary in found]
        for stretch in _joined(text, language, stretches):
            spans.extend(_trimmed(text, *stretch))
    return spans


def _joined(text: str, language: str, stretches: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the stretches of a unit, those made one that were parted at an abbreviation or a closing quote."""
    joined: list[tuple[int, int]] = []
    parts = (pairwise([start, *ends_inside(text, start, end), end]) for start, end in stretches)
    for start, end in chain.from_iterable(parts):
        if joined and goes_on(language, text[joined[-1][0] : joined[-1][1]], text[start:end]):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _units(text: str, start: int, end: int, wrapped: bool) -> Iterator[tuple[int, int]]:
    """Yield the stretches that no sentence crosses: paragraphs, list items, rows."""
    for block in _BLOCK.finditer(text, start, end):
        lines = [(line.start(), line.end()) for line in re.finditer(r"[^\n]+", block.group())]
        width = max(last - first for first, last in lines)
        begin = lines[0][0]
        for (first, last), (after, after_end) in pairwise(lines):
            following = block.group()[after:after_end]
            if not (wrapped and _was_wrapped(block.group()[first:last], following, width)):
                yield block.start() + begin, block.start() + last
                begin = after
        yield block.start() + begin, block.end()


def _was_wrapped(line: str, following: str, width: int) -> bool:
    """Tell whether a line goes on in the next: the next word would not have fitted on it, or is no beginning."""
    if width * (2 if is_unspaced(line[-1:]) else 1) < WRAP_COLUMNS or _LIST_ITEM.match(following) or " | " in following:
        return False
    if is_unspaced(line[-1]) and is_unspaced(following[:1]):  # any character may be the next line's first
        return len(line) >= width - _HANGING
    word = following.split(maxsplit=1)[0] if following.strip() else ""
    is_row = "   " in line.strip()
    in_sentence = line.endswith(",") or ((line[-1].isalnum() or line[-1] in ";)") and word[:1].islower())
    if in_sentence and len(line) >= _RAGGED * width and not is_row:
        return True
    return len(line) + 1 + len(word) > width


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield a stretch without the white space at its ends, cut where it is longer than a sentence can be."""
    while end - start > SENTENCE_CHARACTERS:
        limit = start + SENTENCE_CHARACTERS
        cut = max(
            text.rfind("; ", start, limit) + 1, text.rfind("；", start, limit) + 1, text.rfind("\n", start, limit)
        )
        if cut <= start:
            cut = max(text.rfind(" ", start, limit), text.rfind("，", start, limit) + 1)
        if cut <= start:
            cut = limit
        yield from _trimmed(text, start, cut)
        start = cut
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield Span(start, end)
