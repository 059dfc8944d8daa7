"""What an answer is made of."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from corpus.errors import InputError
from index.records import StoredPassage
from qa import cite

if TYPE_CHECKING:
    from qa.explain import Explanation


@dataclass(frozen=True, slots=True)
class Quote:
    """An exact slice of a document: `text` is the stored text of `source` from `start` to `end`, always.

    Args:
        text: the quoted words.
        source: path or URI of the document.
        title: the document's title.
        page: number of the page, counted from 1, or None where the format has no pages.
        heading: the nearest heading above the quote, or None.
        start: code point where the quote starts in the stored text.
        end: code point after its last character.
        confidence: probability, 0..1, that this quote answers the question.
        passage_start: code point where the passage around the quote starts.
        passage_end: code point after the passage.
    """

    text: str
    source: str
    title: str
    page: int | None
    heading: str | None
    start: int
    end: int
    confidence: float
    passage_start: int
    passage_end: int

    def __post_init__(self) -> None:
        if len(self.text) != self.end - self.start or not self.text:
            raise ValueError(f"a quote of {len(self.text)} characters cannot stand at {self.start}..{self.end}")
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"a confidence is a probability, 0..1, not {self.confidence}")

    def to_dict(self) -> dict[str, Any]:
        """Return the quote in plain JSON types."""
        return asdict(self)

    def __str__(self) -> str:
        return cite.quote_as_text(self)


def quote_of(passage: StoredPassage, first: int, last: int, confidence: float) -> Quote:
    """Return a quote of a run of a passage's sentences.

    Args:
        passage: as the catalog holds it.
        first: the first of its sentences to quote.
        last: the last of them.
        confidence: probability, 0..1, that the quote answers the question.
    """
    start, end = passage.sentences[first].start, passage.sentences[last].end
    return Quote(
        text=passage.text[start - passage.start : end - passage.start],
        source=passage.source,
        title=passage.title,
        page=passage.pages[first] if passage.pages else None,
        heading=passage.headings[-1] if passage.headings else None,
        start=start,
        end=end,
        confidence=confidence,
        passage_start=passage.start,
        passage_end=passage.end,
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What the documents say to a question.

    Args:
        question: as it was asked.
        understood: the question that was searched for; differs from `question` in a follow-up, or one with a misspelled
            word.
        answered: False when the documents don't seem to say.
        confidence: probability, 0..1, that the first quote answers the question.
        quotes: best first; the closest passages' sentences even when `answered` is False.
        differing: positions in `quotes` of those whose document gives another number or date than the first quote's.
        notes: what to keep in mind with this answer, a sentence each: a language that the model does not know, say.
        explainer: makes the explanation when it is asked for; None in an answer that was copied or made by hand.
    """

    question: str
    understood: str
    answered: bool
    confidence: float
    quotes: tuple[Quote, ...]
    differing: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    explainer: "Callable[[Answer], Explanation] | None" = field(default=None, repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer in plain JSON types."""
        record = asdict(replace(self, explainer=None))
        del record["explainer"]
        return record

    def explain(self) -> "Explanation":
        """Return why these are the quotes, and why they are as sure as they are; a table when it is printed.

        Raises:
            InputError: the answer was pickled, copied or made by hand, and does not know how it was found.
        """
        if self.explainer is None:
            raise InputError("this answer is a copy and does not know how it was found; explain the one `ask` returned")
        return self.explainer(self)

    def __reduce__(self) -> tuple[Any, ...]:  # what explains is tied to the model in this process
        return Answer, (
            self.question,
            self.understood,
            self.answered,
            self.confidence,
            self.quotes,
            self.differing,
            self.notes,
        )

    def __str__(self) -> str:
        return cite.answer_as_text(self)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that `search` found.

    Args:
        text: the passage, an exact slice of the document's stored text.
        source: path or URI of the document.
        title: the document's title.
        page: number of the page on which it starts, or None.
        heading: the nearest heading above it, or None.
        start: code point where it starts.
        end: code point after it.
        score: the ranking's score, higher is better; comparable within one search only.
    """

    text: str
    source: str
    title: str
    page: int | None
    heading: str | None
    start: int
    end: int
    score: float

    def to_dict(self) -> dict[str, Any]:
        """Return the hit in plain JSON types."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document of the index.

    Args:
        source: path or URI.
        title: its title.
        format: short name of its format.
        pages: number of pages, or None where the format has none.
        passages: number of passages in the index.
        indexed_at: when it was read, ISO 8601, UTC.
        notes: what its reader wanted known, and whether the model knows its language.
        language: ISO 639-1 code of its language, empty where it is not known.
    """

    source: str
    title: str
    format: str
    pages: int | None
    passages: int
    indexed_at: str
    notes: tuple[str, ...] = ()
    language: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the record in plain JSON types."""
        return asdict(self)
