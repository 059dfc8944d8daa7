"""Text to the words that lexical search compares, in the way that suits its language.

A way is named after its stemmer. English words are runs of letters and digits, in lower case, without accents,
stemmed. Elsewhere a word keeps its combining marks (Hindi's vowels are such), compatibility forms become plain ones
(NFKC), invisible marks go, and the stem loses its accents last. A language without a stemmer does without. What is
written without spaces becomes characters and pairs of them, as in Lucene's CJK analyser; Korean too, whose words carry
their particles.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

import regex

ENGLISH = "english"
PLAIN = "plain"
"""The way of a language without a stemmer."""

_STEMMERS = {
    "": ENGLISH,  # a list of names, a table of figures, a program: as good as any
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": ENGLISH,
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}

_LONGEST = 64  # bytes of a word
_WORD = r"[\p{L}\p{M}\p{N}_]+"
_PAIRED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}ー\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}--\p{P}]+", regex.VERSION1
)
_INVISIBLE = regex.compile(r"\p{Cf}+")


def way_of(language: str) -> str:
    """Return the way in which a language's words are made.

    Args:
        language: ISO 639-1, or empty.
    """
    return _STEMMERS.get(language, PLAIN)


def words_of(text: str, way: str = ENGLISH) -> list[str]:
    """Return a text's words, in order.

    Args:
        text: any text.
        way: as `way_of` names it.
    """
    words: list[str] = _analyser(way).analyze(text if way == ENGLISH else _prepared(text))
    return words


def asked_words(question: str, way: str = ENGLISH) -> list[str]:
    """Return a question's words, each once; a character that is part of a pair is left out."""
    words = list(dict.fromkeys(words_of(question, way)))
    if way == ENGLISH:
        return words
    in_pairs = {character for word in words if len(word) == 2 and _PAIRED.fullmatch(word) for character in word}
    return [word for word in words if word not in in_pairs]


def _prepared(text: str) -> str:
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return str(_PAIRED.sub(lambda run: f" {' '.join(_parts(run.group()))} ", plain))


def _parts(run: str) -> Sequence[str]:
    """Return the characters and the pairs of characters of a run."""
    return [*run, *(run[at : at + 2] for at in range(len(run) - 1))]


@cache
def _analyser(way: str) -> Any:
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    tokenizer = Tokenizer.simple() if way == ENGLISH else Tokenizer.regex(_WORD)
    builder = TextAnalyzerBuilder(tokenizer).filter(Filter.remove_long(_LONGEST)).filter(Filter.lowercase())
    if way == ENGLISH:
        return builder.filter(Filter.ascii_fold()).filter(Filter.stemmer(way)).build()
    if way != PLAIN:
        builder = builder.filter(Filter.stemmer(way))
    return builder.filter(Filter.ascii_fold()).build()
