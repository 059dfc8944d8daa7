"""Make labelled sets of the questions and the documents that we wrote ourselves.

    python -m qa.training.written [PATH ...] --use train --out FOLDER
    python -m qa.training.written --use USE --conversations --out FOLDER

`written/questions.jsonl` has a line for each passage: what its questions are for ("train", "confidence" or "measure"),
the first digits of its SHA-256, and the questions, each with the ranges of code points that answer it; with none where
the passage doesn't. Passages are the lines of our own documents, `written/documents.jsonl`, and of other people's,
which are not kept here (`qa/MODEL_CARD.md` says whose): a PATH is a folder of manuals, cut as `qa.training.headings`
cuts them, or of a labelled set. `written/conversations.jsonl` has a line for each conversation over our own documents,
to train on or to measure with; of these are made the questions that follow another.

What is written are `documents.jsonl` and `questions.jsonl`, as `qa.training.reader` and `pullquote evaluate` read them.
A document there has only those of its passages that something is asked about.
"""

import argparse
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from qa.cite import NOT_ANSWERED
from qa.training import headings, read_rows, say, write_rows

WRITTEN = Path(__file__).with_name("written")
USES = ("train", "confidence", "measure")
DIGITS = 16

Row = Mapping[str, Any]


def digest(passage: str) -> str:
    """Return what a passage is known by."""
    return hashlib.sha256(passage.encode()).hexdigest()[:DIGITS]


def sources(paths: Sequence[Path]) -> Iterator[Row]:
    """Yield the documents under some paths as rows, each line of their text a passage."""
    for path in paths:
        if (path / "documents.jsonl").is_file():
            yield from read_rows(path / "documents.jsonl")
        else:
            for number, document in enumerate(headings.documents([path])):
                row, _ = headings.rows(document, number)
                yield {**row, "id": f"{path}#{number}"}


def labelled(row: Row, written: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what of a document is asked about, and the questions.

    Args:
        row: the document.
        written: by passage, the questions on it; what is used is taken out.
    """
    name, text, questions = f"asked-{row['id']}", "", list[dict[str, Any]]()
    for passage in row["text"].split("\n"):
        asked = written.pop(digest(passage), None)  # of two documents that have it, the first is asked about
        if asked is None:
            continue
        start = len(text) + bool(text)
        text = f"{text}\n{passage}" if text else passage
        for question, ranges in asked:
            answers = answers_of(name, text, [(start + a, start + b) for a, b in ranges])
            questions.append(
                {
                    "id": f"{name}-{len(questions)}",
                    "question": question,
                    "document_id": [name],
                    "answers": answers,
                    "answers_are": "sentences",
                    "answerable": bool(answers),
                    "paragraph": [start, start + len(passage)],
                }
            )
    return {"id": name, "title": row["title"], "text": text}, questions


def answers_of(document: str, text: str, ranges: Iterable[Sequence[int]]) -> list[dict[str, Any]]:
    """Return ranges of a document's text as the answers of a labelled set."""
    return [{"text": text[a:b], "start": a, "document_id": document} for a, b in ranges]


def follow_ups(turns: Sequence[Row], texts: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the questions of a conversation but for the first, each with what was said before it.

    Args:
        turns: each with its question, the document and the ranges that answer it, and what it means standing alone.
        texts: of the documents.
    """
    history: list[dict[str, str]] = []
    for turn in turns:
        answers = answers_of(turn["document"], texts[turn["document"]], turn["answers"])
        if history:
            yield {
                "id": f"{turns[0]['document']}-{digest(turns[0]['question'])}-{len(history) // 2}",
                "question": turn["question"],
                "document_id": [turn["document"]],
                "answers": answers,
                "answerable": bool(answers),
                "history": list(history),
                "standalone_rewrite": turn["alone"],
            }
        history += [
            {"speaker": "user", "text": turn["question"]},
            {"speaker": "agent", "text": answers[0]["text"] if answers else NOT_ANSWERED},
        ]


class Labelled(NamedTuple):
    """A labelled set, and how many questions there would be if all their passages had been found."""

    documents: list[Row]
    questions: list[Row]
    wanted: int


def passages(written: Path, paths: Sequence[Path], use: str) -> Labelled:
    """Return the questions for a use, on our own documents and on those under some paths."""
    asked = {row["passage"]: row["questions"] for row in read_rows(written / "questions.jsonl") if row["use"] == use}
    made = Labelled([], [], sum(map(len, asked.values())))
    for row in sources([written, *paths]):
        document, found = labelled(row, asked)
        if found:
            made.documents.append(document)
            made.questions.extend(found)
    return made


def conversations(written: Path, use: str) -> Labelled:
    """Return the follow-ups of the conversations for a use, and the documents that they are over."""
    held = [row["turns"] for row in read_rows(written / "conversations.jsonl") if row["use"] == use]
    used = {turn["document"] for turns in held for turn in turns}
    documents: list[Row] = [row for row in read_rows(written / "documents.jsonl") if row["id"] in used]
    texts = {row["id"]: row["text"] for row in documents}
    questions: list[Row] = [question for turns in held for question in follow_ups(turns, texts)]
    return Labelled(documents, questions, len(questions))


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments and write the set."""
    p = argparse.ArgumentParser(description="Make labelled sets of what we wrote ourselves.")
    p.add_argument("paths", nargs="*", type=Path, help="folders of other people's passages")
    p.add_argument("--use", required=True, choices=USES)
    p.add_argument("--conversations", action="store_true", help="follow-ups instead of questions that stand alone")
    p.add_argument("--out", required=True, type=Path)
    p.add_argument("--written", type=Path, default=WRITTEN, help="folder of what we wrote (default: the packaged one)")
    a = p.parse_args(arguments)
    made = conversations(a.written, a.use) if a.conversations else passages(a.written, a.paths, a.use)
    a.out.mkdir(parents=True, exist_ok=True)
    write_rows(a.out / "documents.jsonl", made.documents)
    write_rows(a.out / "questions.jsonl", made.questions)
    say(f"{len(made.questions)} of {made.wanted} questions over {len(made.documents)} documents")


if __name__ == "__main__":
    main()
