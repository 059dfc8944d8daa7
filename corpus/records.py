"""The records of documents: what is read, and where in it things stand.

Offsets are Python code points into `Document.text`; `end` is exclusive.

The text is normalised once, by the reader, by these rules. Blocks (paragraphs, headings, lists, tables, code) are
separated by one blank line (two newlines). Inside a block a single newline separates lines that stand on their own
(list items, table rows, lines of code); only plain text keeps the line breaks that its author typed. Control
characters other than newline and tab are replaced by spaces, lone surrogates by U+FFFD, CRLF and CR by a newline.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a document's text: code points, `end` exclusive, never empty."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, not {self.start}..{self.end}")


@dataclass(frozen=True, slots=True)
class Page:
    """A page (or a slide): its number, counted from 1, and where its text stands."""

    number: int
    start: int
    end: int

    def __post_init__(self) -> None:
        if self.number < 1 or not 0 <= self.start <= self.end:
            raise ValueError(f"a page needs a number from 1 and 0 <= start <= end, not {self}")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text beneath it, up to the next section.

    Args:
        title: the heading's words.
        level: 1 for the outermost.
        start: where the heading's own line begins in the text.
        body: where the text beneath it begins; equal to `start` when the heading itself is not in the text
            (a sheet's name, say).
    """

    title: str
    level: int
    start: int
    body: int

    def __post_init__(self) -> None:
        if self.level < 1 or not 0 <= self.start <= self.body:
            raise ValueError(f"a section needs a level from 1 and 0 <= start <= body, not {self}")


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was read.

    Args:
        source: path or URI; `path#id` for one row of a file that holds many documents.
        title: the document's own title, else one made from its file name.
        text: the normalised text (see the module's docstring).
        format: short name of the format: text, markdown, html, pdf, docx, pptx, xlsx, epub, mail, csv, jsonl.
        pages: in order; empty where the format has none.
        sections: in order of `start`.
        notes: what the reader wants known, one sentence each ("read as windows-1252; 2 characters replaced").
        language: ISO 639-1; empty where it is not known.
    """

    source: str
    title: str
    text: str
    format: str
    pages: tuple[Page, ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[str, ...] = ()
    language: str = ""

    def page_at(self, position: int) -> int | None:
        """Return the number of the page on which a position stands, or None."""
        at = bisect_right(self.pages, position, key=lambda page: page.start)
        return self.pages[at - 1].number if at else None

    def headings_at(self, position: int) -> tuple[str, ...]:
        """Return the headings above a position, outermost first."""
        return headings(self.sections, position)


def headings(sections: Sequence[Section], position: int) -> tuple[str, ...]:
    """Return the titles of the sections that a position stands in, outermost first."""
    path: list[Section] = []
    for section in sections[: bisect_right(sections, position, key=lambda section: section.start)]:
        while path and path[-1].level >= section.level:
            path.pop()
        path.append(section)
    return tuple(section.title for section in path)


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one document, under one heading.

    Args:
        start: code point of the first sentence's start.
        end: code point after the last sentence.
        sentences: every sentence, in order, offsets into the document's text.
        page: number of the page on which it starts, or None.
        headings: the headings above it, outermost first.
    """

    start: int
    end: int
    sentences: tuple[Span, ...]
    page: int | None = None
    headings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.sentences or self.sentences[0].start != self.start or self.sentences[-1].end != self.end:
            raise ValueError("a passage begins with its first sentence and ends with its last")


@dataclass(frozen=True, slots=True)
class File:
    """A file that was found: what it is called, where it is, and what tells whether it has changed.

    Args:
        source: the path as it will be cited.
        path: where to open it.
        size: bytes.
        modified_ns: time of the last change, nanoseconds since 1970.
    """

    source: str
    path: Path
    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost.

    Args:
        file_bytes: size on disk.
        text_characters: code points of text, all documents of the file together.
        pages: pages, slides or sheets.
        unpacked_bytes: what an archive (Office, EPUB) may unpack to.
        unpacked_entries: members of an archive.
        memory_bytes: address space of the process that reads it, above what the readers themselves need.
        cpu_seconds: processor time of one reading.
        wall_seconds: time of one reading by the clock.
    """

    file_bytes: int = 200 * 2**20
    text_characters: int = 50_000_000
    pages: int = 10_000
    unpacked_bytes: int = 200 * 2**20
    unpacked_entries: int = 10_000
    memory_bytes: int = 2 * 2**30
    cpu_seconds: int = 60
    wall_seconds: int = 120
