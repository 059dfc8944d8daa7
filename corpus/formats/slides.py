"""PPTX: a slide is a page, its title a section; notes follow the slide that they belong to."""

import io
from collections.abc import Iterator
from typing import Any

from corpus.errors import DamagedDocumentError
from corpus.formats.archive import open_archive
from corpus.formats.draft import Draft
from corpus.formats.titles import choose_title
from corpus.records import Document, File, Limits

_ROW_EMU = 300_000  # a third of an inch: shapes whose tops are nearer stand beside each other
_DEEPEST_GROUP = 20
_NUMBERING = frozenset({"DATE", "FOOTER", "SLIDE_NUMBER", "HEADER"})


def read(file: File, raw: bytes, limits: Limits) -> tuple[Document, ...]:
    """Read a presentation."""
    from pptx import Presentation
    from pptx.exc import PythonPptxError

    open_archive(raw, limits).close()
    try:
        show = Presentation(io.BytesIO(raw))
        slides = list(show.slides)
    except (PythonPptxError, KeyError, ValueError, AttributeError, SyntaxError) as error:  # lxml's are SyntaxErrors
        raise DamagedDocumentError(f"it is damaged ({error}); open it in PowerPoint and save a fresh copy") from error
    draft = Draft(limits)
    first = None
    for number, slide in enumerate(slides, 1):
        draft.page(number)
        heading = slide.shapes.title
        words = heading.text_frame.text if heading is not None and heading.has_text_frame else ""
        draft.heading(words, 1)
        first = first or words.strip()
        for shape in _in_reading_order(slide.shapes):
            if heading is None or shape.shape_id != heading.shape_id:
                _shape(shape, draft)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            for paragraph in slide.notes_slide.notes_text_frame.text.split("\n"):
                draft.block(_plain(paragraph))
    title = choose_title(file, show.core_properties.title, first)
    empty = "it has no slides" if not slides else "none of its slides holds text; pictures are not read"
    return (draft.document(file, title, "pptx", empty=empty),)


def _in_reading_order(shapes: Any, depth: int = 0) -> Iterator[Any]:
    """Yield shapes from top to bottom, then left to right, those of groups in the group's place."""
    placed = [shape for shape in shapes if not _is_furniture(shape)]
    placed.sort(key=lambda shape: ((shape.top or 0) // _ROW_EMU, shape.left or 0))
    for shape in placed:
        if hasattr(shape, "shapes") and depth < _DEEPEST_GROUP:
            yield from _in_reading_order(shape.shapes, depth + 1)
        else:
            yield shape


def _is_furniture(shape: Any) -> bool:
    return shape.is_placeholder and shape.placeholder_format.type.name in _NUMBERING


def _shape(shape: Any, draft: Draft) -> None:
    if getattr(shape, "has_table", False):
        rows = ((_plain(cell.text) for cell in row.cells if not cell.is_spanned) for row in shape.table.rows)
        draft.block("\n".join(" | ".join(cell for cell in row if cell) for row in rows))
    elif shape.has_text_frame:
        paragraphs = [_plain(paragraph.text) for paragraph in shape.text_frame.paragraphs]
        draft.block("\n".join(paragraph for paragraph in paragraphs if paragraph))


def _plain(text: str) -> str:
    """Return a paragraph's text in one line; a soft line break (a vertical tab, in python-pptx) is a blank."""
    return " ".join(text.split())
