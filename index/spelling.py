"""A question's words that the documents lack: misspelled ones put right, the others named.

The sole import of spellchecker, for its dictionaries.
"""

from collections import defaultdict
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any

import regex

from corpus.scripts import is_unspaced
from index.analysers import way_of, words_of
from index.catalog import Catalog
from index.encoder import Encoder
from index.records import StoredPassage
from index.stopwords import content_words
from index.words import WordView

_UNKNOWN = 5
"""Words of a question, at the most, that no dictionary has; one with more is in another language."""

_LOOKED_AT = 20  # passages

_ENDING = 0.5
"""What a passage counts that has a word with another ending only, beside one that has the word itself."""

_WORD = regex.compile(
    r"""
    "[^"]*" | “[^”]*” | „[^“]*“ | «[^»]*»
    | (?<![^\s([-]) (?<!(?:^|\s)--?) (?P<word>\p{L}[\p{Ll}\p{M}]{4,}) (?=(?:['’]s)?(?:[.:]?(?:\s|$)|[)\],;?!-]))
    """,
    regex.VERBOSE,
)
"""A word that may be misspelled: not in quotation marks, not short, no abbreviation, option or name in a program."""

_FORM = regex.compile(r"\p{L}[\p{L}\p{M}]*")


class Speller:
    """Corrects questions by what the documents say.

    A word is misspelled that neither the documents have, nor a dictionary of the question's language, nor the model as
    one token. It becomes the word of the documents that is one edit away: a letter too many, too few or mistaken, or
    two exchanged (Damerau 1964), but never the first one. Of several it is the one in the passages that have most of
    the question's other words.

    Args:
        catalog: of the documents.
        words: their lexical view.
        encoder: of the model.
    """

    def __init__(self, catalog: Catalog, words: WordView, encoder: Encoder) -> None:
        self._catalog = catalog
        self._words = words
        self._encoder = encoder

    def corrected(self, question: str, language: str) -> str:
        """Return a question without its misspelled words; what stands in quotation marks stays as it is.

        Args:
            question: any text.
            language: its language, ISO 639-1; where there is no dictionary of it, nothing is corrected.
        """
        found = [match for match in _WORD.finditer(question) if match["word"]]
        doubtful = [match for match in found if not self._knows(match["word"], language)]
        if not 0 < len(doubtful) <= _UNKNOWN:
            return question
        ways = self._ways()
        content = _made_of(content_words(question, language), ways)
        parts, done = [], 0
        for match in doubtful:
            parts += [question[done : match.start()], self._meant(match["word"], content, ways, _dictionary(language))]
            done = match.end()
        return "".join([*parts, question[done:]])

    def missing(self, question: str, language: str) -> list[str]:
        """Return the names, numbers and unknown words of a question that stand in no passage, title or heading.

        They are as they were written. A name is a word with a capital that does not open the question. Nothing is said
        of what is written without spaces, which is searched for in pairs of characters.
        """
        ways, opens = self._ways(), question.lstrip(" \"'“‘(").startswith
        made = {
            word: _made_of(word, ways)
            for word in content_words(question, language).split()
            if not is_unspaced(word) and not (self._knows(word, language) and (word.islower() or opens(word)))
        }
        there = self._words.occurring(set().union(*made.values()))
        return [word for word, known in made.items() if known and not known & there]

    def _knows(self, word: str, language: str) -> bool:
        """Tell whether a language's dictionary has a word, or the model as one token; without a dictionary, yes."""
        dictionary = _dictionary(language)
        return (
            dictionary is None
            or bool(dictionary.known([word]))
            or 1 in self._encoder.count_tokens([word, word.lower()])
        )

    def _meant(self, word: str, content: AbstractSet[str], ways: AbstractSet[str], dictionary: Any) -> str:
        """Return what an unknown word is meant to be: itself, where the documents have it, or none that is near."""
        own, lower = _made_of(word, ways), word.lower()
        others = content - own
        if any(lower in _forms(passage) for passage in self._speaking_of(own, others)):
            return word
        near = {edit: _made_of(edit, ways) for edit in dictionary.edit_distance_1(word) if edit[:1] == lower[0]}
        there = self._words.occurring(set().union(*near.values()))
        near = {edit: made for edit, made in near.items() if made & there}
        spelled = dictionary.known(near)
        likely: defaultdict[str, float] = defaultdict(float)
        for rank, passage in enumerate(self._speaking_of(there, others), 1):
            forms, way = _forms(passage), way_of(passage.language)
            said = set(words_of(_text(passage), way))
            for edit in near:
                if edit in forms:
                    likely[edit] += 1 / rank
                elif edit in spelled and said.issuperset(words_of(edit, way)):
                    likely[edit] += _ENDING / rank
        meant = max(likely, key=lambda edit: (likely[edit], edit), default=lower)
        return word if meant == lower else meant.capitalize() if word[0].isupper() else meant

    def _ways(self) -> set[str]:
        return {*map(way_of, self._catalog.languages)}

    def _speaking_of(self, words: AbstractSet[str], others: AbstractSet[str]) -> list[StoredPassage]:
        """Return passages with any of some words, first those with most of these and of others."""
        ids = self._words.with_any(sorted(words), sorted(others), _LOOKED_AT)
        passages = self._catalog.passages(ids)
        return [passages[number] for number in ids if number in passages]


def _made_of(text: str, ways: AbstractSet[str]) -> set[str]:
    """Return a text's words as the lexical view knows them, in each of some ways (see `index.analysers`)."""
    return {word for way in ways for word in words_of(text, way)}


def _text(passage: StoredPassage) -> str:
    return f"{passage.context}\n{passage.text}"


def _forms(passage: StoredPassage) -> set[str]:
    """Return a passage's words as they are written, in lower case."""
    return {form.lower() for form in _FORM.findall(_text(passage))}


@cache
def _dictionary(language: str) -> Any:
    """Return the dictionary of a language; None where there is none."""
    from spellchecker import SpellChecker

    return SpellChecker(language) if language in SpellChecker.languages() else None
