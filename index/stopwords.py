"""Words that say little of what a question is about, language by language.

The English ones are chosen and measured here. For other languages they are those of the package stop-words (BSD; this
is its sole import), and the words that ask, which its lists lack. Elsewhere every word counts in full.
"""

import re
import unicodedata
from functools import cache
from typing import Any

import numpy as np
import regex

from corpus.language import ENGLISH
from corpus.scripts import is_unspaced
from index.encoder import Floats, Integers

STOP_WORDS = frozenset(
    """
    a about am an and are as at be been being but by can could did do does for from had has have he her his how
    i if in into is it its me my of on or our shall she should since so such than that the their them then there
    these they this to until was we were what when where which while who whom whose why will with would you your
    """.split()
)

LIGHT = 0.5
"""Weight of a stop word's token, or a punctuation mark's, where a content word's is 1; measured on four sets, where
zero and one both lose."""

_ASKING = {
    "ar": "أين أي أية اين بماذا كم كيف لماذا ما ماذا متى من هل",
    "de": "wann warum was welche welchem welchen welcher welches wem wen wer weshalb wessen wie wieso wo womit",
    "es": "cuál cuáles cuándo cuánta cuántas cuánto cuántos cómo dónde qué quién quiénes",
    "fr": "combien comment où pourquoi quand que quel quelle quelles quels qui quoi",
    "hi": "कब कहाँ कहां कितना कितनी कितने किन किस किसका किसकी किसके किसने किसे कैसा कैसी कैसे कौन कौनसा कौनसी क्या क्यों",
    "it": "che chi come cosa dove perché quale quali quando quanta quante quanti quanto",
    "ja": "いくつ いくら いつ どう どこ どの どれ なぜ 何 何年 誰 か です ます でした ました",
    "nl": "hoe hoeveel waar waarom wanneer wat welk welke wie wiens",
    "pt": "como onde porque qual quais quando quanta quantas quanto quantos que quem quê",
    "ru": "где зачем как какая какие каков какова какое какой когда кого кто куда откуда почему сколько чей что чья",
    "zh": "为什么 什么 什么时候 何时 何处 几 吗 呢 哪 哪一年 哪些 哪个 哪儿 哪里 多 多久 多少 怎么 怎样 是 的 了 谁",
}

_ENGLISH_WORD = re.compile(r"\w+")
_WORD = regex.compile(r"\w+")  # this library's words keep their combining marks, which `re` parts them at


def stop_words(language: str) -> frozenset[str]:
    """Return the stop words of a language, case folded and composed; none where no list is known.

    Args:
        language: ISO 639-1.
    """
    return STOP_WORDS if language == ENGLISH else _listed(language)


@cache
def _listed(language: str) -> frozenset[str]:
    from stop_words import StopWordError, get_stop_words

    try:
        listed = get_stop_words(language)
    except StopWordError:
        listed = []
    return frozenset(_folded(word) for word in (*listed, *_ASKING.get(language, "").split()))


def token_weights(question: str, spans: Integers, language: str = ENGLISH) -> Floats:
    """Return how much each token of a question counts in late interaction.

    Args:
        question: the question.
        spans: (m, 2): where its tokens stand in it.
        language: of the question, ISO 639-1.

    Returns:
        (m,) float32.
    """
    stop = stop_words(language)
    light = np.ones(len(question) + 1, bool)
    for word in _word(language).finditer(question):
        light[word.start() : word.end()] = _folded(word.group()) in stop
    weights = np.where(light[spans[:, 0]], LIGHT, 1.0).astype(np.float32)
    for at, (start, end) in enumerate(spans.tolist()):
        if is_unspaced(question[start : start + 1]) and _folded(question[start:end]) in stop:
            weights[at] = LIGHT  # without spaces the model's tokens are the nearest to words
    return weights


def content_words(question: str, language: str = ENGLISH) -> str:
    """Return a question without its stop words; empty when there is nothing else.

    Args:
        question: the question.
        language: of the question, ISO 639-1.
    """
    stop = stop_words(language)
    words = [word for word in _word(language).findall(question) if _folded(word) not in stop]
    return " ".join(_without_asking(word, language) if is_unspaced(word) else word for word in words).strip()


def _word(language: str) -> Any:
    return _ENGLISH_WORD if language == ENGLISH else _WORD


def _without_asking(run: str, language: str) -> str:
    """Return a run of Chinese or Japanese without the words that ask, the longest first."""
    for word in sorted(_ASKING.get(language, "").split(), key=len, reverse=True):
        run = run.replace(word, " ")
    return run


def _folded(word: str) -> str:
    return unicodedata.normalize("NFC", word.casefold())
