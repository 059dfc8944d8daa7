"""An answer -> the HTML of the sources: one card a quote, the quote marked in its passage."""

from collections.abc import Callable, Mapping

from corpus.errors import PullquoteError
from qa.cite import file_name, place, quote_as_text
from qa.page.escape import literal, name
from qa.page.links import view_link
from qa.page.message import CLOSEST, SHOWN, answer_mark, confidence_bar
from qa.page.staleness import stale_note
from qa.records import Answer, Quote

NO_SOURCES = (
    '<div class="pq-sources pq-empty"><p>Ask a question: the passages that the quotes are taken from '
    "appear here, each with the quoted words marked.</p></div>"
)
GONE = "This document has been removed since; only the quote is left."


def source_cards(answer: Answer, text_of: Callable[[str], str], stale: Mapping[str, str] | None = None) -> str:
    """Return one card for each quote, numbered as in the message.

    Args:
        answer: the answer whose sources are shown.
        text_of: gives the stored text of a source; raises `PullquoteError` for one that is gone.
        stale: the state of the sources whose files are no longer as they were read.
    """
    quotes = answer.quotes[:SHOWN]
    if not quotes:
        return NO_SOURCES
    cards = "".join(_card(number, quote, answer, text_of, stale or {}) for number, quote in enumerate(quotes, 1))
    told = "" if answer.answered else f'<p class="pq-closest">{literal(CLOSEST)}</p>'
    return f'<div class="pq-sources {answer_mark(answer)}">{told}{cards}</div>'


def _card(number: int, quote: Quote, answer: Answer, text_of: Callable[[str], str], stale: Mapping[str, str]) -> str:
    note = stale_note(stale.get(quote.source, ""))
    where = "".join(f'<span class="pq-place">{name(detail)}</span>' for detail in place(quote))
    return (
        f'<article class="pq-card" tabindex="0"><header>'
        f'<span class="pq-number">{number}</span><h3>{name(quote.title)}</h3>'
        f'<p class="pq-where">{where}<span class="pq-file">{name(file_name(quote))}</span>{note}</p></header>'
        f"{_passage(quote, text_of)}{confidence_bar(answer, quote)}{_tools(quote)}</article>"
    )


def _tools(quote: Quote) -> str:
    """Return what can be done with a quote; the page's script gives the buttons their meaning."""
    return (
        f'<div class="pq-tools"><a class="pq-open" href="{literal(view_link(quote))}">Open in document</a>'
        '<button type="button" class="pq-copy">Copy quote with citation</button>'
        f'<span class="pq-clip" hidden>{literal(quote_as_text(quote))}</span>'
        '<button type="button" class="pq-link">Copy link</button></div>'
    )


def _passage(quote: Quote, text_of: Callable[[str], str]) -> str:
    try:
        text = text_of(quote.source)
    except PullquoteError:
        return f'<p class="pq-gone">{GONE}</p><p class="pq-passage" dir="auto"><mark>{literal(quote.text)}</mark></p>'
    before, after = text[quote.passage_start : quote.start], text[quote.end : quote.passage_end]
    # a mark over an empty line would show as a sliver
    marked = literal("\n\n").join(f"<mark>{literal(block)}</mark>" for block in quote.text.split("\n\n"))
    return f'<p class="pq-passage" dir="auto">{literal(before)}{marked}{literal(after)}</p>'
