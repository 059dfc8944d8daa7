"""A question, and what of the conversation before it is needed to understand it."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import regex

from corpus.scripts import is_unspaced
from index.stopwords import content_words
from qa.cite import NOT_ANSWERED, before_citation

Likeness = Callable[[str, Sequence[str]], Sequence[float]]
"""How near in meaning some texts are to a text: cosines, -1..1."""

LEAST_LIKENESS = 0.22
"""Of two names of one kind: Georgia is to Azerbaijan 0.51, to Partnership for Peace 0.07, in the packaged model."""

_BE = "(?:am|are|be|been|being|is|was|were)"
_POINTS = regex.compile(
    rf"""
    \b(?:it|him|hers|them|theirs|this|these|former|latter)\b
    | (?:^|\b(?:about|after|at|before|by|did|do|does|for|from|in|is|like|of|on|than|to|was|with)\ )that\b | \bthat\W*$
    | \bthose\b(?!\ (?:at|from|in|of|on|that|which|who|whose|with)\b)
    | (?<!\b{_BE}\ )\bthere\b(?!\ {_BE}\b)
    | \b(?:that|the\ \w+|this|which)\ ones?\b | \bones?\W*$ | \bthen\W*$
    """,
    regex.IGNORECASE | regex.VERBOSE,
)
"""Words that point at something said before; not "that" before a clause, "there is", "those who" and "one of"."""

_STANDS_FOR = re.compile(r"\b(?:he|her|his|its|she|their|they)\b", re.IGNORECASE)
"""Words that stand for a name, which may be one before them in the same question ("How did Berg earn his living?")."""

_OPENING = re.compile(
    r"^\W*(?:and|any|but|no|or|so|also|what about|how about|what else|which (?:is|are|was|were)|why not)\b",
    re.IGNORECASE,
)
_TURNS = 4  # what was asked before these counts next to nothing
_GIVEN_CHARACTERS = 600  # of an answer that was given: a quote, not a page from elsewhere
HALF_CHARACTER = re.compile("[\ud800-\udfff]")
"""A lone surrogate: JSON and file names can hold one, text cannot."""

_WORD = regex.compile(r"\w+")
_CHARACTERS = 2  # of Chinese or Japanese, to a word
_SHORT_WORDS = 3  # a question of so few words leaves out what it is about ("And when?", "Who signed it?")
_VAGUE_WORDS = 4  # content words; one without a name that has no more mostly does ("How many votes for a decision?")

_ABOUT = re.compile(
    r"\W*(?i:(?:(?:and|but|so|or|then) )?(?:what|how) about|and)(?i: (?:in|for|of|by|from|with|to|the))*"
    r" (?P<name>[A-Z\d][^?!.]*?)(?:'s|’s)?\W*"
)
NAME = re.compile(r"(?<=\s)[A-Z][\w-]*(?:\s(?:(?:of|the|for|and) )*[A-Z][\w-]*)*")
"""A name inside a question: words with a capital, not the first."""
_PART = re.compile(r"\bof (?:the )?(?=[A-Z])")
"""What a name inside a name stands after: Azerbaijan in "President of Azerbaijan"."""
_OWNED = re.compile(r"['’]s?\s$")
OWNED_LIKENESS = 0.1
"""So much likelier is X what another name is owned by: after NATO's Secretary-General, Georgia's (0.34 and 0.41)."""
YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")
"""A number that is most likely a year."""


def depends(question: str) -> bool:
    """Tell whether a question leans on what came before.

    By a pronoun, by an opening such as "And", by being short, or by naming nothing in few words.
    """
    named = next((found.start() for found in NAME.finditer(question) if found.group() != "I"), len(question))
    words = _WORD.findall(question)
    length = sum(max(1, sum(map(is_unspaced, word)) // _CHARACTERS) for word in words)
    unnamed = _STANDS_FOR.search(question, 0, named)
    pointing = _OPENING.match(question) or _POINTS.search(question) or unnamed
    return bool(pointing or length <= _SHORT_WORDS or (named == len(question) and _vague(question)))


def _vague(question: str) -> bool:
    """Tell whether a question without a name says little: few content words and no number.

    Not so where the script has no capitals, for there it may hold a name all the same.
    """
    if question.lower() == question.upper() or any(map(str.isdigit, question)):
        return False
    return len(content_words(question).split()) <= _VAGUE_WORDS


class Understood(NamedTuple):
    """A question as it is to be searched for.

    Args:
        question: what is asked.
        before: earlier questions that it leans on, the last one first, four at the most; none where it stands alone.
        given: what the last of them was answered with; empty where it was not answered, or the question stands alone.
    """

    question: str
    before: tuple[str, ...] = ()
    given: str = ""


def understand(question: str, history: Sequence[Mapping[str, str]], likeness: Likeness) -> Understood:
    """Return a question as it is to be searched for, and what of the conversation it leans on.

    "What about X?" becomes the question before it, with X in place of its own name of that kind.

    Args:
        question: the question asked.
        history: messages before it, oldest first, each with "role" and "content": the user's, and of the others the
            last one where it follows them.
        likeness: tells which name X stands in for.
    """
    said = [m["content"] for m in history if m.get("role") == "user" and m.get("content", "").strip()]
    asked = ""
    before: tuple[str, ...] = ()
    for text in [*said[-_TURNS:], question]:
        line = HALF_CHARACTER.sub("\ufffd", " ".join(text.split()))
        exchanged = _exchanged(line, asked, likeness)
        if exchanged:
            asked = exchanged  # and leans on what the question before leaned on
        else:
            asked, before = line, (asked, *before) if asked and depends(line) else ()
    return Understood(asked, before, _given(history) if before else "")


def _given(history: Sequence[Mapping[str, str]]) -> str:
    """Return the quote that the last message is, without its citation; nothing where it is none."""
    last = history[-1] if history else {}
    content = last.get("content") or ""
    if last.get("role") != "assistant" or content.startswith(NOT_ANSWERED):
        return ""
    return HALF_CHARACTER.sub("\ufffd", before_citation(content)[:_GIVEN_CHARACTERS].strip())


def _exchanged(question: str, previous: str, likeness: Likeness) -> str | None:
    """Return the previous question about what this one names; None if this one does not just name something else."""
    match = _ABOUT.fullmatch(question)
    if not match:
        return None
    name = match["name"]
    year = bool(YEAR.fullmatch(name))
    places = [found.span() for found in YEAR.finditer(previous)] if year else _names(previous)
    if not places:
        return None
    alike = [1.0] * len(places) if year else list(likeness(name, [previous[a:b] for a, b in places]))
    if max(alike) < LEAST_LIKENESS:
        return None
    fitting = [
        a - OWNED_LIKENESS * bool(_OWNED.search(previous, 0, at)) for a, (at, _) in zip(alike, places, strict=True)
    ]
    start, end = places[fitting.index(max(fitting))]
    return previous[:start] + name + previous[end:]


def _names(question: str) -> list[tuple[int, int]]:
    """Return where the names in a question stand, and the names inside these."""
    places = []
    for found in NAME.finditer(question):
        starts = [found.start(), *(part.end() for part in _PART.finditer(question, *found.span()))]
        places += [(start, found.end()) for start in starts]
    return places
