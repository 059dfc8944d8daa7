"""The records that the index hands out."""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.records import Document, Passage, Span
from index.encoder import Floats
from index.late import TokenMatrix


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A passage and what the model made of it, ready to be stored.

    Args:
        passage: where it stands.
        vector: (dimension,) float32, unit length.
        tokens: its token vectors, sentence by sentence.
    """

    passage: Passage
    vector: Floats
    tokens: TokenMatrix


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as the catalog holds it.

    Args:
        id: never used again once the passage is removed.
        source: of its document.
        title: of its document.
        start: code point where it starts in the document's text.
        text: exactly that slice of the document's text.
        headings: above it, outermost first.
        sentences: offsets into the document's text, in order.
        pages: number of the page on which each sentence starts; empty where the format has none.
        language: of its document: ISO 639-1, empty where it is not known.
    """

    id: int
    source: str
    title: str
    start: int
    text: str
    headings: tuple[str, ...]
    sentences: tuple[Span, ...]
    pages: tuple[int, ...]
    language: str = ""

    @property
    def end(self) -> int:
        """Code point after its last character."""
        return self.start + len(self.text)

    @property
    def sentence_texts(self) -> list[str]:
        """Each sentence, an exact slice of the document's text."""
        return [self.text[start:end] for start, end in self.sentence_spans]

    @property
    def sentence_spans(self) -> list[tuple[int, int]]:
        """Where each sentence stands in `text`, code points, end exclusive."""
        return [(span.start - self.start, span.end - self.start) for span in self.sentences]

    @property
    def heading(self) -> str:
        """The innermost heading above it, or the title where there is none."""
        return self.headings[-1] if self.headings else self.title

    @property
    def context(self) -> str:
        """What the passage is about without saying so; see `context_line`."""
        return context_line(self.title, self.headings)


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as the catalog lists it.

    Args:
        source: path or URI.
        title: its title.
        format: short name of its format.
        pages: number of pages; 0 where the format has none.
        passages: number of passages.
        indexed_at: ISO 8601, UTC.
        notes: what its reader wanted known, and whether the model knows its language.
        language: ISO 639-1, empty where it is not known.
    """

    source: str
    title: str
    format: str
    pages: int
    passages: int
    indexed_at: str
    notes: tuple[str, ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What the catalog remembers of a file, whether it could be read or not.

    Args:
        source: its path.
        size: bytes.
        modified_ns: nanoseconds since 1970.
        hash: SHA-256 of its content; empty when it could not be read.
    """

    source: str
    size: int
    modified_ns: int
    hash: str


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A whole document as the catalog holds it.

    Args:
        document: its text, and where things stand in it.
        file: what is remembered of the file that it was read from.
        indexed_at: when it was read, ISO 8601, UTC.
    """

    document: Document
    file: KnownFile
    indexed_at: str


def context_line(title: str, headings: Sequence[str]) -> str:
    """Return title and headings as one line, none said twice."""
    return " — ".join(dict.fromkeys((title, *headings)))
