"""What of a question stands in a sentence, and where: made on demand for the few sentences that are explained."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.asked import Asked, counting_tokens
from index.encoder import Encoder
from index.late import TokenMatrix, token_cosines
from index.records import StoredPassage


@dataclass(frozen=True, slots=True)
class TokenMatch:
    """A token of the question, and the token of a sentence that is most like it.

    Args:
        question: the token as it is written; a hyphen marks where it is part of a longer word.
        sentence: its match, likewise.
        cosine: of the two in their contexts, about -1..1.
        share: 0..1, how much of the late-interaction score this token decides; all of a question's make 1.
    """

    question: str
    sentence: str
    cosine: float
    share: float

    @property
    def adds(self) -> float:
        """What it adds to the sentence's late-interaction score."""
        return self.share * self.cosine


def token_matches(
    encoder: Encoder, asked: Asked, sentences: Sequence[tuple[StoredPassage, int]]
) -> list[list[TokenMatch]]:
    """Match a question's tokens with those of some sentences, by the numbers that ranked them.

    The model reads question and passages again: the index keeps no places of tokens. What all matches of a sentence
    add makes its late-interaction score.

    Args:
        encoder: of the model that the index was made with.
        asked: the question.
        sentences: each by its passage and its number there.

    Returns:
        for each sentence its matches, those that add most first; none where the model did not see the sentence.
    """
    if not sentences:
        return []
    turns = [encoder.encode_question(turn.text) for turn in asked.turns]
    places, weights = counting_tokens(asked.turns, [turn.spans for turn in turns])
    question, shares = np.concatenate([turn.tokens for turn in turns])[places], weights / weights.sum()
    written = [
        _piece(turn.text, *span)
        for turn, encoded in zip(asked.turns, turns, strict=True)
        for span in encoded.spans.tolist()
    ]
    pieces = [written[place] for place in places]
    passages = list({passage.id: passage for passage, _ in sentences}.values())
    read = encoder.encode_passages([p.text for p in passages], [p.context + "\n" for p in passages])
    by_id = {passage.id: encoded for passage, encoded in zip(passages, read, strict=True)}
    results = []
    for passage, sentence in sentences:
        matrix = TokenMatrix.pack(by_id[passage.id], passage.start, passage.sentences)
        first, count = int(matrix.counts[:sentence].sum()), int(matrix.counts[sentence])
        cosines = token_cosines(question, matrix)[:, first : first + count]
        spans = by_id[passage.id].spans[first : first + count].tolist()
        matches = []
        for piece, row, share in zip(pieces, cosines, shares.tolist(), strict=True):
            if count:
                best = int(row.argmax())
                matches.append(TokenMatch(piece, _piece(passage.text, *spans[best]), float(row[best]), share))
        results.append(sorted(matches, key=lambda match: -match.adds))
    return results


def _piece(text: str, start: int, end: int) -> str:
    """Return a token as it is written, with a hyphen where the word goes on."""
    piece = text[start:end]
    before = "-" if start > 0 and text[start - 1 : end].isalnum() else ""
    after = "-" if end < len(text) and text[start : end + 1].isalnum() else ""
    return before + piece + after
