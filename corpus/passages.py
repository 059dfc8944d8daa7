"""A document to passages: runs of whole sentences, each under one heading."""

from collections.abc import Callable, Iterator, Sequence

from corpus.language import ENGLISH
from corpus.records import Document, Passage, Span
from corpus.sentence_ends import is_question
from corpus.sentences import split_sentences

WRAPPED_FORMATS = frozenset({"text", "jsonl", "csv"})
"""Formats whose texts keep the line breaks that their authors typed."""

TokenCounter = Callable[[Sequence[str]], Sequence[int]]
"""Texts to their lengths in the model's tokens."""


def split_passages(document: Document, count_tokens: TokenCounter, limit: int) -> list[Passage]:
    """Return the passages of a document, in order; every sentence is in exactly one.

    Args:
        document: as it was read.
        count_tokens: texts to their lengths in the model's tokens, special tokens not counted.
        limit: tokens; a passage of one sentence may be longer.

    Returns:
        passages that never cross a heading; the headings' own lines are in none.
    """
    wrapped = document.format in WRAPPED_FORMATS
    stretches = [
        split_sentences(document.text, *where, document.language or ENGLISH, wrapped=wrapped)
        for where in _bodies(document)
    ]
    texts = [document.text[s.start : s.end] for sentences in stretches for s in sentences]
    measured = iter(zip(count_tokens(texts), map(is_question, texts), strict=True))
    return [
        Passage(
            start=run[0].start,
            end=run[-1].end,
            sentences=tuple(run),
            page=document.page_at(run[0].start),
            headings=document.headings_at(run[0].start),
        )
        for sentences in stretches
        for run in _runs([(sentence, *next(measured)) for sentence in sentences], limit)
    ]


def _bodies(document: Document) -> Iterator[tuple[int, int]]:
    """Yield the stretches between headings."""
    start = 0
    for section in document.sections:
        if section.start > start:
            yield start, section.start
        start = max(start, section.body)
    if start < len(document.text):
        yield start, len(document.text)


def _runs(sentences: Sequence[tuple[Span, int, bool]], limit: int) -> Iterator[list[Span]]:
    """Yield runs of sentences that fit the limit, as even in length as whole sentences allow.

    Filling each run to the brim would leave a last one of a few words, which ranks badly; the total is shared out. A
    question goes into the next run with what answers it.

    Args:
        sentences: each with its length in tokens and whether it is a question.
        limit: tokens.
    """
    total = sum(tokens for _, tokens, _ in sentences)
    share = total / max(1, -(-total // limit)) or limit
    run: list[tuple[Span, int, bool]] = []
    size = 0
    for sentence in sentences:
        if run and (size + sentence[1] > limit or size >= share):
            asks = len(run) > 1 and run[-1][2] and run[-1][1] + sentence[1] <= limit
            yield [span for span, *_ in (run[:-1] if asks else run)]
            run = run[-1:] if asks else []
            size = sum(tokens for _, tokens, _ in run)
        run.append(sentence)
        size += sentence[1]
    if run:
        yield [span for span, *_ in run]
