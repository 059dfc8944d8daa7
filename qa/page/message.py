"""An answer, or what stands in its place -> the HTML of one message in the chat."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from qa.cite import DIFFERENT, NOT_ANSWERED, SURE, confidence_in_words, file_name, percent, place
from qa.page.escape import literal, name
from qa.page.links import fingerprint, view_link
from qa.page.staleness import stale_note
from qa.records import Answer, Quote

UNSURE = "This may answer it:"
CLOSEST = "What comes closest is below. It is not an answer."
SHOWN = 3


def answer_message(answer: Answer, stale: Mapping[str, str] | None = None, chosen: Sequence[str] = ()) -> str:
    """Return the quotes of an answer with their citations, numbered like the cards of the sources.

    The first is shown, and whatever differs from it; the others are folded beneath.

    Args:
        answer: what the documents say; at most three of its quotes are shown.
        stale: the state of the sources whose files are no longer as they were read.
        chosen: the documents that were asked; empty for all.
    """
    stale = stale or {}
    parts = []
    if chosen:
        parts.append(f'<p class="pq-understood">Asked of {names_of(chosen)}</p>')
    if answer.understood != answer.question:
        parts.append(f'<p class="pq-understood">Searched for: <bdi>{literal(answer.understood)}</bdi></p>')
    quotes = answer.quotes[:SHOWN]
    if not answer.answered:
        parts.append(f'<p class="pq-lead pq-refusal">{literal(NOT_ANSWERED)}</p>')
        if quotes:
            parts.append(f'<p class="pq-closest">{literal(CLOSEST)}</p>')
    elif answer.confidence < SURE:
        parts.append(f'<p class="pq-lead">{literal(UNSURE)}</p>')
    first = "pq-first" if answer.answered else "pq-further"
    parts += [_quote(1, quote, answer, first, stale) for quote in quotes[:1]]
    differing = [at for at in answer.differing if at < len(quotes)]
    if differing:
        parts.append(f'<p class="pq-lead pq-differs">{literal(DIFFERENT)}</p>')
        parts += [_quote(at + 1, quotes[at], answer, "pq-first", stale) for at in differing]
    further = [at for at in range(1, len(quotes)) if at not in differing]
    if further:
        more = "".join(_quote(at + 1, quotes[at], answer, "pq-further", stale) for at in further)
        parts.append(f'<details class="pq-more"><summary>{_more(answer, len(further))}</summary>{more}</details>')
    parts += [f'<p class="pq-also pq-note">{literal(note)}</p>' for note in answer.notes]
    parts.append(
        '<div class="pq-tools"><button type="button" class="pq-link">Copy link to this question</button>'
        f'<span class="pq-clip" hidden>{literal(answer.question)}</span></div>'
    )
    kind = "pq-answered" if answer.answered else "pq-unanswered"
    return f'<div class="pq-message {kind} {answer_mark(answer)}">{"".join(parts)}</div>'


def answer_mark(answer: Answer) -> str:
    """Return a class that an answer's message and its sources have in common, and no other answer's."""
    places = [(quote.source, quote.start, quote.end, quote.confidence) for quote in answer.quotes[:SHOWN]]
    return f"pq-answer-{fingerprint(repr((answer.understood, places)))}"


def confidence_bar(answer: Answer, quote: Quote) -> str:
    """Return a quote's confidence as a bar, in words and as a percentage."""
    level = "pq-refused" if not answer.answered else "pq-sure" if quote.confidence >= SURE else "pq-unsure"
    words, shown = literal(confidence_in_words(answer, quote)), percent(quote.confidence)
    return (
        f'<p class="pq-confidence {level}"><i class="pq-bar" style="--share:{quote.confidence:.0%}"></i>'
        f'<span>{words}</span> <span class="pq-percent">{shown}</span></p>'
    )


def problem_message(text: str) -> str:
    """Return a message that says why there is no answer.

    Args:
        text: what went wrong and what to do about it, in words for the person who asked.
    """
    return f'<div class="pq-message pq-problem"><p>{literal(text)}</p></div>'


def names_of(sources: Sequence[str]) -> str:
    """Return the names of chosen documents as HTML, the first three of them in full.

    Args:
        sources: of the documents, at least one.
    """
    shown = ", ".join(name(PurePath(source).name) for source in sources[:3])
    return shown if len(sources) <= 3 else f"{shown} and {len(sources) - 3:,} more"


def _more(answer: Answer, count: int) -> str:
    noun = "passage" if count == 1 else "passages"
    if not answer.answered:
        return f"{count} more {noun}, no answer either"
    return "1 further quote" if count == 1 else f"{count} further quotes"


def _quote(number: int, quote: Quote, answer: Answer, kind: str, stale: Mapping[str, str]) -> str:
    note = stale_note(stale.get(quote.source, ""))
    cited = ", ".join(map(name, (quote.title, *place(quote))))
    return (
        f'<div class="pq-quote {kind}"><blockquote dir="auto">{literal(quote.text)}</blockquote>'
        '<p class="pq-cite"><button type="button" class="pq-number"><span class="pq-unseen">Show source </span>'
        f'{number}</button> <span class="pq-place"><a class="pq-open" href="{literal(view_link(quote))}">{cited}</a> '
        f'<span class="pq-file">{name(file_name(quote))}</span> {note}</span></p>{confidence_bar(answer, quote)}</div>'
    )
