"""A question to ranked candidates, each with the evidence that ranked it."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from corpus.errors import SettingError
from corpus.language import ENGLISH, UNKNOWN, detect_question
from corpus.sentence_ends import follows_question
from index.analysers import way_of, words_of
from index.asked import Asked, AskedTurn, counting_tokens
from index.catalog import Catalog
from index.encoder import Encoder, Floats
from index.late import sentence_scores
from index.records import StoredPassage
from index.spelling import Speller
from index.stopwords import content_words
from index.structure import placed
from index.vectors import VectorView
from index.words import WordView

LEAD = 0.1
"""How far ahead of a second best a passage's only sentence is taken to be."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of evidence counts beside late interaction, which counts 1; measured on seven sets.

    passage's score = likeness of its best sentence + second * that of its second best + coverage * its coverage
        + heading * its heading's match
    sentence's score = its likeness + passage * passage's score + overlap * sentence's coverage

    Likeness is late interaction and what the sentence's place adds to it (`index.structure`). Coverage is the share of
    the question's content words that stand there, each weighted by its rarity; a heading's match, its coverage times
    the share of its content words that the question has.

    Of the questions that a follow-up leans on the oldest, which says who or what they all are about, counts `before`
    times as much as the follow-up, and each of those between, which lean on it too, `between` times as much. The quote
    that was given last counts `given` times as much, in meaning alone: its words were not asked for.
    """

    second: float = 0.1
    coverage: float = 0.2
    passage: float = 0.5
    overlap: float = 0.05
    before: float = 0.3
    between: float = 0.1
    given: float = 0.1
    heading: float = 0.3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may hold the answer, and the evidence.

    Args:
        passage: as the catalog holds it.
        score: what it is ranked by; higher is better.
        dense: cosine of question and passage, -1..1.
        coverage: share, 0..1, of the question's content words in the passage, its title or its headings, each
            weighted by its rarity (inverse document frequency).
        heading: 0..1, how far question and innermost heading, or title without one, have the same content words.
        late: (sentences,) float32: late-interaction score of each sentence, -1..1.
        place: (sentences,) float32: what the place of each sentence adds to it.
        overlap: (sentences,) float32: coverage of each sentence, 0..1, with the question before it if there is one.
        sentence_scores: (sentences,) float32: what each sentence is ranked by, comparable over all candidates.
        asked: the question, the same record for all candidates of a language.
        in_passage: which of its content words stand in the passage, its title or its headings.
        in_sentences: which of them stand in each sentence, or in the question before it.
    """

    passage: StoredPassage
    score: float
    dense: float
    coverage: float
    heading: float
    late: Floats
    place: Floats
    overlap: Floats
    sentence_scores: Floats
    asked: Asked = field(default_factory=Asked)
    in_passage: AbstractSet[str] = frozenset()
    in_sentences: tuple[AbstractSet[str], ...] = ()

    @property
    def likeness(self) -> Floats:
        """(sentences,) float32: how like what was asked each sentence is, by its words and by its place."""
        return self.late + self.place

    @property
    def second(self) -> float:
        """Likeness of the second best sentence; LEAD below the best where there is only one."""
        return _second(self.likeness)


@dataclass(frozen=True, slots=True)
class _Question:
    """A question as the searches want it.

    Args:
        vector: (dimension,) float32, unit length.
        tokens: (m, dimension) float32, unit rows.
        weights: (m,) float32: how much each token counts.
        asked: what was asked, in each of the ways (see `index.analysers`) in which the documents' words are made: the
            question may be in another language than the answer.
    """

    vector: Floats
    tokens: Floats
    weights: Floats
    asked: Mapping[str, Asked]

    @property
    def all_words(self) -> list[str]:
        """Its words in every way, each once."""
        return list(dict.fromkeys(word for asked in self.asked.values() for word in asked.rarity))


class Searcher:
    """Searches one index.

    Args:
        catalog: the truth.
        encoder: of the model that the catalog was made with.
        vectors: the dense view.
        words: the lexical view.
        weights: how much each kind of evidence counts.
    """

    def __init__(
        self, catalog: Catalog, encoder: Encoder, vectors: VectorView, words: WordView, weights: Weights
    ) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self._vectors = vectors
        self._words = words
        self._weights = weights
        self._speller = Speller(catalog, words, encoder)

    def search(
        self,
        question: str,
        before: Sequence[str],
        candidates: int,
        only: npt.NDArray[np.int64] | None = None,
        given: str = "",
    ) -> list[Candidate]:
        """Return the passages that may answer a question, best first.

        Args:
            question: words in any language that the model knows.
            before: earlier questions that this one leans on, the last one first; empty when it stands alone.
            candidates: how many passages each of the two searches may propose; at least 1.
            only: (n,) int64, ids of the passages to choose from; None for all.
            given: the quote that the last of them was answered with; empty for none.

        Raises:
            SettingError: `candidates` is below 1.
        """
        if candidates < 1:
            raise SettingError(f"{candidates} passages were asked for; ask for at least 1")
        understood = self._understand(question, before, given)
        dense = self._vectors.search(understood.vector, candidates, only)
        lexical = self._words.search(understood.all_words, candidates, only)
        ids = list(dict.fromkeys(passage for passage, _ in (*dense, *lexical)))
        return self._rank(understood, ids)

    def corrected(self, question: str) -> str:
        """Return a question without its misspelled words; see `index.spelling.Speller`."""
        return self._speller.corrected(question, self.question_language(question))

    def missing(self, question: str) -> list[str]:
        """Return the names, numbers and unknown words of a question that no document has; see `index.spelling`."""
        return self._speller.missing(question, self.question_language(question))

    def vector(self, question: str, before: Sequence[str], given: str = "") -> Floats:
        """Return where a question stands among the passages' vectors, (dimension,) float32; see `search`."""
        return self._understand(question, before, given).vector

    def question_language(self, question: str) -> str:
        """Return the language of a question, ISO 639-1.

        Where model and documents are English it is taken for English, without a look at it.
        """
        held = self._catalog.languages
        if held <= {ENGLISH, UNKNOWN} and self._encoder.languages == {ENGLISH}:
            return ENGLISH
        return detect_question(question, held)

    def _understand(self, question: str, before: Sequence[str], given: str) -> "_Question":
        """Encode a question; mix in what came before it, each turn by itself."""
        ways = sorted({*map(way_of, self._catalog.languages)})
        words: dict[str, dict[str, float]] = {way: {} for way in ways}
        spelled: dict[str, dict[str, str]] = {way: {} for way in ways}
        turns: list[AskedTurn] = []
        asked = False
        for text in (question, *before):
            language = self.question_language(text)
            content = content_words(text, language).split()
            known = {way: {k: word for word in content for k in self._words.words(word, way)} for way in ways}
            oldest = len(turns) == len(before)
            share = 1.0 if not asked else self._weights.before if oldest else self._weights.between
            turns.append(AskedTurn(text, share, language))
            if any(known.values()) or not before:
                for way, said in known.items():
                    rarity = self._words.rarity(list(said) or self._words.words(text, way))
                    words[way] = {word: share * weight for word, weight in rarity.items()} | words[way]
                    spelled[way] = said | spelled[way]
                asked = True
            # A follow-up without a content word ("And when?") is all about what came before it.
        if given:
            turns.append(AskedTurn(given, self._weights.given, self.question_language(given)))
        encoded = [self._encoder.encode_question(turn.text) for turn in turns]
        vector = np.sum([np.float32(turn.share) * e.vector for turn, e in zip(turns, encoded, strict=True)], axis=0)
        places, weights = counting_tokens(turns, [e.spans for e in encoded])
        tokens = np.concatenate([e.tokens for e in encoded])[places]
        understood = {way: Asked(tuple(turns), words[way], spelled[way]) for way in ways}
        return _Question(vector / np.linalg.norm(vector), tokens, weights, understood)

    def _rank(self, question: "_Question", ids: Sequence[int]) -> list[Candidate]:
        """Score candidates by everything that is known of them, and sort them."""
        passages = self._catalog.passages(ids)
        stored = self._catalog.vectors(ids)
        ids = [i for i in ids if i in passages and i in stored]
        if not ids or not len(question.tokens):
            return []
        scores = sentence_scores(question.tokens, question.weights, [stored[i][1] for i in ids])
        found = [
            self._candidate(question, passages[i], stored[i][0], late) for i, late in zip(ids, scores, strict=True)
        ]
        return sorted(found, key=lambda candidate: (-candidate.score, candidate.passage.id))

    def _candidate(self, question: "_Question", passage: StoredPassage, vector: Floats, late: Floats) -> Candidate:
        """Score a passage and its sentences by everything that is known of them."""
        way = way_of(passage.language)
        asked = question.asked.get(way, Asked())  # a document added just now may be the first of its language
        words = asked.rarity
        texts = passage.sentence_texts
        in_sentences = [words.keys() & words_of(text, way) for text in texts]
        in_passage = (words.keys() & words_of(passage.context, way)).union(*in_sentences)
        for number in reversed(range(len(texts))):
            if follows_question(texts, number):  # and is said of it
                in_sentences[number] |= in_sentences[number - 1]
        coverage = _coverage(words, in_passage)
        heading = _match(words, set(words_of(content_words(passage.heading, passage.language), way)))
        overlap = np.array([_coverage(words, found) for found in in_sentences], np.float32)
        place = placed(texts, passage.heading, late)
        likeness = late + place
        weights = self._weights
        score = float(likeness.max()) + weights.second * _second(likeness)
        score += weights.coverage * coverage + weights.heading * heading
        return Candidate(
            passage=passage,
            score=score,
            dense=float(np.dot(question.vector, vector)),
            coverage=coverage,
            heading=heading,
            late=late,
            place=place,
            overlap=overlap,
            sentence_scores=likeness + np.float32(weights.passage * score) + np.float32(weights.overlap) * overlap,
            asked=asked,
            in_passage=in_passage,
            in_sentences=tuple(in_sentences),
        )


def _second(likeness: Floats) -> float:
    return float(np.partition(likeness, -2)[-2]) if len(likeness) > 1 else float(likeness.max()) - LEAD


def _coverage(rarity: Mapping[str, float], words: AbstractSet[str]) -> float:
    """Return the share of some words, weighted by their rarity, that are among others."""
    total = sum(rarity.values())
    return sum(weight for word, weight in rarity.items() if word in words) / total if total else 0.0


def _match(rarity: Mapping[str, float], heading: AbstractSet[str]) -> float:
    """Return the coverage by a heading's content words, times the share of these that are asked for.

    A number in a heading is mostly its own ("14. Revised Versions") and counts only where it was asked for.
    """
    heading = {word for word in heading if word in rarity or not word.isdecimal()}
    return _coverage(rarity, heading) * len(rarity.keys() & heading) / len(heading) if heading else 0.0
