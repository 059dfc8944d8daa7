"""How much each token of a conversation counts: what is asked in full, of what was said before content words alone."""

import re

import numpy as np
import pytest

from index.asked import AskedTurn, turn_weights
from index.stopwords import LIGHT


def turns(*texts: str) -> list[list[float]]:
    """Weigh the tokens, a word each, of what is asked and of what was asked before, whose share is 0.25."""
    spans = [np.array([found.span() for found in re.finditer(r"\w+", text)], np.int32) for text in texts]
    weighed = turn_weights([AskedTurn(text, 0.25 if n else 1.0, "en") for n, text in enumerate(texts)], spans)
    assert all(weights.dtype == np.float32 for weights in weighed)
    return [weights.tolist() for weights in weighed]


def test_of_an_earlier_question_only_the_content_words_count():
    """What it asked is over; who it was about is not."""
    assert turns("When was it built?") == [[LIGHT, LIGHT, LIGHT, 1]]
    assert turns("When was it built?", "Where is Ardala?") == [[LIGHT, LIGHT, LIGHT, 1], [0, 0, 0.25]]


def test_a_long_earlier_question_counts_no_more_than_a_short_one():
    """All of its words together have its share of the question's weight, 2.5 here, at the most."""
    earlier = turns("who paints bridges", "tower harbour museum mill church castle market square bank garden")[1]
    assert earlier == pytest.approx([0.25 * 2.5 / 10] * 10)
    assert turns("who", "where is it") == [[LIGHT], [0, 0, 0]]
