"""A question, and what of the conversation before it is needed to understand it."""

import re
from collections.abc import Mapping, Sequence

_PRONOUN = re.compile(
    r"\b(it|its|he|him|his|she|her|hers|they|them|their|theirs|this|that|these|those|there|then|one|ones|former|latter)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(r"^\W*(and|but|or|so|also|what about|how about|what else|why not|why is that)\b", re.IGNORECASE)
_TURNS = 4  # what was asked before these counts next to nothing
_WORD = re.compile(r"\w+")
_SHORT_WORDS = 3  # a question of so few words leaves out what it is about ("And when?", "Who signed it?")


def depends(question: str) -> bool:
    """Tell whether a question leans on what came before: by a pronoun, an opening such as "And", or by being short."""
    words = _WORD.findall(question)
    return bool(_OPENING.match(question) or _PRONOUN.search(question) or len(words) <= _SHORT_WORDS)


def leans_on(question: str, history: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """Return what a question leans on: the question before it, and those that this one leans on in turn.

    Args:
        question: the question asked.
        history: messages before it, oldest first, each with "role" and "content"; only the user's are used.

    Returns:
        earlier questions, the last one first, four at the most; none when the question stands alone.
    """
    earlier: list[str] = []
    for message in reversed(history):
        if len(earlier) == _TURNS or not depends(earlier[-1] if earlier else question):
            break
        if message.get("role") == "user" and message.get("content", "").strip():
            earlier.append(" ".join(message["content"].split()))
    return tuple(earlier)
