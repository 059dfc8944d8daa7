"""A question to ranked candidates, each with the evidence that ranked it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.errors import SettingError
from index.catalog import Catalog
from index.encoder import Encoded, Encoder, Floats
from index.late import sentence_scores
from index.records import StoredPassage
from index.vectors import VectorView
from index.words import WordView


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of evidence counts; measured on the development sets.

    Args:
        dense: of the cosine between question and passage.
        lexical: of the passage's BM25 score, as a share of the best candidate's.
        passage: of a passage's score in the score of its sentences.
    """

    dense: float = 0.0
    lexical: float = 0.05
    passage: float = 0.3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may hold the answer, and the evidence.

    Args:
        passage: as the catalog holds it.
        score: what it is ranked by; higher is better, comparable within one search only.
        dense: cosine of question and passage, -1..1.
        lexical: BM25 score, 0 and up.
        sentences: (sentences,) float32: late-interaction score of each sentence, -1..1.
        sentence_scores: (sentences,) float32: what each sentence is ranked by, comparable over all candidates.
    """

    passage: StoredPassage
    score: float
    dense: float
    lexical: float
    sentences: Floats
    sentence_scores: Floats


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Args:
        candidates: best first.
        words: the question's words as the lexical index knows them, with their inverse document frequency.
    """

    candidates: tuple[Candidate, ...]
    words: dict[str, float]


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

    def search(self, question: str, candidates: int) -> Found:
        """Return the passages that may answer a question.

        Args:
            question: words in any language that the model knows.
            candidates: how many passages each of the two searches may propose; at least 1.

        Raises:
            SettingError: `candidates` is below 1.
        """
        if candidates < 1:
            raise SettingError(f"{candidates} passages were asked for; ask for at least 1")
        encoded = self._encoder.encode_question(question)
        words = self._words.words(question)
        dense = self._vectors.search(encoded.vector, candidates)
        lexical = self._words.search(words, candidates)
        ids = list(dict.fromkeys(passage for passage, _ in (*dense, *lexical)))
        return Found(tuple(self._rank(encoded, words, ids)), self._words.rarity(words))

    def _rank(self, question: Encoded, words: Sequence[str], ids: Sequence[int]) -> list[Candidate]:
        """Score candidates by everything that is known of them, and sort them."""
        passages = self._catalog.passages(ids)
        stored = self._catalog.vectors(ids)
        ids = [i for i in ids if i in passages and i in stored]
        if not ids or not len(question.tokens):
            return []
        lexical = self._words.scores(words, ids)
        best = max(lexical.values()) or 1.0
        late = sentence_scores(question.tokens, [stored[i][1] for i in ids])
        found = []
        for i, sentences in zip(ids, late, strict=True):
            cosine = float(np.dot(question.vector, stored[i][0]))
            score = float(sentences.max()) + self._weights.dense * cosine + self._weights.lexical * lexical[i] / best
            ranked = sentences + np.float32(self._weights.passage * score)
            found.append(Candidate(passages[i], score, cosine, lexical[i], sentences, ranked))
        return sorted(found, key=lambda candidate: (-candidate.score, candidate.passage.id))
