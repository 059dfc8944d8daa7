"""Footnotes and figures stand at the edge of a page, often in the midst of a paragraph that goes on after them."""

from collections.abc import Sequence

from corpus.formats.printed import ENDS, Line, Paragraph

_BETWEEN = 60  # paragraphs that may interrupt another: each label in a figure looks like one
_SMALL = 0.95  # times the size of the text: a footnote
_SAME_WIDTH = 0.1  # of the width of a column


def over_footnotes(found: Sequence[Paragraph]) -> list[Paragraph]:
    """Join what stands on both sides of footnotes and figures, which are put before or after it."""
    whole: list[Paragraph] = []
    for paragraph in found:
        at = _interrupted(whole, paragraph) if paragraph.lines[0].text[:1].islower() else None
        if at is None:
            whole.append(paragraph)
            continue
        first, between = whole[at], whole[at + 1 :]
        page = first.lines[-1].page  # text of a later page cannot stand before it
        whole[at:] = [
            *(note for note in between if note.page <= page),
            Paragraph(first.lines + paragraph.lines),
            *(note for note in between if note.page > page),
        ]
    return whole


def _interrupted(whole: Sequence[Paragraph], paragraph: Paragraph) -> int | None:
    """Return the place of the paragraph that another goes on with, unless nothing stands between them."""
    only_notes = True
    for at in range(len(whole) - 2, max(-1, len(whole) - 2 - _BETWEEN), -1):
        only_notes = only_notes and _is_small(whole[at + 1], paragraph.lines[0])
        figures = _ends_its_column(whole[at], whole[at + 1].lines[0]) and _are_alike(whole[at], paragraph)
        if (only_notes or figures) and _unfinished(whole[at], paragraph.lines[0]):
            return at
    return None


def _unfinished(paragraph: Paragraph, line: Line) -> bool:
    last = paragraph.lines[-1]
    same_size = abs(last.size - line.size) < 0.03 * last.size
    return same_size and last.page >= line.page - 1 and (last.broken or not last.text.endswith(ENDS))


def _is_small(paragraph: Paragraph, line: Line) -> bool:
    return paragraph.lines[0].size < _SMALL * line.size


def _ends_its_column(paragraph: Paragraph, after: Line) -> bool:
    last = paragraph.lines[-1]
    return after.page > last.page or after.bottom > last.bottom


def _are_alike(first: Paragraph, second: Paragraph) -> bool:
    """Tell whether two paragraphs are set to the same width: text, and not the words of a figure."""
    if min(len(first.lines), len(second.lines)) < 2:
        return False
    widths = [max(line.right - line.left for line in paragraph.lines) for paragraph in (first, second)]
    return abs(widths[0] - widths[1]) < _SAME_WIDTH * max(widths)
