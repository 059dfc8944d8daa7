"""WordprocessingML (ECMA-376 part 1, 17): its elements in order, and the words in them, all changes accepted."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
TEXT_BOX = f"{W}txbxContent"
# Deletions, the old place of what was moved, field codes, and the second copy of what newer versions draw.
_LEFT_OUT = frozenset(
    {f"{W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sdtPr", "rt")}
    | {FALLBACK, TEXT_BOX}
)
_SPOKEN = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "\u2011", f"{W}ptab": "\t"}
_TABLE = f"{W}tbl"
_WORDS = _SPOKEN.keys() | {f"{W}t", f"{_M}t"}


def in_order(container: Any) -> Iterator[tuple[str, Any]]:
    """Yield the paragraphs and tables of a container, through content controls and inserted blocks."""
    for element in _outermost(container, {f"{W}p", _TABLE}):
        yield ("table" if element.tag == _TABLE else "paragraph"), element


def nearest(container: Any, tag: str) -> list[Any]:
    """Return the elements of a tag, through content controls, but not those of a table inside."""
    return [element for element in _outermost(container, {tag, _TABLE}) if element.tag == tag]


def words(paragraph: Any) -> str:
    """Return a paragraph's words, its line breaks as newlines."""
    parts: list[str] = []
    for element in _outermost(paragraph, _WORDS):
        if element.tag in _SPOKEN:
            ends_page = element.get(f"{W}type") in {"page", "column"}
            parts.append(" " if ends_page else _SPOKEN[element.tag])
        else:
            parts.append(element.text or "")
    return "".join(parts)


def cell_words(cell: Any) -> str:
    """Return a cell's words in one line."""
    return " ".join(" ".join(words(element).split()) for element in cell.iter(f"{W}p")).strip()


def _outermost(container: Any, tags: AbstractSet[str]) -> Iterator[Any]:
    """Yield the elements of some tags, in order, without what is inside them and what is left out."""
    stack = [iter(container)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif element.tag in tags:
            yield element
        elif element.tag not in _LEFT_OUT:
            stack.append(iter(element))
