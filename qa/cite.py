"""A quote and its place, in words that a person can check."""

import unicodedata
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.records import Answer, Hit, Quote

DIFFERENT = "The documents don't agree; another says:"
NOT_ANSWERED = "The documents don't seem to answer this."
SURE = 0.8
LIKELY = 0.5
_CITED = "\n  — "


def place(quote: "Quote | Hit") -> tuple[str, ...]:
    """Return where in its document a quote stands, as far as that is known: ("p. 3", "“Costs”")."""
    parts = []
    if quote.page is not None:
        parts.append(f"p. {quote.page}")
    if quote.heading and quote.heading != quote.title:
        parts.append(f"“{quote.heading}”")
    return tuple(parts)


def file_name(quote: "Quote | Hit") -> str:
    """Return the name of the file that a quote is taken from, without its folders."""
    return PurePath(quote.source).name


def citation(quote: "Quote | Hit") -> str:
    """Return the place of a quote: title, page or heading, file name ("Report, p. 3, Costs (report.pdf)")."""
    return f"{', '.join((quote.title, *place(quote)))} ({file_name(quote)})"


def confidence_in_words(answer: "Answer", quote: "Quote") -> str:
    """Return how far a quote can be trusted to answer the question.

    Args:
        answer: the answer that the quote belongs to; none of its quotes is called an answer when it is not answered.
        quote: its confidence is compared with 0.8 (sure) and 0.5 (as likely as not).
    """
    if not answer.answered:
        return "Closest passage, probably not an answer"
    if quote.confidence >= SURE:
        return "Very likely answers the question"
    if quote.confidence >= LIKELY or quote == answer.quotes[0]:
        return "May answer the question"
    return "Related, probably not the answer"


def percent(probability: float) -> str:
    """Return a probability, 0..1, in per cent: never as none or all, of which nobody can be sure."""
    rounded = f"{probability:.0%}"
    return {"0%": "under 1%", "100%": "over 99%"}.get(rounded, rounded)


def quote_as_text(quote: "Quote") -> str:
    """Return a quote in quotation marks, its citation on the next line."""
    return f"“{quote.text}”{_CITED}{citation(quote)}"


def before_citation(text: str) -> str:
    """Return what `quote_as_text` made of a quote without the citation and what follows; another text as it is."""
    return text.partition(_CITED)[0]


def answer_as_text(answer: "Answer") -> str:
    """Return the first quote and its citation, and one that differs; or that there is none, and what is closest."""
    if answer.answered:
        others = [f"{DIFFERENT}\n{quote_as_text(answer.quotes[n])}" for n in answer.differing[:1]]
        return "\n\n".join([quote_as_text(answer.quotes[0]), *others])
    if not answer.quotes:
        return NOT_ANSWERED
    return f"{NOT_ANSWERED} The closest passage:\n{quote_as_text(answer.quotes[0])}"


_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str) -> str:
    """Return a text with the characters that steer a terminal made visible; words and names of files may hold any."""
    return "".join("\ufffd" if _steers(character) else character for character in text)


def _steers(character: str) -> bool:
    if character in "\n\t":
        return False
    return character in _BIDI_CONTROLS or unicodedata.category(character) in {"Cc", "Cs"}
