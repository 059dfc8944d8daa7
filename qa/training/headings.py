"""Questions made from the headings of manuals: a heading asks, the beginning of the text beneath it answers.

    python -m qa.training.headings PATH ... --out FOLDER [--limit 3000] [--seed 0]

Writes `documents.jsonl` and `questions.jsonl` as `qa.training.encoder` reads them. The headings themselves are left
out of the documents, or a question would be found by its own words. The labels are rough: a section's first sentences
are taken for its answer.
"""

import argparse
import collections
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus import Document, Failure, Limits, PullquoteError, read_file, walk
from corpus.language import ENGLISH, detect_language
from corpus.sentences import split_sentences
from index.stopwords import content_words
from qa.training import say, write_rows

SECTION_CHARACTERS = 600  # of a section's prose are kept
BLOCK_CHARACTERS = 900  # sections are joined to blocks of at most this, so that an answer stands beside other text
ANSWER_SENTENCES = 2  # of a section's beginning
TITLE_WORDS = range(2, 15)
NUMBERING = re.compile(r"^(?:(?:chapter|section|appendix|part)\s+)?(?:[\dA-Z]{1,3}\.)*\d*[.:)]?\s+", re.IGNORECASE)
PROSE = re.compile(r"[A-Z].{30,}[.!?:]$", re.DOTALL)
CODE = re.compile(r"[(){}<>=_\\/|$%@#*]|::|--")


@dataclass(frozen=True, slots=True)
class Topic:
    """A heading as a question, and the prose beneath it, a sentence each."""

    question: str
    sentences: tuple[str, ...]


def topics(document: Document) -> Iterator[Topic]:
    """Yield the sections of a document that have prose; the question is empty where the heading asks nothing."""
    sections = [section for section in document.sections if section.start < section.body]  # others have no heading
    ends = [*(section.start for section in sections), len(document.text)][1:]
    for section, end in zip(sections, ends, strict=True):
        kept: list[str] = []
        for block in document.text[section.body : end].split("\n\n"):
            text = " ".join(block.split())
            if not PROSE.match(text):
                continue
            for span in split_sentences(text, language=ENGLISH):
                sentence = text[span.start : span.end]
                if sum(map(len, kept)) + len(sentence) > SECTION_CHARACTERS:
                    break
                kept.append(sentence)
        if kept:
            yield Topic(_question(section.title), tuple(kept))


def _question(title: str) -> str:
    """Return what a heading asks; nothing where it is a name from a program, or too short or long to ask anything."""
    title = NUMBERING.sub("", " ".join(title.replace("¶", " ").split()), count=1)
    if CODE.search(title) or len(title.split()) not in TITLE_WORDS or len(content_words(title).split()) < 2:
        return ""
    return title


def rows(document: Document, number: int) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Return a document without its headings as a row, and its questions."""
    name, text, questions, room = f"d{number}", "", list[dict[str, object]](), 0
    for topic in topics(document):
        size = sum(map(len, topic.sentences)) + len(topic.sentences)
        if text:
            text += " " if size <= room else "\n"
        room = (room if text.endswith(" ") else BLOCK_CHARACTERS) - size
        answers = []
        for order, sentence in enumerate(topic.sentences):
            text += " " if order else ""
            if order < ANSWER_SENTENCES:
                answers.append({"text": sentence, "start": len(text), "document_id": name})
            text += sentence
        if topic.question:
            questions.append(
                {
                    "id": f"{name}-{len(questions)}",
                    "question": topic.question,
                    "document_id": [name],
                    "answers": answers,
                    "answerable": True,
                }
            )
    return {"id": name, "title": document.title, "text": text}, questions


def documents(paths: Sequence[Path]) -> Iterator[Document]:
    """Yield the English documents under some paths; say which could not be read."""
    limits = Limits()
    for file in walk(paths, limits):
        if isinstance(file, Failure):
            continue
        try:
            read = read_file(file, limits)
        except PullquoteError as error:
            say(str(error))
            continue
        yield from (document for document in read if detect_language(document.text) == ENGLISH)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments and write the set."""
    p = argparse.ArgumentParser(description="Make questions from the headings of manuals.")
    p.add_argument("paths", nargs="+", type=Path)
    p.add_argument("--out", required=True, type=Path)
    p.add_argument("--limit", type=int, default=3000, help="questions at the most, drawn at random")
    p.add_argument("--seed", type=int, default=0)
    a = p.parse_args(arguments)
    made = [rows(document, number) for number, document in enumerate(documents(a.paths))]
    # A heading that many pages have ("See also") asks nothing.
    seen = collections.Counter(str(q["question"]).casefold() for _, questions in made for q in questions)
    asked = [q for _, questions in made for q in questions if seen[str(q["question"]).casefold()] == 1]
    draw = random.Random(a.seed)  # noqa: S311 (no secret is drawn)
    asked = draw.sample(asked, min(a.limit, len(asked)))
    used = {q["document_id"][0] for q in asked}  # type: ignore[index]
    a.out.mkdir(parents=True, exist_ok=True)
    for file, kept in (("documents", [d for d, _ in made if d["id"] in used]), ("questions", asked)):
        write_rows(a.out / f"{file}.jsonl", kept)
    say(f"{len(asked)} questions over {len(used)} documents")


if __name__ == "__main__":
    main()
