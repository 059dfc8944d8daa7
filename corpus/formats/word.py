"""DOCX: paragraphs, lists and tables in the order of the document, as it reads with all changes accepted."""

import io
import re
from collections.abc import Iterator
from typing import Any

from corpus.errors import DamagedDocumentError
from corpus.formats.archive import open_archive
from corpus.formats.draft import Draft
from corpus.formats.titles import choose_title
from corpus.formats.trees import xml_tree
from corpus.formats.wordxml import FALLBACK, TEXT_BOX, W, cell_words, in_order, nearest, words
from corpus.records import Document, File, Limits

_HEADING = re.compile(r"heading (\d)$", re.IGNORECASE)
_NOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"


def read(file: File, raw: bytes, limits: Limits) -> tuple[Document, ...]:
    """Read a Word document."""
    import docx
    from docx.opc.exceptions import OpcError

    open_archive(raw, limits).close()
    try:
        package = docx.Document(io.BytesIO(raw))
    except (OpcError, KeyError, ValueError, AttributeError, SyntaxError) as error:  # lxml's errors are SyntaxErrors
        raise DamagedDocumentError(f"it is damaged ({error}); open it in Word and save a fresh copy") from error
    writer = _Writer(Draft(limits), _heading_levels(package))
    writer.blocks(package.element.body)
    for part in _note_parts(package):
        writer.blocks(part)
    title = choose_title(file, package.core_properties.title, *writer.titles[:1])
    return (writer.draft.document(file, title, "docx"),)


def _heading_levels(package: Any) -> dict[str, int]:
    """Return the level of every style that makes a heading, by the style's id; a title's is 0."""
    levels: dict[str, int] = {}
    for style in package.styles:
        name = style.name or ""
        ancestor, outline = style.element, None
        for _ in range(10):  # styles are based on styles; a circle of them is cut short
            found = ancestor.find(f"{W}pPr/{W}outlineLvl")
            outline = found.get(f"{W}val") if found is not None else None
            based_on = ancestor.find(f"{W}basedOn")
            parent = package.styles.element.get_by_id(based_on.get(f"{W}val")) if based_on is not None else None
            if outline is not None or parent is None:
                break
            ancestor = parent
        if named := _HEADING.match(name):
            levels[style.style_id] = int(named[1])
        elif name == "Title":
            levels[style.style_id] = 0
        elif outline is not None and outline.isdigit() and int(outline) < 9:
            levels[style.style_id] = int(outline) + 1
    return levels


def _note_parts(package: Any) -> Iterator[Any]:
    for relation in package.part.rels.values():
        if relation.reltype == _NOTES and not relation.is_external:
            for note in xml_tree(relation.target_part.blob, "footnotes"):
                if note.get(f"{W}type") in {None, "normal"}:
                    yield note


class _Writer:
    """Adds the blocks of a body, a cell's or a note's to a draft.

    Args:
        draft: where they go.
        levels: heading levels by style id.
    """

    def __init__(self, draft: Draft, levels: dict[str, int]) -> None:
        self.draft = draft
        self.titles: list[str] = []
        self._levels = levels
        self._items: list[str] = []

    def blocks(self, container: Any) -> None:
        for kind, element in in_order(container):
            if kind == "table":
                self._flush()
                self._table(element)
            else:
                self._paragraph(element)
        self._flush()

    def _paragraph(self, element: Any) -> None:
        text = words(element)
        style = element.find(f"{W}pPr/{W}pStyle")
        level = self._levels.get(style.get(f"{W}val")) if style is not None else None
        own = element.find(f"{W}pPr/{W}outlineLvl")
        if own is not None and (own.get(f"{W}val") or "9") in "012345678":
            level = int(own.get(f"{W}val")) + 1
        if level is not None and text.strip():
            self._flush()
            self.draft.heading(text, max(1, level))
            if level <= 1:
                self.titles.append(text)
        elif element.find(f"{W}pPr/{W}numPr") is not None:
            self._items.append(" ".join(text.split()))
        elif text.strip():
            self._flush()
            self.draft.block(text)
        for box in element.iter(TEXT_BOX):
            if next(box.iterancestors(FALLBACK), None) is None:
                self.blocks(box)

    def _table(self, table: Any) -> None:
        rows = [nearest(row, f"{W}tc") for row in nearest(table, f"{W}tr")]
        if all(len(row) <= 1 for row in rows):
            for row in rows:
                for cell in row:
                    self.blocks(cell)
            return
        lines = (" | ".join(text for cell in row if (text := cell_words(cell))) for row in rows)
        self.draft.block("\n".join(lines))

    def _flush(self) -> None:
        self.draft.block("\n".join(item for item in self._items if item))
        self._items.clear()
