"""What was asked: the messages of a conversation that it is made of, and how much each of their tokens counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from index.encoder import Floats, Integers
from index.stopwords import token_weights


@dataclass(frozen=True, slots=True)
class AskedTurn:
    """A message of a conversation.

    Args:
        text: the question, or the quote that was given.
        share: how much it counts beside what is asked, which counts 1.
        language: ISO 639-1.
    """

    text: str
    share: float
    language: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, as the ranking took it; light enough to be kept with every answer.

    Args:
        turns: the question, the earlier ones that it leans on, the last one first, and the quote given to that.
        rarity: content words as the lexical index knows them, each with its rarity (inverse document frequency) times
            the share of its turn.
        spelled: the same words as they were written; one that is missing here is written as it is known.
    """

    turns: tuple[AskedTurn, ...] = ()
    rarity: Mapping[str, float] = field(default_factory=dict)
    spelled: Mapping[str, str] = field(default_factory=dict)


def turn_weights(turns: Sequence[AskedTurn], spans: Sequence[Integers]) -> list[Floats]:
    """Return how much each token of a conversation's turns counts in late interaction.

    What is asked counts as `token_weights` says. Of what was said before only the content words do: who and what it was
    about, not that it asked "when". Together they count as its share of what is asked at the most, however long it is.

    Args:
        turns: what is asked, share 1, then what it leans on.
        spans: for each turn (m, 2): where its tokens stand in it.

    Returns:
        for each turn (m,) float32.
    """
    weights = [token_weights(turn.text, at, turn.language) for turn, at in zip(turns, spans, strict=True)]
    asked = sum(float(own.sum()) for turn, own in zip(turns, weights, strict=True) if turn.share == 1)
    for number, turn in enumerate(turns):
        if turn.share < 1:
            content = np.where(weights[number] < 1, np.float32(0), weights[number])
            weights[number] = content * np.float32(turn.share * min(1.0, asked / max(1.0, float(content.sum()))))
    return weights


def counting_tokens(turns: Sequence[AskedTurn], spans: Sequence[Integers]) -> tuple[Integers, Floats]:
    """Return which of all turns' tokens, one turn after the other, count in late interaction, and how much.

    Args:
        turns: as for `turn_weights`.
        spans: as for `turn_weights`.

    Returns:
        (m,) places and (m,) float32 weights above 0.
    """
    weights = np.concatenate(turn_weights(turns, spans))
    places = np.flatnonzero(weights).astype(np.int32)
    return places, weights[places]
