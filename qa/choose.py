"""Candidates to quotes: which sentences, how many, no two the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.search import Candidate


@dataclass(frozen=True, slots=True)
class Choice:
    """A sentence to quote.

    Args:
        candidate: the passage it stands in.
        sentence: which of the passage's sentences.
        score: what it was chosen by, comparable within one question.
    """

    candidate: Candidate
    sentence: int
    score: float

    @property
    def text(self) -> str:
        """The sentence, an exact slice of the document."""
        return self.candidate.passage.sentence_texts[self.sentence]


def choose(candidates: Sequence[Candidate], count: int) -> list[Choice]:
    """Return the best sentences, best first, no two of them saying the same words.

    Args:
        candidates: in any order.
        count: how many at the most.
    """
    chosen: list[Choice] = []
    said: set[str] = set()
    for choice in sorted(_sentences(candidates), key=lambda choice: -choice.score):
        words = _words(choice.text)
        if words and words not in said:
            said.add(words)
            chosen.append(choice)
        if len(chosen) == count:
            break
    return chosen


def _sentences(candidates: Sequence[Candidate]) -> Iterator[Choice]:
    for candidate in candidates:
        for sentence, score in enumerate(candidate.sentence_scores):
            yield Choice(candidate, sentence, float(score))


def _words(text: str) -> str:
    """Return what two quotes must differ in: letters and digits, case folded. A line without any is no quote."""
    return "".join(character for character in text.casefold() if character.isalnum())
