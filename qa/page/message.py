"""An answer, or what stands in its place -> the HTML of one message in the chat."""

from qa.cite import NOT_ANSWERED, SURE, file_name, place
from qa.page.escape import literal, name
from qa.records import Answer, Quote

UNSURE = "This may answer it:"
CLOSEST = f"{NOT_ANSWERED} The closest passages:"
SHOWN = 3


def answer_message(answer: Answer) -> str:
    """Return the quotes of an answer with their citations, numbered like the cards of the sources.

    Args:
        answer: what the documents say; at most three of its quotes are shown.
    """
    parts = []
    if answer.understood != answer.question:
        parts.append(f'<p class="pq-understood">Searched for: <bdi>{literal(answer.understood)}</bdi></p>')
    if not answer.answered:
        text = CLOSEST if answer.quotes else NOT_ANSWERED
        parts.append(f'<p class="pq-lead pq-refusal">{literal(text)}</p>')
    elif answer.confidence < SURE:
        parts.append(f'<p class="pq-lead">{literal(UNSURE)}</p>')
    quotes = answer.quotes[:SHOWN]
    leading = 1 if answer.answered else 0
    parts += [_quote(number, quote, "pq-first") for number, quote in enumerate(quotes[:leading], 1)]
    if answer.answered and len(quotes) > 1:
        parts.append('<p class="pq-also">Also in the documents</p>')
    parts += [_quote(number, quote, "pq-further") for number, quote in enumerate(quotes[leading:], leading + 1)]
    kind = "pq-answered" if answer.answered else "pq-unanswered"
    return f'<div class="pq-message {kind}">{"".join(parts)}</div>'


def problem_message(text: str) -> str:
    """Return a message that says why there is no answer.

    Args:
        text: what went wrong and what to do about it, in words for the person who asked.
    """
    return f'<div class="pq-message pq-problem"><p>{literal(text)}</p></div>'


def _quote(number: int, quote: Quote, kind: str) -> str:
    cited = ", ".join(map(name, (quote.title, *place(quote))))
    return (
        f'<div class="pq-quote {kind}"><blockquote dir="auto">{literal(quote.text)}</blockquote>'
        f'<p class="pq-cite"><span class="pq-number">{number}</span> <span>{cited} '
        f'<span class="pq-file">{name(file_name(quote))}</span></span></p></div>'
    )
