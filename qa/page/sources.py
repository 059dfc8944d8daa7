"""An answer -> the HTML of the sources: one card a quote, the quote marked in its passage."""

from collections.abc import Callable

from corpus.errors import PullquoteError
from qa.cite import SURE, confidence_in_words, file_name, place
from qa.page.escape import literal, name
from qa.page.message import SHOWN
from qa.records import Answer, Quote

NO_SOURCES = (
    '<div class="pq-sources pq-empty"><p>Ask a question: the passages that the quotes are taken from '
    "appear here, each with the quoted words marked.</p></div>"
)
GONE = "This document has been removed since; only the quote is left."


def source_cards(answer: Answer, text_of: Callable[[str], str]) -> str:
    """Return one card for each quote, numbered as in the message.

    Args:
        answer: the answer whose sources are shown.
        text_of: gives the stored text of a source; raises `PullquoteError` for one that is gone.
    """
    quotes = answer.quotes[:SHOWN]
    if not quotes:
        return NO_SOURCES
    cards = "".join(_card(number, quote, answer, text_of) for number, quote in enumerate(quotes, 1))
    return f'<div class="pq-sources">{cards}</div>'


def _card(number: int, quote: Quote, answer: Answer, text_of: Callable[[str], str]) -> str:
    where = "".join(f'<span class="pq-place">{name(detail)}</span>' for detail in place(quote))
    level = "pq-refused" if not answer.answered else "pq-sure" if quote.confidence >= SURE else "pq-unsure"
    return (
        '<article class="pq-card" tabindex="0"><header>'
        f'<span class="pq-number">{number}</span><h3>{name(quote.title)}</h3>'
        f'<p class="pq-where">{where}<span class="pq-file">{name(file_name(quote))}</span></p></header>'
        f"{_passage(quote, text_of)}"
        f'<p class="pq-confidence {level}">{literal(confidence_in_words(answer, quote))}'
        f'<span class="pq-percent">{quote.confidence:.0%}</span></p></article>'
    )


def _passage(quote: Quote, text_of: Callable[[str], str]) -> str:
    try:
        text = text_of(quote.source)
    except PullquoteError:
        return f'<p class="pq-gone">{GONE}</p><p class="pq-passage" dir="auto"><mark>{literal(quote.text)}</mark></p>'
    before, after = text[quote.passage_start : quote.start], text[quote.end : quote.passage_end]
    marked = f"<mark>{literal(quote.text)}</mark>"
    return f'<p class="pq-passage" dir="auto">{literal(before)}{marked}{literal(after)}</p>'
