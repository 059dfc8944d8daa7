"""What other programs are told, over HTTP and MCP: records of nothing but JSON types, whose form can be published."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from corpus.records import Failure
from qa.records import Answer, DocumentRecord, Hit, Quote


@dataclass(frozen=True, slots=True)
class AnswerReply:
    """What `Answer.to_dict` returns.

    Args:
        question: as it was asked.
        understood: the question that was searched for; differs from `question` in a follow-up, or one with a misspelled
            word.
        answered: False when the documents don't seem to say.
        confidence: probability, 0..1, that the first quote answers the question.
        quotes: best first; the closest passages' sentences even when `answered` is False.
        differing: positions in `quotes` of those whose document gives another number or date than the first quote's.
        notes: what to keep in mind with this answer, a sentence each: a language that the model does not know, say.
    """

    question: str
    understood: str
    answered: bool
    confidence: float
    quotes: tuple[Quote, ...]
    differing: tuple[int, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Args:
        hits: best first.
    """

    hits: tuple[Hit, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the hits in plain JSON types."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Listing:
    """What an index holds.

    Args:
        documents: that are searched, by source.
        failures: files that could not be read, and why.
    """

    documents: tuple[DocumentRecord, ...]
    failures: tuple[Failure, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the listing in plain JSON types."""
        return asdict(self)


def shortened(answer: Answer, k: int) -> Answer:
    """Return an answer with its best quotes alone.

    Args:
        answer: the answer.
        k: how many quotes, at the most.
    """
    return replace(answer, quotes=answer.quotes[:k], differing=tuple(n for n in answer.differing if n < k))
