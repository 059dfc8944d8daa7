"""Late interaction: each token of the question against each token of a passage.

A unit's score is the weighted mean, over the question's tokens, of the best cosine with any token of the unit: MaxSim
(Khattab and Zaharia 2020, "ColBERT", section 3.3) divided by the sum of the weights, so that it lies in -1..1 whatever
the question's length.

Token vectors are kept in four bits a dimension. A fixed random rotation makes every coordinate of a unit vector about
normal, with variance 1 / dimension, so that one table of levels serves every model and nothing is fitted (the idea of
Zandieh et al. 2025, "TurboQuant"). The question's tokens are rotated too and stay in floating point. On three
development sets the sentences ranked first were the same share as with float32, at an eighth of the size.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.records import Span
from index.encoder import Encoded, Floats, Integers

_HALF = (0.1284, 0.3881, 0.6568, 0.9424, 1.2562, 1.6181, 2.0691, 2.7326)
"""Levels that lose least of a normal variable of variance one in four bits (Max 1960, table I, N = 16)."""

_LEVELS = np.array([-x for x in reversed(_HALF)] + list(_HALF), np.float32)
_EDGES = (_LEVELS[1:] + _LEVELS[:-1]) / 2
_PAIRS = np.stack([np.repeat(_LEVELS, 16), np.tile(_LEVELS, 16)], axis=1).view(np.uint64).ravel()
"""(256,) uint64: a byte to its two levels, high half first, as the bits of two float32, taken at once."""


@cache
def rotation(dimension: int) -> Floats:
    """Return a random rotation, the same for ever.

    Args:
        dimension: of the vectors.

    Returns:
        (dimension, dimension) float32, orthogonal: QR of normal numbers, made unique by a positive diagonal of R
        (Mezzadri 2007, "How to generate random matrices from the classical compact groups").
    """
    normal = np.random.Generator(np.random.PCG64(0)).standard_normal((dimension, dimension))
    q, r = np.linalg.qr(normal)
    rotated: Floats = (q * np.sign(np.diag(r))).astype(np.float32)
    return rotated


def tokens_of_each(spans: Integers, start: int, sentences: Sequence[Span]) -> npt.NDArray[np.int64]:
    """Return how many of a passage's tokens each of its sentences has.

    Args:
        spans: (n, 2) where the tokens stand in the passage.
        start: where the passage starts in the document.
        sentences: the passage's sentences, offsets into the document.

    Returns:
        (sentences,) int64; 0 where the model did not see the sentence.
    """
    starts = np.array([sentence.start - start for sentence in sentences], np.int32)
    owner = np.searchsorted(starts, spans[:, 0], side="right") - 1
    return np.bincount(owner, minlength=len(sentences))


@dataclass(frozen=True, slots=True)
class TokenMatrix:
    """The token vectors of a passage in four bits a dimension, sentence by sentence.

    Args:
        codes: (n, dimension / 2, rounded up) uint8: two rotated coordinates a byte.
        counts: (sentences,) uint16: how many rows belong to each sentence; 0 where the model did not see it.
    """

    codes: npt.NDArray[np.uint8]
    counts: npt.NDArray[np.uint16]

    @classmethod
    def pack(cls, encoded: Encoded, start: int, sentences: Sequence[Span]) -> "TokenMatrix":
        """Keep the tokens of an encoded passage.

        Args:
            encoded: the passage as the model sees it.
            start: where the passage starts in the document, code points.
            sentences: the passage's sentences, offsets into the document.
        """
        counts = tokens_of_each(encoded.spans, start, sentences).astype(np.uint16)
        rotated = encoded.tokens @ rotation(encoded.tokens.shape[1]) * np.sqrt(encoded.tokens.shape[1])
        nibbles = np.searchsorted(_EDGES, rotated).astype(np.uint8)
        if nibbles.shape[1] % 2:
            nibbles = np.pad(nibbles, ((0, 0), (0, 1)))
        return cls(nibbles[:, 0::2] << 4 | nibbles[:, 1::2], counts)

    def to_bytes(self) -> bytes:
        """Return the matrix as it is stored: number of sentences, their counts, the codes; little-endian."""
        parts = (np.array([len(self.counts)], "<u4"), self.counts.astype("<u2"), self.codes)
        return b"".join(part.tobytes() for part in parts)

    @classmethod
    def from_bytes(cls, blob: bytes) -> "TokenMatrix":
        """Return what `to_bytes` stored."""
        sentences = int(np.frombuffer(blob, "<u4", 1)[0])
        counts = np.frombuffer(blob, "<u2", sentences, 4).astype(np.uint16)
        rows = int(counts.sum())
        codes = np.frombuffer(blob, np.uint8, offset=4 + 2 * sentences)
        return cls(codes.reshape(rows, -1) if rows else codes.reshape(0, 0), counts)


_scoring = Lock()


@cache
def _blas() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def sentence_scores(question: Floats, weights: Floats, passages: Sequence[TokenMatrix]) -> list[Floats]:
    """Score every sentence of some passages against a question.

    Args:
        question: (m, dimension) float32, unit rows, m of at least 1.
        weights: (m,) float32: how much each token of the question counts, above 0.
        passages: their token vectors.

    Returns:
        for each passage (sentences,) float32, about -1..1; -1 for a sentence without tokens.
    """
    shares = (weights / weights.sum()).astype(np.float32)
    # So small a product gains nothing from several threads, and loses much where they wait for a busy processor. Their
    # number is the process's, not the thread's: so one question at a time.
    with _scoring, _blas().limit(limits=1, user_api="blas"):
        rotated = _rotated(question)
        return [_scores(rotated, shares, tokens) for tokens in passages]


def token_cosines(question: Floats, tokens: TokenMatrix) -> Floats:
    """Return the cosine of each token of a question with each token of a passage, as `sentence_scores` has it.

    Args:
        question: (m, dimension) float32, unit rows.
        tokens: (n) of the passage.

    Returns:
        (m, n) float32, about -1..1.
    """
    return _cosines(_rotated(question), tokens).T


def _rotated(question: Floats) -> Floats:
    dimension = question.shape[1]
    rotated: Floats = question @ rotation(dimension) / np.float32(np.sqrt(dimension))  # a plain root makes it float64
    return rotated


def _cosines(rotated: Floats, tokens: TokenMatrix) -> Floats:
    """Return (n, m): a row for each token of the passage, which is the quicker way to lie in memory."""
    levels = _PAIRS.take(tokens.codes).view(np.float32)[:, : rotated.shape[1]]
    cosines: Floats = levels @ rotated.T
    return cosines


def _scores(rotated: Floats, shares: Floats, tokens: TokenMatrix) -> Floats:
    scores = np.full(len(tokens.counts), -1.0, np.float32)
    seen = np.flatnonzero(tokens.counts)
    if len(seen):
        starts = (np.cumsum(tokens.counts, dtype=np.int64) - tokens.counts)[seen]
        best = np.maximum.reduceat(_cosines(rotated, tokens), starts, axis=0)
        # @ was seen to warn of invalid values where there were none: BLAS, on so small a matrix
        scores[seen] = (best * shares).sum(axis=1)
    return scores
