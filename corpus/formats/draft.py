"""A document in the making: blocks are added in order, and the places of pages and sections are kept."""

import re

from corpus.decode import normalise
from corpus.errors import DocumentLimitError, EmptyDocumentError
from corpus.formats.titles import one_line
from corpus.records import Document, File, Limits, Page, Section

_BLANKS = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile(r" ?\n ?")
_GAPS = re.compile(r"\n{2,}")
_BLOCK_GAP = "\n\n"


class Draft:
    """Text built block by block, by the conventions of `corpus.records`.

    Args:
        limits: how much text, and how many pages, one file may have.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parts: list[str] = []
        self._length = 0
        self._sections: list[Section] = []
        self._waiting: list[tuple[str, int, int | None]] = []
        self._pages: list[Page] = []
        self._page: tuple[int, int | None] | None = None

    def block(self, text: str) -> None:
        """Add a paragraph, list or table: runs of blanks become one space, single newlines stay."""
        text = _LINE_ENDS.sub("\n", _BLANKS.sub(" ", normalise(text))).strip()
        self._add(_GAPS.sub("\n", text))

    def verbatim(self, text: str) -> None:
        """Add lines whose blanks mean something (code)."""
        lines = [line.rstrip() for line in normalise(text).split("\n")]
        self._add("\n".join(line for line in lines if line))

    def heading(self, text: str, level: int) -> None:
        """Add a heading, and begin its section."""
        title = one_line(text)
        if title:
            self._add(title)
            self._waiting.append((title, level, self._length - len(title)))

    def section(self, title: str, level: int) -> None:
        """Begin a section whose heading isn't in the text."""
        title = one_line(title)
        if title:
            self._waiting.append((title, level, None))

    def page(self, number: int) -> None:
        """Begin a page."""
        if number > self._limits.pages:
            raise DocumentLimitError(
                f"it has more than {self._limits.pages:,} pages, slides or sheets, the limit; "
                "split it into smaller files"
            )
        self._end_page()
        self._page = (number, None)

    def carry_on(self, text: str) -> None:
        """Add to the block before, after a space: a paragraph that goes on over a page's end."""
        text = one_line(text)
        if text and self._parts:
            self._grow(" ")
            self._place()
            self._grow(text)
        else:
            self._add(text)

    def document(
        self, file: File, title: str, kind: str, notes: tuple[str, ...] = (), empty: str = "it opens and holds no text"
    ) -> Document:
        """Return the finished document.

        Args:
            file: where it was read from.
            title: its title.
            kind: short name of its format.
            notes: what the reader wants known.
            empty: what to say when there is no text.

        Raises:
            EmptyDocumentError: nothing but white space has been added.
        """
        if not self._parts:
            raise EmptyDocumentError(empty)
        self._settle(self._length)
        self._end_page()
        text = "".join(self._parts)
        return Document(file.source, title, text, kind, tuple(self._pages), tuple(self._sections), notes)

    def _add(self, text: str) -> None:
        if not text:
            return
        if self._parts:
            self._grow(_BLOCK_GAP)
        self._settle(self._length)
        self._place()
        self._grow(text)

    def _grow(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        check_length(self._length, self._limits)

    def _settle(self, at: int) -> None:
        """Fix the sections that were waiting for their text to begin."""
        for title, level, start in self._waiting:
            self._sections.append(Section(title, level, at if start is None else start, at))
        self._waiting.clear()

    def _place(self) -> None:
        if self._page and self._page[1] is None:
            self._page = (self._page[0], self._length)

    def _end_page(self) -> None:
        if self._page:
            number, start = self._page
            self._pages.append(Page(number, self._length if start is None else start, self._length))


def check_length(characters: int, limits: Limits) -> None:
    """Raise DocumentLimitError for more text than one file may have."""
    if characters > limits.text_characters:
        raise DocumentLimitError(
            f"it holds more than {limits.text_characters:,} characters of text, the limit; split it into smaller files"
        )
