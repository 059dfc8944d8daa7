"""Whether a sentence says of another what was asked: of MD4 for MD5, of 2008 for 2012, of version 1.2 for 1.3."""

import re

from qa.followup import YEAR

_NUMBERED = re.compile(r"[^\W\d_]*-?\d+(?:\.\d+)*[^\W\d_]*")
_DIGITS = re.compile(r"\d+")


def _named(text: str) -> dict[str, str]:
    """Return what a text names by a number, each with its kind: itself with # for digits. An amount names nothing."""
    found = (word.lower().replace("-", "") for word in _NUMBERED.findall(text))
    kinds = {word: _DIGITS.sub("#", word) for word in found}
    return {word: kind for word, kind in kinds.items() if kind != "#" or YEAR.fullmatch(word)}


def of_a_sibling(question: str, quote: str, context: str) -> bool:
    """Tell whether a quote names, instead of what the question names by a number, another of that kind.

    Args:
        question: what was asked.
        quote: the sentence.
        context: title and headings over it: what they name the quote need not.
    """
    asked, said = _named(question), _named(quote)
    known = said.keys() | _named(context).keys()
    missing = {kind for word, kind in asked.items() if word not in known}
    return any(kind in missing for word, kind in said.items() if word not in asked)
