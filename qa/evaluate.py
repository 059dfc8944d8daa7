"""Measure answers on a labelled set.

A set is a folder with `documents.jsonl` (`id`, `title`, `text`) and `questions.jsonl` (`id`, `question`,
`document_id` list, `answers` list of `{text, start, document_id}`, `answerable`; optional `relevant` {document id:
grade} and `history` list of `{speaker, text}`).
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import PathError
from qa.chatbot import Chatbot
from qa.records import Answer, Quote

OnQuestion = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a labelled set.

    Args:
        id: its name.
        text: the question.
        relevant: documents that answer it, by id, with their grades.
        answers: (document id, start, text) of each gold answer; start -1 where it is not known.
        answerable: False when the documents don't say; None when nobody judged.
        history: messages before it, oldest first.
    """

    id: str
    text: str
    relevant: Mapping[str, int]
    answers: tuple[tuple[str, int, str], ...]
    answerable: bool | None
    history: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was answered to a question.

    Args:
        question: as the set has it.
        answer: the chatbot's.
        ranking: document ids of the passages found, best first, each once.
        verbatim: whether every quote is the slice of the stored text that it says it is.
        seconds: how long the answer took.
    """

    question: Question
    answer: Answer
    ranking: tuple[str, ...]
    verbatim: bool
    seconds: float

    def right(self, first: int) -> bool:
        """Tell whether one of the first quotes holds a gold answer, or lies in it, in the right document."""
        return any(holds(quote, answer) for quote in self.answer.quotes[:first] for answer in self.question.answers)


def holds(quote: Quote, answer: tuple[str, int, str]) -> bool:
    """Tell whether a quote holds a gold answer (document id, start, text), or lies in it."""
    document, start, text = answer
    if document_id(quote.source) != document:
        return False
    return text in quote.text or quote.text in text or (start <= quote.start and quote.end <= start + len(text))


def document_id(source: str) -> str:
    """Return the id of a document that came from `documents.jsonl`."""
    return source.partition("documents.jsonl#")[2] or source


def read_questions(folder: Path) -> list[Question]:
    """Return the questions of a set.

    Raises:
        PathError: the folder holds no set.
    """
    for name in ("documents.jsonl", "questions.jsonl"):
        if not (folder / name).is_file():
            raise PathError(f"{folder} is no labelled set: there is no {name} in it")
    questions = []
    with (folder / "questions.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                questions.append(_question(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise PathError(f"{folder / 'questions.jsonl'}, line {number}, is no question: {error!r}") from error
    return questions


def _question(row: Mapping[str, Any]) -> Question:
    documents = row["document_id"]
    return Question(
        id=str(row["id"]),
        text=row["question"],
        relevant=row.get("relevant") or dict.fromkeys([documents] if isinstance(documents, str) else documents, 1),
        answers=tuple((a["document_id"], a.get("start", -1), a["text"]) for a in row.get("answers") or ()),
        answerable=row.get("answerable"),
        history=tuple(
            {"role": "user" if turn["speaker"] == "user" else "assistant", "content": turn["text"]}
            for turn in row.get("history") or ()
        ),
    )


def run(bot: Chatbot, questions: Sequence[Question], told: OnQuestion) -> Iterator[Outcome]:
    """Ask every question and yield what came back; `told` is given the number done and the number of all."""
    texts: dict[str, str] = {}
    for done, question in enumerate(questions):
        told(done, len(questions))
        start = time.perf_counter()
        answer = bot.ask(question.text, question.history)
        seconds = time.perf_counter() - start
        hits = bot.search(question.text, bot.settings.candidates, question.history)
        for quote in answer.quotes:
            if quote.source not in texts:
                texts[quote.source] = bot.text(quote.source)
        yield Outcome(
            question=question,
            answer=answer,
            ranking=tuple(dict.fromkeys(document_id(hit.source) for hit in hits)),
            verbatim=all(texts[quote.source][quote.start : quote.end] == quote.text for quote in answer.quotes),
            seconds=seconds,
        )
    told(len(questions), len(questions))


def measure(outcomes: Sequence[Outcome]) -> dict[str, float | int | None]:
    """Return the figures of a run; shares are 0..1, None where the set has nothing to measure them on.

    quote@k: share of the questions with a gold answer of which one of the first k quotes holds it, or lies in it, in
    the right document. passage hit@1 and MRR@10: over the ranking of documents by their best passage (Voorhees 1999;
    computed by ir-measures). AUROC: of the confidence, answerable against not, or where all are answerable, first
    quote right against wrong (scikit-learn). ECE: expected calibration error of the confidence as the probability
    that the first quote is right, ten bins of equal width (Guo et al. 2017).
    """
    spans = [o for o in outcomes if o.question.answers and o.question.answerable is not False]
    ranked = [o for o in outcomes if o.question.relevant and o.question.answerable is not False]
    yes = [o for o in outcomes if o.question.answerable]
    no = [o for o in outcomes if o.question.answerable is False]
    judged = [*spans, *no]
    milliseconds = [1000 * o.seconds for o in outcomes]
    lengths = [len(o.answer.quotes[0].text) for o in outcomes if o.answer.quotes]
    return {
        "questions": len(outcomes),
        "with a gold answer": len(spans),
        "unanswerable": len(no),
        "quote@1": _mean([o.right(1) for o in spans]),
        "quote@3": _mean([o.right(3) for o in spans]),
        **_ranking(ranked),
        "AUROC answerable": _auroc(yes, no),
        "AUROC right quote": _auroc([o for o in judged if o.right(1)], [o for o in judged if not o.right(1)]),
        "ECE": _calibration_error(judged),
        "answered, of answerable": _mean([o.answer.answered for o in yes]),
        "refused, of unanswerable": _mean([not o.answer.answered for o in no]),
        "let through at 95% kept": _let_through(yes, no, 0.95),
        "quote characters": _mean(lengths),
        "p50 ms": float(np.percentile(milliseconds, 50)) if milliseconds else None,
        "p95 ms": float(np.percentile(milliseconds, 95)) if milliseconds else None,
        "verbatim": _mean([o.verbatim for o in outcomes]),
    }


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _ranking(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    import ir_measures
    from ir_measures import RR, Success

    if not outcomes:
        return {"passage hit@1": None, "passage hit@5": None, "MRR@10": None}
    relevant = {str(n): {d: int(g) for d, g in o.question.relevant.items()} for n, o in enumerate(outcomes)}
    found = {str(n): {d: -float(rank) for rank, d in enumerate(o.ranking)} for n, o in enumerate(outcomes)}
    figures = ir_measures.calc_aggregate([Success @ 1, Success @ 5, RR @ 10], relevant, found)
    return {
        "passage hit@1": float(figures[Success @ 1]),
        "passage hit@5": float(figures[Success @ 5]),
        "MRR@10": float(figures[RR @ 10]),
    }


def _auroc(positive: Sequence[Outcome], negative: Sequence[Outcome]) -> float | None:
    from sklearn.metrics import roc_auc_score

    if not positive or not negative:
        return None
    labels = [1] * len(positive) + [0] * len(negative)
    return float(roc_auc_score(labels, [o.answer.confidence for o in (*positive, *negative)]))


def _calibration_error(outcomes: Sequence[Outcome], bins: int = 10) -> float | None:
    if not outcomes:
        return None
    confidence = np.array([o.answer.confidence for o in outcomes])
    right = np.array([o.question.answerable is not False and o.right(1) for o in outcomes], float)
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(confidence[which == b].sum() - right[which == b].sum()) for b in range(bins)]
    return float(sum(gaps) / len(outcomes))


def _let_through(yes: Sequence[Outcome], no: Sequence[Outcome], kept: float) -> float | None:
    """Return the share of unanswerable questions at or above the confidence that keeps a share of the answerable."""
    if not yes or not no:
        return None
    cut = np.quantile([o.answer.confidence for o in yes], 1 - kept)
    return float(np.mean([o.answer.confidence >= cut for o in no]))


def hold_out(folder: Path, questions: Sequence[Question], field: str, target: Path) -> list[Question]:
    """Leave every second group of documents out; the questions about them become unanswerable.

    Args:
        folder: of the set.
        questions: of the set.
        field: of a document's row, whose values make the groups ("article"); groups count in order of appearance.
        target: folder that the remaining `documents.jsonl` is written to.

    Raises:
        PathError: the documents have no such field.
    """
    groups: dict[str, int] = {}
    kept: set[str] = set()
    target.mkdir(parents=True, exist_ok=True)
    with (
        (folder / "documents.jsonl").open(encoding="utf-8") as lines,
        (target / "documents.jsonl").open("w", encoding="utf-8") as out,
    ):
        for line in lines:
            row = json.loads(line)
            if field not in row:
                raise PathError(f"{folder / 'documents.jsonl'} has no field {field!r} to make groups of")
            if groups.setdefault(str(row[field]), len(groups)) % 2 == 0:
                kept.add(str(row["id"]))
                out.write(line)
    return [q if kept & set(q.relevant) else _unanswerable(q) for q in questions]


def _unanswerable(question: Question) -> Question:
    return replace(question, relevant={}, answers=(), answerable=False)


def sample(questions: Sequence[Question], count: int) -> list[Question]:
    """Return so many questions at the most, evenly spread."""
    if len(questions) <= count:
        return list(questions)
    return [questions[int(n * len(questions) / count)] for n in range(count)]


def without_history(questions: Sequence[Question]) -> list[Question]:
    """Return the questions as if nothing had been said before them."""
    return [replace(question, history=()) for question in questions]
