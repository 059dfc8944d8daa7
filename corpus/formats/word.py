"""DOCX: paragraphs, lists and tables in the order of the document, as it reads with all changes accepted."""

import io
import re
from collections.abc import Iterator
from typing import Any

from corpus.errors import DamagedDocumentError
from corpus.formats.archive import open_archive
from corpus.formats.draft import Draft
from corpus.formats.titles import choose_title
from corpus.records import Document, File, Limits

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT_BOX = f"{_W}txbxContent"
# Deletions, the old place of what was moved, field codes, and the second copy of what newer versions draw.
_LEFT_OUT = frozenset(
    {f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sdtPr", "rt")} | {_FALLBACK, _TEXT_BOX}
)
_SPOKEN = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "\u2011", f"{_W}ptab": "\t"}
_HEADING = re.compile(r"heading (\d)$", re.IGNORECASE)
_NOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"


def read(file: File, raw: bytes, limits: Limits) -> tuple[Document, ...]:
    """Read a Word document."""
    from docx import Document as open_document
    from docx.opc.exceptions import OpcError

    open_archive(raw, limits).close()
    try:
        package = open_document(io.BytesIO(raw))
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
            found = ancestor.find(f"{_W}pPr/{_W}outlineLvl")
            outline = found.get(f"{_W}val") if found is not None else None
            based_on = ancestor.find(f"{_W}basedOn")
            parent = package.styles.element.get_by_id(based_on.get(f"{_W}val")) if based_on is not None else None
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
    from lxml import etree

    for relation in package.part.rels.values():
        if relation.reltype == _NOTES and not relation.is_external:
            root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
            for note in root:
                if note.get(f"{_W}type") in {None, "normal"}:
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
        for kind, element in _walk(container):
            if kind == "table":
                self._flush()
                self._table(element)
            else:
                self._paragraph(element)
        self._flush()

    def _paragraph(self, element: Any) -> None:
        text = _words(element)
        style = element.find(f"{_W}pPr/{_W}pStyle")
        level = self._levels.get(style.get(f"{_W}val")) if style is not None else None
        own = element.find(f"{_W}pPr/{_W}outlineLvl")
        if own is not None and (own.get(f"{_W}val") or "9") in "012345678":
            level = int(own.get(f"{_W}val")) + 1
        if level is not None and text.strip():
            self._flush()
            self.draft.heading(text, max(1, level))
            if level <= 1:
                self.titles.append(text)
        elif element.find(f"{_W}pPr/{_W}numPr") is not None:
            self._items.append(" ".join(text.split()))
        elif text.strip():
            self._flush()
            self.draft.block(text)
        for box in element.iter(_TEXT_BOX):
            if next(box.iterancestors(_FALLBACK), None) is None:
                self.blocks(box)

    def _table(self, table: Any) -> None:
        rows = [_nearest(row, f"{_W}tc") for row in _nearest(table, f"{_W}tr")]
        if all(len(row) <= 1 for row in rows):
            for row in rows:
                for cell in row:
                    self.blocks(cell)
            return
        lines = (" | ".join(text for cell in row if (text := _cell(cell))) for row in rows)
        self.draft.block("\n".join(lines))

    def _flush(self) -> None:
        self.draft.block("\n".join(item for item in self._items if item))
        self._items.clear()


def _walk(container: Any) -> Iterator[tuple[str, Any]]:
    """Yield the paragraphs and tables of a container, through content controls and inserted blocks."""
    stack = [iter(container)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif element.tag == f"{_W}p":
            yield "paragraph", element
        elif element.tag == f"{_W}tbl":
            yield "table", element
        elif element.tag not in _LEFT_OUT:
            stack.append(iter(element))


def _words(paragraph: Any) -> str:
    parts: list[str] = []
    stack = [iter(paragraph)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif element.tag in {f"{_W}t", f"{_M}t"}:
            parts.append(element.text or "")
        elif element.tag == f"{_W}br" and element.get(f"{_W}type") in {"page", "column"}:
            parts.append(" ")
        elif element.tag in _SPOKEN:
            parts.append(_SPOKEN[element.tag])
        elif element.tag not in _LEFT_OUT:
            stack.append(iter(element))
    return "".join(parts)


def _nearest(container: Any, tag: str) -> list[Any]:
    """Return the elements of a tag, through content controls, but not those of a table inside."""
    found: list[Any] = []
    stack = [iter(container)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif element.tag == tag:
            found.append(element)
        elif element.tag not in _LEFT_OUT and element.tag != f"{_W}tbl":
            stack.append(iter(element))
    return found


def _cell(cell: Any) -> str:
    return " ".join(" ".join(_words(element).split()) for element in cell.iter(f"{_W}p")).strip()
