"""Stop words count for half; a question's content words are what is left without them."""

import re

import numpy as np
import pytest

from index.stopwords import LIGHT, STOP_WORDS, AskedTurn, content_words, token_weights, turn_weights


def weights(question: str, *spans: tuple[int, int]) -> list[float]:
    found = token_weights(question, np.array(spans, np.int32).reshape(-1, 2))
    assert found.dtype == np.float32
    return found.tolist()


def test_stop_words_and_punctuation_are_light():
    """In "When is lunch?" only "lunch" counts in full; case does not matter."""
    assert weights("When is lunch?", (0, 4), (5, 7), (8, 13), (13, 14)) == [LIGHT, LIGHT, 1, LIGHT]
    assert weights("WHEN", (0, 4)) == [LIGHT]


def test_pieces_of_a_word_weigh_what_the_word_weighs():
    """A model cuts words into pieces: each counts as its word does."""
    assert weights("The thereafter", (0, 3), (4, 9), (9, 14)) == [LIGHT, 1, 1]


def test_other_languages_count_in_full():
    """No word of another script is a stop word, and offsets are code points."""
    assert weights("👩‍👩‍👧 где мост", (0, 5), (6, 9), (10, 14)) == [LIGHT, 1, 1]


def test_a_question_without_tokens():
    """No tokens, no weights; a token past the end of the text is light."""
    assert weights("") == []
    assert weights("", (0, 1)) == [LIGHT]


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


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("When was the harbour dredged?", "harbour dredged"),
        ("THE Harbour", "Harbour"),
        ("Who are you?", ""),
        ("?!", ""),
        ("", ""),
        ("où est l'été", "où est l été"),
    ],
)
def test_content_words(question: str, kept: str):
    """Stop words and punctuation go, in any case; nothing may be left."""
    assert content_words(question) == kept


def test_stop_words_are_lower_case_words():
    """Each can match: a word of the pattern, in the case that words are compared in."""
    assert all(word == word.casefold() and word.isalpha() for word in STOP_WORDS)
