"""An HTML tree to blocks of text: what is read, what is left out, and where one block ends."""

import re
from collections.abc import Iterable
from typing import Any

from corpus.formats.draft import Draft
from corpus.formats.surroundings import left_out
from corpus.formats.trees import Walk
from corpus.scripts import without_line_breaks

_BLOCKS = frozenset(
    str.split(
        "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer "
        "form header hgroup hr html legend main ol p pre section summary table tbody tfoot thead tr ul"
    )
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
DEFINED = "dt"
_DEFINED_LEVEL = 6
_NAMES = frozenset({"sig-prename", "sig-name", "descclassname", "descname", "def-name"})
"""Classes of the parts of a name in what Sphinx and Texinfo write where a manual defines it."""
# Stand between cells, between items in a cell, and between lines, until a block is whole; normalised text has none.
_CELL, _ITEM, _LINE = "\x1f", "\x1e", "\x1d"
_PARTS = re.compile(r"\n[ \n]*\n")
_LINES = re.compile(rf"\s*{_LINE}[\s{_LINE}]*")
_ANCHORS = " \t\n#\u00a7\u00b6\U0001f517"  # signs that link a heading to itself
_SPACE = re.compile(r"[ \t\n\r\f]+")


def write(found: Iterable[tuple[str, str]], draft: Draft) -> None:
    """Add the blocks of a page to a draft; what defines a name, and what says more of it, is a section of that name."""
    heading = begins = None
    for kind, text in found:
        if kind in _HEADINGS:
            heading, begins = (text.strip(_ANCHORS), _HEADINGS[kind]), None
            draft.heading(*heading)
        elif kind == DEFINED:
            begins = (text, _DEFINED_LEVEL) if text else heading
        else:
            if begins:
                draft.section(*begins)
                begins = None
            (draft.verbatim if kind == "pre" else draft.block)(text)


def blocks(root: Any) -> list[tuple[str, str]]:
    """Return the blocks of a page, each with its kind: a heading's tag, "pre", or nothing for all others.

    Where a manual defines a name, DEFINED stands before the blocks, and the name; without a name where that ends.
    The page's main part alone where it names one; everything visible where picking would leave nothing.
    """
    mains = [element for element in root.iter("main", "div") if element.tag == "main" or element.get("role") == "main"]
    tops = [*mains, root] if len(mains) == 1 else [root]
    for top in tops:
        if found := _Collector(picky=True).blocks(top):
            return found
    return _Collector(picky=False).blocks(root)


class _Collector:
    """Goes through a tree and collects its blocks.

    Args:
        picky: leave out what stands around the page's own words.
    """

    def __init__(self, *, picky: bool) -> None:
        self._picky = picky
        self._blocks: list[tuple[str, str]] = []
        self._words: list[str] = []
        self._heading = ""
        self._lists = 0
        self._verbatim = 0
        self._tables: list[bool] = []  # for each table around: has it rows of data?
        self._defined: list[str] = []  # for each list of terms around: the name that was defined last

    def blocks(self, top: Any) -> list[tuple[str, str]]:
        walk = Walk(top)
        skipped = None
        for event, element in walk:
            if event == "start":
                if element is not top and left_out(element, picky=self._picky):
                    skipped = element
                    walk.skip()
                else:
                    self._open(element)
                continue
            if element is skipped:
                skipped = None
            else:
                self._close(element)
            if element is not top and element.tail:
                self._say(element.tail)
        self._flush()
        return self._blocks

    def _open(self, element: Any) -> None:
        tag = element.tag
        if tag == "table":
            self._flush()
            self._tables.append(_has_data(element))
        elif tag in {"td", "th"} and self._in_data:
            self._words.append(_CELL)
        elif tag == "tr" and self._in_data:
            self._words.append("\n")
        elif tag == "li":
            self._words.append(_ITEM if self._in_data else _LINE)
        elif tag in _HEADINGS and not self._in_data:
            self._flush()
            self._heading = self._heading or tag
        elif tag == "pre":
            self._flush()
            self._verbatim += 1
        elif tag == "br":
            self._words.append(" " if self._in_data else "\n")
        else:
            self._bound(tag)
        if tag in {"ul", "ol"}:
            self._lists += 1
        elif tag == "dl":
            self._defined.append("")
        elif tag == "dt" and self._defined and (name := _defined(element)) not in {"", self._defined[-1]}:
            self._defined[-1] = name
            self._blocks.append((DEFINED, name))
        if element.text:
            self._say(element.text)

    def _close(self, element: Any) -> None:
        tag = element.tag
        if tag in {"ul", "ol"}:
            self._lists = max(0, self._lists - 1)
        if tag == "table":
            self._flush()
            self._tables.pop()
        elif tag == "pre":
            self._flush()
            self._verbatim = max(0, self._verbatim - 1)
        elif tag == self._heading:
            self._flush()
            self._heading = ""
        elif tag == "li":
            self._words.append(" " if self._in_data else _LINE)
        else:
            self._bound(tag)
        if tag == "dl" and self._defined and self._defined.pop():
            self._blocks.append((DEFINED, next(filter(None, reversed(self._defined)), "")))

    @property
    def _in_data(self) -> bool:
        return bool(self._tables) and self._tables[-1]

    def _bound(self, tag: str) -> None:
        """End a block where a tag does so; within a row, an item or a heading it only parts words."""
        if tag not in _BLOCKS and tag not in {"td", "th"}:
            return
        if self._in_data or self._heading:
            self._words.append(" ")
        elif self._lists:
            self._words.append(_LINE if tag in {"ul", "ol"} else " ")
        else:
            self._flush()

    def _say(self, text: str) -> None:
        self._words.append(text if self._verbatim else _SPACE.sub(" ", without_line_breaks(text)))

    def _flush(self) -> None:
        text = "".join(self._words)
        self._words.clear()
        if self._verbatim:
            self._blocks.append(("pre", text.strip("\n")))
        elif self._in_data:
            rows = ([_items(cell) for cell in row.split(_CELL)] for row in text.split("\n"))
            text = "\n".join(" | ".join(cell for cell in row if cell) for row in rows)
            self._add("", text)
        elif self._heading:
            self._add(self._heading, text)
        else:
            for part in _PARTS.split(text):
                self._add("", _LINES.sub("\n", part))

    def _add(self, kind: str, text: str) -> None:
        text = text.strip()
        if text:
            self._blocks.append((kind, text))


def _items(cell: str) -> str:
    return ", ".join(item for item in map(str.strip, cell.split(_ITEM)) if item)


def _defined(term: Any) -> str:
    """Return the name that a term of a manual's reference defines, with brackets where it is called; or nothing."""
    parts = [part for part in term.iter() if _NAMES & set((part.get("class") or "").split())]
    if not parts and (term.get("id") or "").startswith("index-"):  # Texinfo before its version 7
        parts = [*term.iter("strong")][:1]
    name = "".join("".join(part.itertext()) for part in parts)
    called = name and "(" in "".join(term.itertext())
    return f"{name.strip()}()" if called else name.strip()


def _has_data(table: Any) -> bool:
    """Tell a table of data from one that only lays out the page."""
    if table.get("role") in {"presentation", "none"}:
        return False
    inner = table.iter("table", *_HEADINGS)
    next(inner)
    if next(inner, None) is not None:
        return False
    return any(sum(cell.tag in {"td", "th"} for cell in row) > 1 for row in table.iter("tr"))
