"""Make labelled sets of the questions and the documents that we wrote ourselves.

    python -m qa.training.written [PATH ...] [--as-read PATH ...] --use train [--conversations] --out FOLDER

`written/questions.jsonl` has a line for each passage: what its questions are for ("train", "confidence" or "measure"),
the first digits of its SHA-256, and the questions, each with the ranges of code points that answer it; with none where
the passage doesn't. Passages are the lines of our own documents, `written/documents.jsonl`, and of other people's,
which are not kept here (`qa/MODEL_CARD.md` says whose): a PATH is a folder of manuals, cut as `qa.training.headings`
cuts them, or of a labelled set. Documents under a PATH to be taken `--as-read` keep their headings, code, lists and
tables; their passages are runs of blocks. `written/conversations.jsonl` has a line for each conversation, over a
document of our own or over passages; of these are made the questions that follow another.

What is written are `documents.jsonl` and `questions.jsonl`, as `qa.training.reader` and `pullquote evaluate` read them.
A document there has only those of its passages that something is asked about, one as read has all of them.
"""

import argparse
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from qa.cite import NOT_ANSWERED
from qa.training import headings, read_rows, say, write_rows

WRITTEN = Path(__file__).with_name("written")
USES = ("train", "confidence", "measure")
DIGITS = 16
BLOCK = re.compile(r"\S.*?(?=\s*(?:\n\n|\Z))", re.DOTALL)
RUN_CHARACTERS = 600  # blocks are joined until they have as many

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


def runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the passages of a document as it was read: blocks between blank lines, joined as long as they are short."""
    start = None
    for block in BLOCK.finditer(text):
        start = block.start() if start is None else start
        if block.end() - start >= RUN_CHARACTERS:
            yield start, block.end()
            start = None
    if start is not None:
        yield start, len(text.rstrip())


def as_read(paths: Sequence[Path], wanted: set[str]) -> Iterator[tuple[dict[str, Any], dict[str, tuple[int, int]]]]:
    """Yield the documents under some paths that have a passage that is wanted, and where in its text each stands.

    Args:
        paths: of files that Pullquote reads.
        wanted: as for `cut`.
    """
    for path in paths:
        for number, document in enumerate(headings.documents([path])):
            places = {}
            for start, end in runs(document.text):
                known = digest(document.text[start:end])
                if known in wanted:
                    wanted.remove(known)
                    places[known] = start, end
            if places:
                sections = [[s.start, s.body, s.level, s.title] for s in document.sections]
                row = {"title": document.title, "text": document.text, "sections": sections}
                yield {"id": f"read-{path}#{number}", **row}, places


def cut(row: Row, wanted: set[str]) -> tuple[dict[str, Any], dict[str, tuple[int, int]]]:
    """Return a document of those of its passages that are wanted, and where in its text each stands.

    Args:
        row: the document.
        wanted: digests; those that are found are taken out, so that of two documents that have one the first gets it.
    """
    text, places = "", dict[str, tuple[int, int]]()
    for passage in row["text"].split("\n"):
        known = digest(passage)
        if known in wanted:
            wanted.remove(known)
            start = len(text) + bool(text)
            text = f"{text}\n{passage}" if text else passage
            places[known] = start, start + len(passage)
    return {"id": f"asked-{row['id']}", "title": row["title"], "text": text}, places


def labelled(document: Row, places: Mapping[str, tuple[int, int]], asked: Row) -> Iterator[dict[str, Any]]:
    """Yield the questions on a document.

    Args:
        document: as `cut` makes it.
        places: of its passages.
        asked: by passage, the questions on it.
    """
    name = document["id"]
    found = [(place, *each) for passage, place in places.items() for each in asked[passage]]
    for number, ((start, end), question, ranges) in enumerate(found):
        answers = answers_of(name, document["text"], [(start + a, start + b) for a, b in ranges])
        yield {
            "id": f"{name}-{number}",
            "question": question,
            "document_id": [name],
            "answers": answers,
            "answers_are": "sentences",
            "answerable": bool(answers),
            "paragraph": [start, end],
        }


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


def passages(written: Path, paths: Sequence[Path], use: str, whole: Sequence[Path] = ()) -> Labelled:
    """Return the questions for a use, on our own documents and on those under some paths, some of them as read."""
    asked = {row["passage"]: row["questions"] for row in read_rows(written / "questions.jsonl") if row["use"] == use}
    made = Labelled([], [], sum(map(len, asked.values())))
    wanted = set(asked)
    found = (cut(row, wanted) for row in sources([written, *paths]))
    for document, places in chain(found, as_read(whole, wanted)):
        if places:
            made.documents.append(document)
            made.questions.extend(labelled(document, places, asked))
    return made


def conversations(written: Path, paths: Sequence[Path], use: str) -> Labelled:
    """Return the follow-ups of the conversations for a use, and the documents that they are over.

    A conversation is left out of which a passage is not found.
    """
    held = [row["turns"] for row in read_rows(written / "conversations.jsonl") if row["use"] == use]
    own = {turn["document"] for turns in held for turn in turns if "document" in turn}
    wanted = {turn["passage"] for turns in held for turn in turns if "passage" in turn}
    documents: list[Row] = [row for row in read_rows(written / "documents.jsonl") if row["id"] in own]
    standing = dict[str, tuple[str, int]]()
    for row in sources(paths):
        document, places = cut(row, wanted)
        if places:
            documents.append(document)
            standing |= {passage: (document["id"], start) for passage, (start, _) in places.items()}
    texts = {row["id"]: row["text"] for row in documents}
    questions: list[Row] = []
    for turns in held:
        if not any(turn.get("passage") in wanted for turn in turns):
            questions += follow_ups([placed(turn, standing) for turn in turns], texts)
    return Labelled(documents, questions, sum(len(turns) - 1 for turns in held))


def placed(turn: Row, standing: Mapping[str, tuple[str, int]]) -> Row:
    """Return a turn over a passage as one over the document that this stands in."""
    if "passage" not in turn:
        return turn
    document, start = standing[turn["passage"]]
    return {**turn, "document": document, "answers": [(start + a, start + b) for a, b in turn["answers"]]}


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments and write the set."""
    p = argparse.ArgumentParser(description="Make labelled sets of what we wrote ourselves.")
    p.add_argument("paths", nargs="*", type=Path, help="folders of other people's passages")
    p.add_argument("--as-read", nargs="+", type=Path, default=[], help="documents whose passages were not cleaned")
    p.add_argument("--use", required=True, choices=USES)
    p.add_argument("--conversations", action="store_true", help="follow-ups instead of questions that stand alone")
    p.add_argument("--out", required=True, type=Path)
    p.add_argument("--written", type=Path, default=WRITTEN, help="folder of what we wrote (default: the packaged one)")
    a = p.parse_args(arguments)
    if a.conversations:
        made = conversations(a.written, a.paths, a.use)
    else:
        made = passages(a.written, a.paths, a.use, a.as_read)
    a.out.mkdir(parents=True, exist_ok=True)
    write_rows(a.out / "documents.jsonl", made.documents)
    write_rows(a.out / "questions.jsonl", made.questions)
    say(f"{len(made.questions)} of {made.wanted} questions over {len(made.documents)} documents")


if __name__ == "__main__":
    main()
