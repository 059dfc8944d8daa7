"""Candidates to quotes: which sentences, how many, no two the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.encoder import Floats
from index.search import Candidate
from qa.reader import Reader

Reading = Mapping[int, Floats]
"""By passage id, what the reader made of each sentence."""

READER_WEIGHT = 0.015
"""Of the reader's margin (logits) beside a sentence's score; measured on three sets that it was not trained on."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A sentence to quote.

    Args:
        candidate: the passage it stands in.
        sentence: which of the passage's sentences.
        score: what it was chosen by, comparable within one question.
        margin: the reader's logits for it less those for "no answer"; None without a reader.
    """

    candidate: Candidate
    sentence: int
    score: float
    margin: float | None = None

    @property
    def text(self) -> str:
        """The sentence, an exact slice of the document."""
        return self.candidate.passage.sentence_texts[self.sentence]


def choose(candidates: Sequence[Candidate], reading: Reading, count: int) -> list[Choice]:
    """Return the best sentences, best first, no two of them saying the same words.

    Args:
        candidates: in any order.
        reading: what the reader made of some of them; empty without a reader.
        count: how many at the most.
    """
    chosen: list[Choice] = []
    said: set[str] = set()
    for choice in sorted(_sentences(candidates, reading), key=lambda choice: -choice.score):
        words = _words(choice.text)
        if words and words not in said:
            said.add(words)
            chosen.append(choice)
        if len(chosen) == count:
            break
    return chosen


def read(question: str, candidates: Sequence[Candidate], reader: Reader | None, count: int) -> Reading:
    """Let the reader read the passages with the best sentences.

    Args:
        question: one that stands alone.
        candidates: in any order.
        reader: None to do without.
        count: how many passages it reads at the most.

    Returns:
        by passage id, (sentences,) float32: each sentence's margin over there being no answer.
    """
    if reader is None:
        return {}
    best = sorted(candidates, key=lambda candidate: -float(candidate.sentence_scores.max()))[:count]
    passages = [candidate.passage for candidate in best]
    texts = [(p.text, [(span.start - p.start, span.end - p.start) for span in p.sentences]) for p in passages]
    scores = reader.read(question, texts)
    return {passage.id: score.sentences for passage, score in zip(passages, scores, strict=True)}


def _sentences(candidates: Sequence[Candidate], reading: Reading) -> Iterator[Choice]:
    """Yield every sentence; one that was not read counts as the least likely of those that were."""
    read_scores = np.concatenate([*reading.values(), np.empty(0, np.float32)])
    least = float(read_scores[np.isfinite(read_scores)].min(initial=np.inf))
    for candidate in candidates:
        margins = reading.get(candidate.passage.id)
        for sentence, score in enumerate(candidate.sentence_scores):
            if least == np.inf:
                yield Choice(candidate, sentence, float(score))
            else:
                margin = least if margins is None else max(least, float(margins[sentence]))
                yield Choice(candidate, sentence, float(score) + READER_WEIGHT * margin, margin)


def _words(text: str) -> str:
    """Return what two quotes must differ in: letters and digits, case folded. A line without any is no quote."""
    return "".join(character for character in text.casefold() if character.isalnum())
