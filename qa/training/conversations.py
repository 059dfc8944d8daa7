"""Conversations made of a labelled set: a name that was spoken of before becomes a pronoun, and so a follow-up.

    python -m qa.training.conversations SET --out FOLDER [--group FIELD] [--limit 500] [--seed 0]

Writes a set that `pullquote evaluate` reads: each question with what was said before it, and with itself, as it was,
for its rewrite. After "What climate has Istanbul?", "How humid is Istanbul?" becomes "How humid is it?". The name
stands in an earlier question, or in the sentence that answers it; where it stands in two, the second has a pronoun as
well. The pronoun is guessed from the text around the answer, and not always the right one.
"""

import argparse
import random
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.language import ENGLISH
from corpus.sentences import split_sentences
from qa.evaluate import has_field
from qa.followup import NAME
from qa.training import read_rows, say, write_rows

BACK = 12
"""Questions of the same group, at the most, that may have been asked before."""

AROUND = 600
"""Characters on each side of an answer whose pronouns are counted."""

LEAST_NAME = 4
"""Characters of a name: "US" is too often something else."""

PRONOUNS = (("it", "it", "its"), ("he", "him", "his"), ("she", "her", "her"))
"""Before a verb, elsewhere, and for what belongs."""

_ASKING = r"(?P<asking>\b(?:am|are|can|could|did|do|does|had|has|have|is|may|might|should|was|were|will|would) )?"
_ENDING = r"(?=\W*$|\W*[,;?]| (?:a|after|an|and|are|as|at|be|before|by|did|during|for|from|had|has|in|is|of|on|or|"
_ENDING += r"since|the|to|was|were|when|while|with)\b)"


def with_pronoun(question: str, name: str, text: str) -> str | None:
    """Return a question with a pronoun for a name; None where there might be part of a longer name in its place.

    Args:
        question: to be changed.
        name: as it stands there.
        text: about what is named; its pronouns tell which to take.
    """
    found = re.search(
        rf"{_ASKING}(?:\b[Tt]he )?(?<!\w){re.escape(name)}(?P<of>['’]s?)?(?!\w)(?P<end>{_ENDING})?", question
    )
    if not found or question.count(name) > 1 or all(part is None for part in found.groups()):
        return None
    words = re.findall(r"\w+", text.casefold())
    counts = [sum(map(words.count, set(pronouns))) for pronouns in PRONOUNS]
    subject, other, own = PRONOUNS[counts.index(max(counts))]
    pronoun = own if found["of"] else subject if found["asking"] else other
    made = question[: found.start()] + (found["asking"] or "") + pronoun + question[found.end() :]
    return made[0].upper() + made[1:]


def conversations(
    documents: Mapping[str, Mapping[str, Any]], questions: Sequence[Mapping[str, Any]], field: str, draw: random.Random
) -> Iterator[dict[str, Any]]:
    """Yield every question that can be made a follow-up, as one.

    Args:
        documents: rows of the set, by id.
        questions: rows of the set that have an answer, in their order.
        field: of a document's row, whose values make the groups that a conversation stays in.
        draw: draws what was asked before.
    """
    for number, question in enumerate(questions):
        group = _document(documents, question)[field]
        before = [q for q in questions[max(0, number - BACK) : number] if _document(documents, q)[field] == group]
        text, start = _document(documents, question)["text"], question["answers"][0]["start"]
        near = text[max(0, start - AROUND) : start + AROUND]
        for name in NAME.findall(question["question"]):
            if len(name) < LEAST_NAME:
                continue
            naming = [q for q in before if name in q["question"]]
            naming = naming or [q for q in before if name in _sentence(documents, q)][:1]
            follow_up = with_pronoun(question["question"], name, near)
            if not naming or not follow_up:
                continue
            history: list[dict[str, str]] = []
            for earlier in draw.sample(naming, min(2, len(naming))):
                said = with_pronoun(earlier["question"], name, near) if history else earlier["question"]
                if said:
                    history.append({"speaker": "user", "text": said})
                    history.append({"speaker": "agent", "text": _sentence(documents, earlier)})
            yield {
                **question,
                "question": follow_up,
                "history": history,
                "standalone_rewrite": question["question"],
            }
            break


def _document(documents: Mapping[str, Mapping[str, Any]], question: Mapping[str, Any]) -> Mapping[str, Any]:
    return documents[question["answers"][0]["document_id"]]


def _sentence(documents: Mapping[str, Mapping[str, Any]], question: Mapping[str, Any]) -> str:
    """Return the sentence that the first answer begins in."""
    text: str = _document(documents, question)["text"]
    start = question["answers"][0]["start"]
    first = text.rfind("\n", 0, start) + 1
    end = text.find("\n", start)
    line = text[first : len(text) if end < 0 else end]
    for span in split_sentences(line, language=ENGLISH):
        if first + span.end > start:
            return line[span.start : span.end]
    return line


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments and write the set."""
    p = argparse.ArgumentParser(description="Make follow-up questions of a labelled set.")
    p.add_argument("set", type=Path, help="folder with documents.jsonl and questions.jsonl")
    p.add_argument("--out", required=True, type=Path)
    p.add_argument(
        "--group", default="id", help="field of a document whose questions go together (default: %(default)s)"
    )
    p.add_argument("--limit", type=int, default=500, help="questions at the most, drawn at random")
    p.add_argument("--seed", type=int, default=0)
    a = p.parse_args(arguments)
    if not has_field(a.set, a.group):
        p.error(f"the documents of {a.set} have no field {a.group!r} to make groups of")
    documents = {row["id"]: row for row in read_rows(a.set / "documents.jsonl")}
    questions = [
        q for q in read_rows(a.set / "questions.jsonl") if q.get("answers") and q["answers"][0].get("start", -1) >= 0
    ]
    draw = random.Random(a.seed)  # noqa: S311 (no secret is drawn)
    made = list(conversations(documents, questions, a.group, draw))
    made = draw.sample(made, min(a.limit, len(made)))
    a.out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(a.set / "documents.jsonl", a.out / "documents.jsonl")
    write_rows(a.out / "questions.jsonl", made)
    say(f"{len(made)} follow-ups of {len(questions)} questions")


if __name__ == "__main__":
    main()
