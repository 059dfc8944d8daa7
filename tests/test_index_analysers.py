"""Words are made in the way of their language: stems, pairs of characters, or as they stand."""

import numpy as np
import pytest

from index.analysers import asked_words, way_of, words_of
from index.stopwords import LIGHT, content_words, stop_words, token_weights


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "The cafés closed", ["the", "cafe", "close"]),
        ("", "Towers 3.5", ["tower", "3", "5"]),
        ("de", "Die Größe der Häuser", ["die", "gross", "der", "haus"]),
        ("es", "las canciones, la cancion", ["las", "cancion", "la", "cancion"]),
        ("ru", "моста Мосты", ["мост", "мост"]),
        ("ar", "المدينة مدينة", ["مدين", "مدين"]),
        ("hi", "प्रसिद्ध लड़कों ने", ["प्रसिद्ध", "लड़कों", "ने"]),
        ("pl", "Zażółć w Łodzi", ["zazolc", "w", "lodzi"]),
        ("fa", "می\u200cخواهم", ["میخواهم"]),
        ("zh", "北京2024年ABC", ["北", "京", "北京", "2024", "年", "abc"]),
        ("ja", "ｶﾒﾗ、東", ["カ", "メ", "ラ", "カメ", "メラ", "東"]),
        ("ko", "서울", ["서", "울", "서울"]),
    ],
)
def test_words_of_a_language(language: str, text: str, words: list[str]):
    """Case, accents, forms and marks that make no difference are gone; vowel signs stay."""
    assert words_of(text, way_of(language)) == words


def test_composed_or_not_is_the_same_word():
    """Hindi's dotted letters come as one character or as two."""
    assert words_of("\u0958\u0932\u092e", "plain") == words_of("\u0915\u093c\u0932\u092e", "plain")


def test_a_question_keeps_pairs_or_what_stands_alone():
    """Single characters would match almost anything, and are asked for only where there is no pair."""
    assert asked_words("北京的 猫 ABC 北京", way_of("zh")) == ["北京", "京的", "猫", "abc"]
    assert asked_words("tower towers", way_of("en")) == ["tower"]


@pytest.mark.parametrize(
    ("language", "question", "kept"),
    [
        ("de", "Wo ist das Museum?", "Museum"),
        ("es", "¿Cuándo abrió el museo?", "abrió museo"),
        ("ru", "Когда открылся музей?", "открылся музей"),
        ("ar", "متى افتتح المتحف؟", "افتتح المتحف"),
        ("hi", "संग्रहालय कब खुला था?", "संग्रहालय खुला"),
        ("zh", "博物馆什么时候开放？", "博物馆 开放"),
        ("ja", "いつ東京駅ですか", "東京駅"),
        ("xx", "abc def", "abc def"),
    ],
)
def test_content_words_of_a_language(language: str, question: str, kept: str):
    """The words that ask, and those that every text is full of, go; a language without a list keeps all."""
    assert content_words(question, language).split() == kept.split()


def test_stop_words_weigh_half_in_every_language():
    """A word of the language's list is light, in Hindi with all its marks, in Chinese as a token of its own."""
    spans = np.array([(0, 4), (5, 11), (11, 12)], np.int32)
    assert token_weights("Wann Museum?", spans, "de").tolist() == [LIGHT, 1, LIGHT]
    assert token_weights("खुला क्या", np.array([(0, 4), (5, 9)], np.int32), "hi").tolist() == [1, LIGHT]
    spans = np.array([(0, 3), (3, 4), (4, 6)], np.int32)
    assert token_weights("博物馆的什么", spans, "zh").tolist() == [1, LIGHT, LIGHT]


def test_lists_of_stop_words():
    """Nine languages of the world have one, folded as words are; a language without has none."""
    for language in "ar de es fr hi it ja ru zh".split():
        assert len(stop_words(language)) > 20
        assert all(word == word.casefold() for word in stop_words(language))
    assert stop_words("xx") == frozenset()
