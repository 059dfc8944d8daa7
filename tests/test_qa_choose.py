"""Which sentences are quoted."""

import numpy as np

from corpus.records import Span
from index.records import StoredPassage
from index.search import Candidate
from qa.choose import choose


def candidate(number: int, scores: dict[str, float]) -> Candidate:
    text = " ".join(scores)
    starts = [text.index(sentence) for sentence in scores]
    spans = tuple(Span(start, start + len(s)) for start, s in zip(starts, scores, strict=True))
    values = np.array(list(scores.values()), np.float32)
    passage = StoredPassage(number, f"{number}.txt", "Title", 0, text, (), spans, ())
    return Candidate(passage, float(values.max()), 0.5, 0.5, values, values, values)


def test_the_best_sentences_come_first_wherever_they_stand() -> None:
    """Sentences of all candidates compete; two of one passage may both win."""
    found = [candidate(1, {"One.": 0.2, "Two.": 0.9, "Three.": 0.8}), candidate(2, {"Four.": 0.85})]
    assert [choice.text for choice in choose(found, 3)] == ["Two.", "Four.", "Three."]


def test_nothing_is_said_twice() -> None:
    """A sentence with the same words, in another place or another dress, is left out."""
    found = [candidate(1, {"It opened in 1889.": 0.9}), candidate(2, {"IT OPENED, in 1889!": 0.8, "Other.": 0.1})]
    assert [choice.text for choice in choose(found, 3)] == ["It opened in 1889.", "Other."]


def test_a_line_without_words_is_no_quote() -> None:
    """Rules and bullets are never quoted."""
    assert [choice.text for choice in choose([candidate(1, {"* * *": 0.9, "Words.": 0.1})], 3)] == ["Words."]


def test_no_candidates_no_quotes() -> None:
    """An empty search chooses nothing."""
    assert choose([], 3) == []
