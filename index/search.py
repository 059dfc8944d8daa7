"""A question to ranked candidates, each with the evidence that ranked it."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from corpus.errors import SettingError
from index.catalog import Catalog
from index.encoder import Encoder, Floats
from index.late import sentence_scores
from index.records import StoredPassage
from index.stopwords import content_words, token_weights
from index.vectors import VectorView
from index.words import WordView


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of evidence counts beside late interaction, which counts 1; measured on four sets.

    passage's score = best sentence's late interaction + coverage * passage's coverage
    sentence's score = its late interaction + passage * passage's score + overlap * sentence's coverage

    Coverage is the share of the question's content words that stand there, each weighted by its rarity. The question
    before a follow-up counts `before` times as much as the follow-up, in each of these; the one before that, `before`
    times as much again.
    """

    coverage: float = 0.2
    passage: float = 0.5
    overlap: float = 0.15
    before: float = 0.3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may hold the answer, and the evidence.

    Args:
        passage: as the catalog holds it.
        score: what it is ranked by; higher is better.
        dense: cosine of question and passage, -1..1.
        coverage: share, 0..1, of the question's content words in the passage, its title or its headings, each
            weighted by its rarity (inverse document frequency).
        late: (sentences,) float32: late-interaction score of each sentence, -1..1.
        overlap: (sentences,) float32: coverage of each sentence, 0..1.
        sentence_scores: (sentences,) float32: what each sentence is ranked by, comparable over all candidates.
    """

    passage: StoredPassage
    score: float
    dense: float
    coverage: float
    late: Floats
    overlap: Floats
    sentence_scores: Floats


@dataclass(frozen=True, slots=True)
class _Question:
    """A question as the searches want it.

    Args:
        vector: (dimension,) float32, unit length.
        tokens: (m, dimension) float32, unit rows.
        weights: (m,) float32: how much each token counts.
        words: its content words, as the lexical index knows them, each with its rarity.
    """

    vector: Floats
    tokens: Floats
    weights: Floats
    words: Mapping[str, float]


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

    def search(self, question: str, before: Sequence[str], candidates: int) -> list[Candidate]:
        """Return the passages that may answer a question, best first.

        Args:
            question: words in any language that the model knows.
            before: earlier questions that this one leans on, the last one first; empty when it stands alone.
            candidates: how many passages each of the two searches may propose; at least 1.

        Raises:
            SettingError: `candidates` is below 1.
        """
        if candidates < 1:
            raise SettingError(f"{candidates} passages were asked for; ask for at least 1")
        asked = self._understand(question, before)
        dense = self._vectors.search(asked.vector, candidates)
        lexical = self._words.search(list(asked.words), candidates)
        ids = list(dict.fromkeys(passage for passage, _ in (*dense, *lexical)))
        return self._rank(asked, ids)

    def _understand(self, question: str, before: Sequence[str]) -> "_Question":
        """Encode a question; mix in what came before it, each turn by itself."""
        vectors, tokens, weights = [], [], []
        words: dict[str, float] = {}
        share = np.float32(1)
        for text in (question, *before):
            encoded = self._encoder.encode_question(text)
            vectors.append(share * encoded.vector)
            tokens.append(encoded.tokens)
            weights.append(share * token_weights(text, encoded.spans))
            known = self._words.words(content_words(text))
            if known or not before:
                rarity = self._words.rarity(known or self._words.words(text))
                words = {word: float(share) * weight for word, weight in rarity.items()} | words
                share *= np.float32(self._weights.before)
            # A follow-up without a content word ("And when?") is all about what came before it.
        vector = np.sum(vectors, axis=0)
        return _Question(vector / np.linalg.norm(vector), np.concatenate(tokens), np.concatenate(weights), words)

    def _rank(self, question: "_Question", ids: Sequence[int]) -> list[Candidate]:
        """Score candidates by everything that is known of them, and sort them."""
        passages = self._catalog.passages(ids)
        stored = self._catalog.vectors(ids)
        ids = [i for i in ids if i in passages and i in stored]
        if not ids or not len(question.tokens):
            return []
        scores = sentence_scores(question.tokens, question.weights, [stored[i][1] for i in ids])
        found = []
        for i, late in zip(ids, scores, strict=True):
            passage = passages[i]
            in_sentences = [set(self._words.words(text)) for text in passage.sentence_texts]
            here = set(self._words.words(passage.context)).union(*in_sentences)
            coverage = _coverage(question.words, here)
            overlap = np.array([_coverage(question.words, words) for words in in_sentences], np.float32)
            score = float(late.max()) + self._weights.coverage * coverage
            ranked = late + np.float32(self._weights.passage * score) + np.float32(self._weights.overlap) * overlap
            cosine = float(np.dot(question.vector, stored[i][0]))
            found.append(Candidate(passage, score, cosine, coverage, late, overlap, ranked))
        return sorted(found, key=lambda candidate: (-candidate.score, candidate.passage.id))


def _coverage(rarity: Mapping[str, float], words: AbstractSet[str]) -> float:
    """Return the share of some words, weighted by their rarity, that are among others."""
    total = sum(rarity.values())
    return sum(weight for word, weight in rarity.items() if word in words) / total if total else 0.0
