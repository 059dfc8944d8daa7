"""Late interaction: each token of the question against each token of a passage.

A sentence's score is the mean, over the question's tokens, of the best cosine with any token of the sentence: MaxSim
(Khattab and Zaharia 2020, "ColBERT", section 3.3) divided by the number of question tokens, so that it lies in -1..1
whatever the question's length.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.records import Span
from index.encoder import Encoded, Floats

_SCALE = 127.0


@dataclass(frozen=True, slots=True)
class TokenMatrix:
    """The token vectors of a passage in eight bits, sentence by sentence.

    Args:
        codes: (n, dimension) int8; a row times its scale is the unit vector.
        scales: (n,) float16.
        counts: (sentences,) uint16: how many rows belong to each sentence; 0 where the model did not see it.
    """

    codes: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float16]
    counts: npt.NDArray[np.uint16]

    @classmethod
    def pack(cls, encoded: Encoded, start: int, sentences: Sequence[Span]) -> "TokenMatrix":
        """Keep the tokens of an encoded passage.

        Args:
            encoded: the passage as the model sees it.
            start: where the passage starts in the document, code points.
            sentences: the passage's sentences, offsets into the document.
        """
        edges = np.array([sentence.start - start for sentence in sentences], np.int32)
        owner = np.searchsorted(edges, encoded.spans[:, 0], side="right") - 1
        scales = np.abs(encoded.tokens).max(axis=1, initial=1e-12) / _SCALE
        codes = np.rint(encoded.tokens / scales[:, None]).astype(np.int8)
        counts = np.bincount(owner, minlength=len(sentences)).astype(np.uint16)
        return cls(codes, scales.astype(np.float16), counts)

    def to_bytes(self) -> bytes:
        """Return the matrix as it is stored: two lengths, then counts, scales and codes, little-endian."""
        lengths = np.array([len(self.counts), len(self.scales)], "<u4")
        parts = (lengths, self.counts.astype("<u2"), self.scales.astype("<f2"), self.codes)
        return b"".join(part.tobytes() for part in parts)

    @classmethod
    def from_bytes(cls, blob: bytes) -> "TokenMatrix":
        """Return what `to_bytes` stored."""
        sentences, rows = np.frombuffer(blob, "<u4", 2)
        counts = np.frombuffer(blob, "<u2", sentences, 8).astype(np.uint16)
        at = 8 + 2 * int(sentences)
        scales = np.frombuffer(blob, "<f2", rows, at).astype(np.float16)
        codes = np.frombuffer(blob, np.int8, offset=at + 2 * int(rows))
        return cls(codes.reshape(int(rows), -1) if rows else codes.reshape(0, 0), scales, counts)

    def token_scores(self, question: Floats) -> Floats:
        """Return cosines.

        Args:
            question: (m, dimension) float32, unit rows.

        Returns:
            (m, n) float32: each question token with each token of the passage.
        """
        products: Floats = question @ self.codes.T.astype(np.float32)
        return products * self.scales.astype(np.float32)


def sentence_scores(question: Floats, passages: Sequence[TokenMatrix]) -> list[Floats]:
    """Score every sentence of some passages against a question.

    Args:
        question: (m, dimension) float32, unit rows, m of at least 1.
        passages: their token vectors.

    Returns:
        for each passage (sentences,) float32, -1..1; -1 for a sentence without tokens.
    """
    return [_scores(question, tokens) for tokens in passages]


def _scores(question: Floats, tokens: TokenMatrix) -> Floats:
    scores = np.full(len(tokens.counts), -1.0, np.float32)
    seen = np.flatnonzero(tokens.counts)
    if len(seen):
        starts = (np.cumsum(tokens.counts, dtype=np.int64) - tokens.counts)[seen]
        scores[seen] = np.maximum.reduceat(tokens.token_scores(question), starts, axis=1).mean(axis=0)
    return scores
