"""Lines of a printed page to paragraphs, by where the lines stand and how they end.

The rule of thumb is the typesetter's: a line that left room for the next line's first word was ended on purpose.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from corpus.formats.footnotes import over_footnotes
from corpus.formats.printed import ENDS, Line, Paragraph

_LONG = 0.75  # times the column's width
_STOPS = tuple(".!?:。！？：।॥؟۔")
_LEADER = re.compile(r"(?:\. ?){5,}[\divxlc]*$|(?:\. ){4,}[\divxlc]+$")  # a line of a table of contents
_ITEM = re.compile(
    r"(?:[\u2022\u2023\u25aa\u25cf\u25e6\u2043\uf0b7\u00b7*\u2013-]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S"
)


def paragraphs(pages: Sequence[Sequence[Line]]) -> list[Paragraph]:
    """Put the lines of pages, in reading order, together into paragraphs."""
    lines = [line for line in _whole_lines([line for page in pages for line in page]) if not _LEADER.search(line.text)]
    pitch = _pitch(lines)
    found: list[Paragraph] = []
    for at, line in enumerate(lines):
        if found and _goes_on(found[-1].lines, line, lines[at + 1 : at + 2], pitch):
            found[-1].lines.append(line)
        else:
            found.append(Paragraph([line]))
    return over_footnotes(found)


def _whole_lines(lines: Sequence[Line]) -> Iterator[Line]:
    """Join the parts of a line that something raised, a reference mark say, has split."""
    held: Line | None = None
    for line in lines:
        if held is None:
            held = line
        elif _beside(held, line):
            gap = line.left - held.right
            space = " " if gap > 0.12 * max(held.size, line.size) else ""
            big = max(held, line, key=lambda part: len(part.text))
            held = Line(
                held.text + space + line.text,
                held.page,
                held.left,
                line.right,
                big.bottom,
                big.top,
                held.bold and line.bold,
                line.broken,
            )
        else:
            yield held
            held = line
    if held:
        yield held


def _beside(before: Line, line: Line) -> bool:
    if before.page != line.page or before.broken:
        return False
    size = max(before.size, line.size)
    overlap = min(before.top, line.top) - max(before.bottom, line.bottom)
    gap = line.left - before.right
    return overlap > 0.4 * min(before.size, line.size) and -0.3 * size < gap < 0.8 * size


def _pitch(lines: Sequence[Line]) -> float:
    """Return the usual distance of two lines, as a multiple of their height."""
    steps = [
        (before.bottom - line.bottom) / before.size
        for before, line in pairwise(lines)
        if before.page == line.page and 0.5 < (before.bottom - line.bottom) / before.size < 2.5
    ]
    return median(steps) if steps else 1.2


def _goes_on(so_far: Sequence[Line], line: Line, after: Sequence[Line], pitch: float) -> bool:
    """Tell whether a line goes on with a paragraph; `after` is the line after it, if there is one."""
    before = so_far[-1]
    if before.broken:
        return True
    if abs(before.size - line.size) > 0.12 * before.size or (before.bold != line.bold and not _runs_on(before, line)):
        return False
    if _ITEM.match(line.text) or _is_row(line) or _is_row(before):
        return False
    room = _left_room(so_far, line, after)
    step = (before.bottom - line.bottom) / before.size
    if before.page != line.page or not 0.3 < step <= 1.3 * pitch:
        return not any(map(_is_row, after)) and _goes_on_elsewhere(before, line, room=room)
    if _runs_on(before, line):
        return True
    shift = (line.left - before.left) / before.size
    if shift > 0.6 or (shift < -0.6 and len(so_far) > 1):
        return not room and not before.text.endswith(ENDS)
    return not room


def _is_row(line: Line) -> bool:
    """Tell a row of figures: it stands alone."""
    words = line.text.split()
    figures = sum(word[0].isdigit() or word[-1].isdigit() for word in words)
    return figures >= 4 and figures * 2 >= len(words)


def _runs_on(before: Line, line: Line) -> bool:
    """Tell whether a line begins in the midst of a sentence."""
    return line.text[:1].islower() and not before.text.endswith(_STOPS)


def _goes_on_elsewhere(before: Line, line: Line, *, room: bool) -> bool:
    """Tell whether a paragraph goes on at the top of the next column or page."""
    above = before.page != line.page or line.bottom > before.bottom
    if not above or before.text.endswith(_STOPS):
        return False
    if line.text[:1].islower():
        return True
    same = abs(before.size - line.size) < 0.03 * before.size
    return same and not room and before.text[-1:].isalpha() and line.text[0].isalpha()


def _left_room(so_far: Sequence[Line], line: Line, after: Sequence[Line]) -> bool:
    """Tell whether the first word of a line would have fitted behind the line before it."""
    before = so_far[-1]
    near = [
        other.right
        for other in (*so_far[-3:], line, *after)
        if other.page == before.page and abs(other.left - before.left) < 3 * before.size
    ]
    edge = max(near)
    if before.right - before.left > _LONG * (edge - before.left) and not before.text.endswith(ENDS):
        return False  # a formula or a name that was kept whole has left the room
    word = line.text.split(" ", 1)[0]
    width = (line.right - line.left) * len(word) / max(len(line.text), 1)
    return before.right + width + 0.5 * before.size < edge
