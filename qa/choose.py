"""Candidates to quotes: which sentences, how far around them, how many, no two the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from corpus.language import ENGLISH, UNKNOWN
from corpus.sentence_ends import follows_question
from corpus.sentences import split_sentences
from index.asked import AskedTurn
from index.records import StoredPassage
from index.search import Candidate, Weights
from qa.reader import Passages, ReaderScores, about
from qa.widen import widen


class SentenceReader(Protocol):
    """What reads a question and passages together: `qa.reader.Reader`, or a cross-encoder."""

    def read(self, question: str, passages: Passages, turns: Sequence[str] = ()) -> list[ReaderScores]:
        """Score every sentence of some passages, for a question that leans on what was said before (last one first)."""
        ...


Reading = Mapping[int, ReaderScores]
"""By passage id, what the reader made of the passage."""

READER_WEIGHT = 0.025
"""Of the reader's margin (logits) beside a sentence's score; this and what follows: measured on thirteen sets."""

LEAST_MARGIN = -8.0
"""Margin of a sentence that is as good as none to the reader; how far below is noise, above all in manuals."""

OVERLAP_WEIGHT = -2 * Weights().overlap
"""Of a sentence's coverage where a reader read: to say the question's words again is then no merit; headings do."""

WORTH_READING = 0.15
"""How far below the best sentence's score a passage's best may be to be read: from further away it hardly ever wins."""

ELSEWHERE = 0.02
"""What a sentence loses for each quote that its document has already given: a second opinion comes from elsewhere."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A sentence to quote.

    Args:
        candidate: the passage it stands in.
        sentence: which of the passage's sentences.
        score: what it was chosen by, comparable within one question.
        margin: the reader's logits for it less those for "no answer"; None without a reader.
        answer: the words of the sentence that the reader takes for the answer; None where it did not read it.
        around: first and last sentence of the quote, `sentence` between them; None for the sentence alone.
    """

    candidate: Candidate
    sentence: int
    score: float
    margin: float | None = None
    answer: str | None = None
    around: tuple[int, int] | None = None

    @property
    def quoted(self) -> tuple[int, int]:
        """First and last sentence of the quote."""
        return self.around or (self.sentence, self.sentence)

    @property
    def start(self) -> int:
        """Code point of the document where the quote starts."""
        return self.candidate.passage.sentences[self.quoted[0]].start

    @property
    def end(self) -> int:
        """Code point of the document after the quote's last character."""
        return self.candidate.passage.sentences[self.quoted[1]].end

    @property
    def text(self) -> str:
        """The quote, an exact slice of the document."""
        passage = self.candidate.passage
        return passage.text[self.start - passage.start : self.end - passage.start]


def choose(candidates: Sequence[Candidate], reading: Reading, count: int) -> list[Choice]:
    """Return the best quotes, best first: none that the question says itself, no two that say the same or share words.

    Args:
        candidates: in any order.
        reading: what the reader made of some of them; empty without a reader.
        count: how many at the most.
    """
    chosen: list[Choice] = []
    left = sorted(_sentences(candidates, reading), key=lambda choice: -choice.score)
    said = _told(candidates[0].asked.turns[0]) if candidates and candidates[0].asked.turns else set()
    given: dict[str, int] = {}
    while left and len(chosen) < count:
        best = max(left, key=lambda c: c.score - ELSEWHERE * given.get(c.candidate.passage.source, 0))
        left.remove(best)
        texts = best.candidate.passage.sentence_texts
        words = _words(texts[best.sentence])
        if not words or words in said or _overlaps(best, chosen):
            continue
        wide = replace(best, around=widen(best.candidate.passage, best.sentence))
        chosen.append(best if _overlaps(wide, chosen) else wide)
        said.add(words)
        if follows_question(texts, best.sentence):  # which has been answered
            said.add(_words(texts[best.sentence - 1]))
        source = best.candidate.passage.source
        given[source] = given.get(source, 0) + 1
    return chosen


def read(
    question: str,
    candidates: Sequence[Candidate],
    reader: SentenceReader | None,
    count: int,
    *,
    english_only: bool = True,
) -> Reading:
    """Let the reader read the passages with the best sentences.

    Args:
        question: as it was searched for.
        candidates: in any order, each with what the question leans on.
        reader: None to do without.
        count: how many passages it reads at the most.
        english_only: whether it knows English alone.

    Returns:
        by passage id, (sentences,) float32: each sentence's margin over there being no answer; nothing where one of
        the passages is in another language, for what was not read would look worse than what was.
    """
    if reader is None:
        return {}
    passages = [candidate.passage for candidate in worth_reading(candidates, count)]
    if english_only and any(passage.language not in {ENGLISH, UNKNOWN} for passage in passages):
        return {}
    turns = [turn.text for turn in candidates[0].asked.turns[1:]] if candidates else []
    texts = [in_context(passage) for passage in passages]
    scores = reader.read(question, texts, turns)
    return {
        passage.id: replace(score, spans=score.spans - (len(text) - len(passage.text)))
        for passage, (text, _), score in zip(passages, texts, scores, strict=True)
    }


def in_context(passage: StoredPassage) -> tuple[str, list[tuple[int, int]]]:
    """Return what a reader reads of a passage, its title and headings first, and where the sentences stand in that."""
    before = about(passage.context)
    spans = [(start + len(before), end + len(before)) for start, end in passage.sentence_spans]
    return before + passage.text, spans


def worth_reading(candidates: Sequence[Candidate], count: int) -> list[Candidate]:
    """Return the candidates with the best sentences, best first, and no more than `count`."""
    tops = [float(candidate.sentence_scores.max()) for candidate in candidates]
    likely = [number for number, top in enumerate(tops) if top >= max(tops) - WORTH_READING]
    return [candidates[number] for number in sorted(likely, key=lambda number: -tops[number])[:count]]


def counted(margin: float) -> float:
    """Return what of a reader's margin counts in the ranking."""
    return max(margin, LEAST_MARGIN)


def _sentences(candidates: Sequence[Candidate], reading: Reading) -> Iterator[Choice]:
    """Yield every sentence; one that was not read counts as the least likely of those that were."""
    margins = np.concatenate([*(scores.sentences for scores in reading.values()), np.empty(0, np.float32)])
    least = float(margins[np.isfinite(margins)].min(initial=np.inf))
    for candidate in candidates:
        scores = reading.get(candidate.passage.id)
        for sentence, score in enumerate(candidate.sentence_scores):
            if least == np.inf:
                yield Choice(candidate, sentence, float(score))
                continue
            margin = least if scores is None else max(least, float(scores.sentences[sentence]))
            yield Choice(
                candidate,
                sentence,
                float(score) + READER_WEIGHT * counted(margin) + OVERLAP_WEIGHT * float(candidate.overlap[sentence]),
                margin,
                None if scores is None else candidate.passage.text[slice(*scores.spans[sentence].tolist())],
            )


def _overlaps(choice: Choice, others: Sequence[Choice]) -> bool:
    """Tell whether a quote shares any of its place with others."""
    return any(
        choice.candidate.passage.source == other.candidate.passage.source
        and choice.start < other.end
        and other.start < choice.end
        for other in others
    )


def _told(question: AskedTurn) -> set[str]:
    """Return the sentences of a question of several, which a document may repeat before it answers them."""
    spans = split_sentences(question.text, language=question.language)
    sentences = [question.text[span.start : span.end] for span in spans]
    return {_words(sentence) for sentence in sentences} if len(sentences) > 1 else set()


def _words(text: str) -> str:
    """Return what two quotes must differ in: letters and digits, case folded. A line without any is no quote."""
    return "".join(character for character in text.casefold() if character.isalnum())
