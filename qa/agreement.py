"""Do the quotes agree? Two documents that give different numbers or dates to one question are both to be shown."""

import re
from collections.abc import Sequence

from qa.choose import Choice
from qa.followup import YEAR

NEAR = 0.15
"""How far below the first quote's score another may be that counts as an answer to the same question."""

LEAST_COVERAGE = 0.6
"""Share of the first sentence's coverage of the question that the other must have."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORDS = {w: str(n) for n, w in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)}
_ANY_WORD = re.compile(r"\w+")
_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)


def differing(question: str, choices: Sequence[Choice]) -> tuple[int, ...]:
    """Return the positions of the quotes that contradict the first one: another document, another number.

    Compared are the words that the reader takes for the answer, or without a reader the whole sentences, less the
    numbers that the question names. A rounder number ("1994" beside "May 1994") is no contradiction.

    Args:
        question: as it was searched for.
        choices: the quotes, best first.
    """
    if not choices:
        return ()
    first, asked = choices[0], _numbers(question)
    mine = _given(first) - asked
    found = []
    for position, other in enumerate(choices[1:], 1):
        theirs = _given(other) - asked
        if (
            other.candidate.passage.source != first.candidate.passage.source
            and _both_answer(first, other)
            and asked & _numbers(_sentence(first)) == asked & _numbers(_sentence(other))
            and any(map(YEAR.fullmatch, mine)) == any(map(YEAR.fullmatch, theirs))
            and not (mine <= theirs or theirs <= mine)
        ):
            found.append(position)
    return tuple(found)


def says_the_same(first: Choice, other: Choice) -> bool:
    """Tell whether the reader takes the same words of two quotes, or more of them in one, for the answer."""
    mine, theirs = (f" {' '.join(_ANY_WORD.findall((c.answer or '').casefold()))} " for c in (first, other))
    return bool(mine.strip() and theirs.strip()) and (mine in theirs or theirs in mine)


def _both_answer(first: Choice, other: Choice) -> bool:
    """Tell whether two quotes look like answers to the same question."""
    covered, other_covered = (float(c.candidate.overlap[c.sentence]) for c in (first, other))
    margins = [c.margin for c in (first, other) if c.margin is not None]
    return (
        other.score >= first.score - NEAR
        and other_covered >= LEAST_COVERAGE * max(covered, LEAST_COVERAGE)
        and all(margin > 0 for margin in margins)
    )


def _given(choice: Choice) -> set[str]:
    """Return the numbers of what the reader takes for the answer, else of the sentence."""
    return _numbers(_sentence(choice) if choice.answer is None else choice.answer)


def _sentence(choice: Choice) -> str:
    return choice.candidate.passage.sentence_texts[choice.sentence]


def _numbers(text: str) -> set[str]:
    """Return the numbers of a text, in figures; thousands without their separators."""
    figures = {number.replace(",", "") for number in _NUMBER.findall(text)}
    return figures | {_WORDS[word.lower()] for word in _WORD.findall(text)}
