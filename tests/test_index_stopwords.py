"""Stop words count for half; a question's content words are what is left without them."""

import numpy as np
import pytest

from index.stopwords import LIGHT, STOP_WORDS, content_words, token_weights


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
