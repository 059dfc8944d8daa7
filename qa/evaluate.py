"""Ask the questions of a labelled set; `qa.figures` says how good the answers are.

A set is a folder with `documents.jsonl` (`id`, `title`, `text`) and `questions.jsonl` (`id`, `question`,
`document_id` list, `answers` list of `{text, start, document_id}`, `answerable`; optional `relevant` {document id:
grade}, `history` list of `{speaker, text}`, and `standalone_rewrite`, what the last question means by itself).
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

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
        rewrite: what it means by itself, as the set has it; empty where it has none.
    """

    id: str
    text: str
    relevant: Mapping[str, int]
    answers: tuple[tuple[str, int, str], ...]
    answerable: bool | None
    history: tuple[Mapping[str, str], ...] = ()
    rewrite: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was answered to a question.

    Args:
        question: as the set has it.
        answer: the chatbot's.
        ranking: document ids of the passages found, best first, each once.
        verbatim: whether every quote is the slice of the stored text that it says it is; None where nobody looked.
        seconds: how long the answer took; None where that was not measured.
        alone: the ranking for a follow-up as if nothing had been said before it; None where nothing had.
        rewritten: the ranking for what the set says that a follow-up means; None where it does not say.
    """

    question: Question
    answer: Answer
    ranking: tuple[str, ...]
    verbatim: bool | None
    seconds: float | None
    alone: tuple[str, ...] | None = None
    rewritten: tuple[str, ...] | None = None

    def right(self, first: int) -> bool:
        """Tell whether one of the first quotes holds a gold answer, or lies in it, in the right document."""
        return any(holds(quote, answer) for quote in self.answer.quotes[:first] for answer in self.question.answers)


def holds(quote: Quote, answer: tuple[str, int, str]) -> bool:
    """Tell whether a quote holds a gold answer (document id, start, text), or for the most part lies in it."""
    document, start, text = answer
    if document_id(quote.source) != document:
        return False
    if text in quote.text or quote.text in text:
        return True
    shared = min(quote.end, start + len(text)) - max(quote.start, start)
    return start >= 0 and 2 * shared > quote.end - quote.start


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
        rewrite=row.get("standalone_rewrite") or "",
    )


def run(bot: Chatbot, questions: Sequence[Question], told: OnQuestion) -> Iterator[Outcome]:
    """Ask every question and yield what came back; `told` is given the number done and the number of all."""
    texts: dict[str, str] = {}
    for done, question in enumerate(questions):
        told(done, len(questions))
        start = time.perf_counter()
        answer = bot.ask(question.text, question.history)
        seconds = time.perf_counter() - start
        history = question.history
        for quote in answer.quotes:
            if quote.source not in texts:
                texts[quote.source] = bot.text(quote.source)
        yield Outcome(
            question=question,
            answer=answer,
            ranking=_ranking(bot, question.text, history),
            verbatim=all(texts[quote.source][quote.start : quote.end] == quote.text for quote in answer.quotes),
            seconds=seconds,
            alone=_ranking(bot, question.text) if history else None,
            rewritten=_ranking(bot, question.rewrite) if history and question.rewrite else None,
        )
    told(len(questions), len(questions))


def _ranking(bot: Chatbot, question: str, history: Sequence[Mapping[str, str]] = ()) -> tuple[str, ...]:
    hits = bot.search(question, bot.settings.candidates, history)
    return tuple(dict.fromkeys(document_id(hit.source) for hit in hits))


def has_field(folder: Path, field: str) -> bool:
    """Tell whether the documents of a set have a field, to go by the first of them."""
    with (folder / "documents.jsonl").open(encoding="utf-8") as lines:
        first = next(lines, "{}")
    return field in json.loads(first)


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
