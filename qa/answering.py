"""A question to an answer: what it means, what is found, what is read, what is quoted, how sure that is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from corpus.language import ENGLISH
from index.store import Index
from qa import followup
from qa.agreement import differing, says_the_same
from qa.choose import Choice, choose, read
from qa.confidence import Evidence, beside_better, default_threshold, gather, probability
from qa.explain import explainer
from qa.followup import Understood
from qa.notes import answer_notes
from qa.records import Answer, Quote, quote_of
from qa.reranker import load_reader
from qa.settings import Settings

OnStage = Callable[[str], None]

_reader = cache(load_reader)  # one is enough for a process


class Found(NamedTuple):
    """A quote, how it was chosen, the evidence for it, and whether its document contradicts the first quote's."""

    quote: Quote
    choice: Choice
    evidence: Evidence
    differs: bool


def answer_to(
    index: Index,
    settings: Settings,
    question: str,
    history: Sequence[Mapping[str, str]],
    *,
    sources: Sequence[str] | None,
    tell: OnStage,
) -> Answer:
    """Return the sentences of an index that answer a question.

    Args:
        index: what is asked.
        settings: how to answer.
        question: neither empty nor too long.
        history: earlier messages, oldest first, each with "role" and "content".
        sources: the documents to ask, as the index names them; None for all.
        tell: is told what is being done as it begins: "searching", then "reading" if there is a reader.
    """
    meant = understand(index, question, history)
    found = quotes_for(index, settings, meant, sources=sources, tell=tell)
    sure = found[0].quote.confidence if found else 0.0
    threshold = settings.threshold
    if threshold is None:
        threshold = default_threshold(reader=bool(found) and found[0].evidence.reader is not None)
    answered = bool(found) and sure >= threshold
    differ = tuple(rank for rank, quoted in enumerate(found) if quoted.differs)
    choices = [quoted.choice for quoted in found]
    missing = () if answered else index.missing(meant.question)
    evidence = [(quoted.choice, quoted.evidence) for quoted in found]
    return Answer(
        question,
        searched_for(meant, question),
        answered,
        sure,
        tuple(quoted.quote for quoted in found),
        differ if answered else (),
        answer_notes(choices, index.encoder, missing),
        explainer(index.encoder, settings.weights, threshold, evidence),
    )


def understand(index: Index, question: str, history: Sequence[Mapping[str, str]]) -> Understood:
    """Return a question as it is to be searched for, and what it leans on, each without its misspelled words.

    Args:
        index: what is asked.
        question: as for `answer_to`.
        history: as for `answer_to`.
    """
    question, before, given = followup.understand(question, history, index.likeness)
    return Understood(index.corrected(question), tuple(map(index.corrected, before)), given)


def searched_for(meant: Understood, question: str) -> str:
    """Return how a question was understood, in one line; what was searched for as it was typed, as it was typed."""
    as_typed = not meant.before and meant.question == " ".join(question.split())
    return " ".join([*reversed(meant.before), question if as_typed else meant.question])


def quotes_for(
    index: Index,
    settings: Settings,
    meant: Understood,
    *,
    sources: Sequence[str] | None,
    tell: OnStage,
) -> list[Found]:
    """Return the quotes for a question, best first.

    Args:
        index: what is asked.
        settings: how to answer.
        meant: the question as it is to be searched for, and what it leans on.
        sources: as for `answer_to`.
        tell: as for `answer_to`.
    """
    tell("searching")
    question, before, given = meant
    candidates = index.search(question, before, settings.candidates, sources, given)
    whole = " ".join([*reversed(before), question])
    named = settings.reader_model  # in whatever language; the packaged one reads English
    wanted = settings.reader and (named or index.question_language(question) == ENGLISH)
    reader = _reader(named) if wanted else None  # loaded at the first question, as is the encoder
    if reader:
        tell("reading")
    reading = read(question, candidates, reader, settings.reader_passages, english_only=not named)
    choices = choose(candidates, reading, settings.quotes)
    differ = differing(whole, choices)
    found: list[Found] = []
    for rank, choice in enumerate(choices):
        evidence = gather(choice, candidates)
        if named:  # the confidence was not fitted with its scores
            evidence = replace(evidence, reader=None)
        sure = probability(evidence)
        if rank:
            compatible = rank in differ or says_the_same(choices[0], choice)
            sure = beside_better([better.quote.confidence for better in found], sure, compatible=compatible)
        found.append(Found(quote_of(choice.candidate.passage, *choice.quoted, sure), choice, evidence, rank in differ))
    return found
