"""English words that say little of what a question is about; tokens of other languages all count in full."""

import re

import numpy as np

from index.encoder import Floats, Integers

STOP_WORDS = frozenset(
    """
    a about am an and are as at be been being but by can could did do does for from had has have he her his how
    i if in into is it its me my of on or our shall she should so such than that the their them then there these
    they this to was we were what when where which while who whom whose why will with would you your
    """.split()
)

LIGHT = 0.5
"""Weight of a stop word's token, or a punctuation mark's, where a content word's is 1; measured on four sets, where
zero and one both lose."""

_WORD = re.compile(r"\w+")


def token_weights(question: str, spans: Integers) -> Floats:
    """Return how much each token of a question counts in late interaction.

    Args:
        question: the question.
        spans: (m, 2): where its tokens stand in it.

    Returns:
        (m,) float32.
    """
    light = np.ones(len(question) + 1, bool)
    for word in _WORD.finditer(question):
        light[word.start() : word.end()] = word.group().casefold() in STOP_WORDS
    return np.where(light[spans[:, 0]], LIGHT, 1.0).astype(np.float32)


def content_words(question: str) -> str:
    """Return a question without its stop words; empty when there is nothing else."""
    return " ".join(word for word in _WORD.findall(question) if word.casefold() not in STOP_WORDS)
