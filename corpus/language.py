"""Which language a text is in. The sole import of the detector, py3langid (BSD)."""

import re
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any

import regex

ENGLISH = "en"
UNKNOWN = ""
"""Of a text too short, or too little of a text, to tell: a list of names, a table of figures, a program."""

_SAMPLE = 2_000  # characters; more would not tell more (of 500, each of 17 languages was told right, always)
_SLICES = 4
_SURE = 0.5  # probability; Latin letters alone say little
_ELSEWHERE = 0.2  # what a language that the documents are not in counts beside one that they are in
_COMMON = frozenset(
    """a an and are as at be by for from has have in is it not of on or that the this to was which with""".split()
)
_COMMON_SHARE = 0.2
"""Of a text's words: English prose has about 0.3, the closest of other languages (Afrikaans, Dutch) 0.15."""

_WORD = re.compile(r"[^\W\d_]+")
_LETTER = regex.compile(r"\p{L}")
_LATIN = regex.compile(r"\p{Latin}")

_NAMES = {
    "af": "Afrikaans",
    "ar": "Arabic",
    "az": "Azerbaijani",
    "be": "Belarusian",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "bs": "Bosnian",
    "ca": "Catalan",
    "cs": "Czech",
    "cy": "Welsh",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "eu": "Basque",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "ga": "Irish",
    "gl": "Galician",
    "gu": "Gujarati",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "hy": "Armenian",
    "id": "Indonesian",
    "is": "Icelandic",
    "it": "Italian",
    "ja": "Japanese",
    "ka": "Georgian",
    "kk": "Kazakh",
    "km": "Khmer",
    "ko": "Korean",
    "la": "Latin",
    "lo": "Lao",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "mk": "Macedonian",
    "mr": "Marathi",
    "ms": "Malay",
    "my": "Burmese",
    "ne": "Nepali",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sq": "Albanian",
    "sr": "Serbian",
    "sv": "Swedish",
    "sw": "Swahili",
    "ta": "Tamil",
    "te": "Telugu",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "uz": "Uzbek",
    "vi": "Vietnamese",
    "zh": "Chinese",
}


def language_name(code: str) -> str:
    """Return the English name of a language, or words that hold its code where the name is not known here."""
    return _NAMES.get(code, f"the language {code!r}")


def detect_language(text: str) -> str:
    """Return the language of a document: ISO 639-1, or UNKNOWN.

    Plain English is told by its commonest words, without the detector, which takes half a second to load.

    Args:
        text: all of it; a sample from beginning to end is looked at.
    """
    sample = _sample(text)
    if _is_plainly_english(sample):
        return ENGLISH
    if not _LETTER.search(sample):
        return UNKNOWN
    language, probability = _rank(sample)[0]
    return language if probability >= _SURE or not _is_latin(sample) else UNKNOWN


def detect_question(question: str, expected: AbstractSet[str]) -> str:
    """Return the language of a question: ISO 639-1.

    A question is short, so that the languages of the documents are likelier than others; another one needs a
    probability of 0.5, unless the letters tell.

    Args:
        question: a few words.
        expected: the languages of the documents; English is always one to expect.
    """
    if not _LETTER.search(question):
        return ENGLISH
    ranking = _rank(question)
    expected = expected | {ENGLISH}
    needed = _SURE if _is_latin(question) else 0.0
    likely = {
        language: probability * (1 if language in expected else _ELSEWHERE)
        for language, probability in ranking
        if language != UNKNOWN and (language in expected or probability >= needed)
    }
    return max(likely, key=lambda language: likely[language], default=ENGLISH)


def _sample(text: str) -> str:
    """Return a text, or slices of a long one: its beginning may be a licence or a form in another language."""
    if len(text) <= _SAMPLE:
        return text
    step, size = len(text) // _SLICES, _SAMPLE // _SLICES
    return " ".join(text[at * step : at * step + size] for at in range(_SLICES))


def _is_plainly_english(text: str) -> bool:
    words = _WORD.findall(text.lower())
    return len(words) >= 20 and sum(word in _COMMON for word in words) >= _COMMON_SHARE * len(words)


def _is_latin(text: str) -> bool:
    return 2 * len(_LATIN.findall(text)) >= len(_LETTER.findall(text))


def _rank(text: str) -> list[tuple[str, float]]:
    """Return languages with their probabilities, likeliest first; UNKNOWN stands for what is no language."""
    ranking: list[tuple[str, float]] = _identifier().rank(text)
    return [(UNKNOWN if language == "zxx" else language, probability) for language, probability in ranking]


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    # Two letters: the languages that others call dialects (Pidgin, Egyptian, Cantonese) count as their nearest.
    identifier.set_languages([label for label in identifier.labels if len(label) == 2 or label == "zxx"])
    return identifier
