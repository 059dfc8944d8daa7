"""PDF as it is printed: the sizes of its pages, where words stand on them, and pages as pictures."""

import ctypes
import io
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from corpus.errors import DamagedDocumentError, DocumentError, DocumentLimitError
from corpus.formats.finding import find
from corpus.records import File
from corpus.views import Image, Layout, Mark, Picture, Rectangle, Seen, Sheet, Sheets, View

# Pixels a point: twice what a screen of old shows, so that letters are clear on one of today's.
_SCALE = 2.0
_MOST_PIXELS = 6_000_000  # of one picture; a poster is drawn smaller
_UNREADABLE = (595.0, 842.0)  # points; a page that is broken is shown as an empty sheet of A4
_MOST_CHARACTERS = 200_000  # of a page on which words are looked for
_GRID = 1_000_000  # steps across a page in which PDFium is asked for places

Box = tuple[float, float, float, float]
"""Left, top, right, bottom: in points from the upper left corner of the page as it is seen."""


def look(file: File, view: View) -> Seen:
    """Return what is asked of a PDF file.

    Raises:
        DocumentError: the file, or the page, cannot be shown; the message is the reason alone.
    """
    import pypdfium2

    try:
        with closing(pypdfium2.PdfDocument(file.path)) as pdf:
            return _picture(pdf, view) if isinstance(view, Picture) else _layout(pdf, view)
    except DocumentError:
        raise
    except MemoryError as error:
        raise DocumentLimitError("it needs more memory to be shown than it may have") from error
    except Exception as error:  # a hostile file can raise anything
        raise DamagedDocumentError(
            f"it cannot be shown ({str(error)[:200]}); check that it is there and whole"
        ) from error


def _picture(pdf: Any, view: Picture) -> Image:
    with _page(pdf, view.page) as page:
        width, height = page.get_size()
        scale = min(_SCALE, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
        written = io.BytesIO()
        with closing(page.render(scale=scale, rev_byteorder=True)) as bitmap:
            bitmap.to_pil().convert("RGB").save(written, "PNG", compress_level=4)
        return Image(written.getvalue())


def _page(pdf: Any, number: int) -> Any:
    """Return an open page as a context, which closes it."""
    if not 1 <= number <= len(pdf):
        raise DamagedDocumentError(f"it has no page {number:,}; its pages are 1 to {len(pdf):,}")
    return closing(pdf[number - 1])


def _layout(pdf: Any, view: Layout) -> Sheets:
    marks: dict[int, list[Rectangle]] = {}
    for mark in view.marks:
        # a paragraph that was moved behind what interrupts it may be cited with the page next to its own
        for number in (mark.page, mark.page - 1, mark.page + 1):
            if 1 <= number <= len(pdf) and (places := _places(pdf, number, mark)):
                marks.setdefault(number, []).extend(places)
                break
    numbers = range(max(view.first, 1), min(view.last, len(pdf)) + 1)
    return Sheets(
        len(pdf), tuple(Sheet(number, *_size(pdf, number), tuple(marks.get(number, ()))) for number in numbers)
    )


def _size(pdf: Any, number: int) -> tuple[float, float]:
    import pypdfium2

    try:
        width, height = pdf.get_page_size(number - 1)
    except pypdfium2.PdfiumError:
        return _UNREADABLE
    return (width, height) if width > 0 and height > 0 else _UNREADABLE


def _places(pdf: Any, number: int, mark: Mark) -> list[Rectangle]:
    import pypdfium2.raw as c

    with _page(pdf, number) as page:
        with closing(page.get_textpage()) as text_page:
            count = min(text_page.count_chars(), _MOST_CHARACTERS)
            printed = "".join(chr(c.FPDFText_GetUnicode(text_page, at)) for at in range(count))
            found = find(printed, mark.text, mark.start, mark.end)
            boxes = [_shown(page, box) for at in found if (box := _box(text_page, at))]
        width, height = page.get_size()
        return [
            Rectangle(left / width, top / height, (right - left) / width, (bottom - top) / height)
            for left, top, right, bottom in lines_of(boxes)
        ]


def _box(text_page: Any, at: int) -> Any:
    """Return where a character stands, with the room that its line takes; None for one that isn't printed."""
    import pypdfium2.raw as c

    box = c.FS_RECTF()
    if not c.FPDFText_GetLooseCharBox(text_page, at, box) or box.right <= box.left or box.top <= box.bottom:
        return None
    return box


def _shown(page: Any, box: Any) -> Box:
    """Return a place of the page's own coordinates as it is seen."""
    import pypdfium2.raw as c

    x, y = ctypes.c_int(), ctypes.c_int()
    width, height = page.get_size()
    corners: list[tuple[float, float]] = []
    for across, up in ((box.left, box.bottom), (box.right, box.top)):
        c.FPDF_PageToDevice(page, 0, 0, _GRID, _GRID, 0, across, up, x, y)
        corners.append((min(max(x.value, 0), _GRID) / _GRID * width, min(max(y.value, 0), _GRID) / _GRID * height))
    (ax, ay), (bx, by) = corners
    return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def lines_of(boxes: Sequence[Box]) -> list[Box]:
    """Return the boxes of characters joined to one for each line, in their order; a line may run downwards."""
    lines: list[Box] = []
    for box in boxes:
        if lines and (_beside(lines[-1], box) or _beneath(lines[-1], box)):
            last = lines[-1]
            lines[-1] = min(last[0], box[0]), min(last[1], box[1]), max(last[2], box[2]), max(last[3], box[3])
        else:
            lines.append(box)
    return lines


def _beside(line: Box, box: Box) -> bool:
    height, other = sorted((line[3] - line[1], box[3] - box[1]))
    if other > 3 * height:  # a column of characters
        return False
    gap = max(box[0] - line[2], line[0] - box[2])
    return min(line[3], box[3]) - max(line[1], box[1]) > 0.5 * height and gap < 2 * height


def _beneath(line: Box, box: Box) -> bool:
    """Tell whether a character goes on with a column that is one character wide."""
    width = min(line[2] - line[0], box[2] - box[0])
    narrow = max(line[2] - line[0], box[2] - box[0]) < 1.5 * width
    return narrow and min(line[2], box[2]) - max(line[0], box[0]) > 0.5 * width and abs(box[1] - line[3]) < 0.5 * width
