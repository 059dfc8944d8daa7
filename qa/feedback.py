"""What people say of answers: votes with a reason, and the labelled set that can be made of them.

A vote up says that the first quote answers the question, or, of a refusal, that the documents really don't say. A vote
down says that the answer is no good; only with the reason "no-answer" does it say that there is none to be had.
"""

import json
import os
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any

from corpus.errors import PathError, SettingError
from index.feedback import QuotedPlace, Vote
from qa.records import Answer

UP, DOWN = "up", "down"
NO_ANSWER = "no-answer"

REASONS = {
    UP: {
        "exact": "It is what I was looking for",
        "in-part": "It helps, but says only part of it",
    },
    DOWN: {
        NO_ANSWER: "The documents don't answer this",
        "wrong-place": "The answer stands somewhere else",
        "wrong-sentence": "Right place, wrong sentence",
        "misunderstood": "It answers another question",
        "other": "Something else",
    },
}
"""Short names of the reasons for a vote up and down, each with its words on the page."""

REFUSAL_REASONS = {
    UP: {"not-there": "The documents really don't say"},
    DOWN: {"is-there": "The documents do say it", "other": "Something else"},
}
"""The same for an answer that says that the documents don't say."""

COMMENT_CHARACTERS = 2_000
EARLIER = 4
"""Questions kept of those that were asked before; a follow-up is understood with no more of them."""


def reasons(verdict: str, answered: bool) -> dict[str, str]:
    """Return the reasons to choose from: short names, and their words.

    Args:
        verdict: "up" or "down".
        answered: whether the answer voted on was one.
    """
    return (REASONS if answered else REFUSAL_REASONS)[verdict]


def leant_on(history: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """Return the earlier questions that a follow-up may have been understood with, oldest first.

    Args:
        history: the messages that it was asked with, oldest first.
    """
    return tuple(m["content"] for m in history if m.get("role") == "user" and m.get("content", "").strip())[-EARLIER:]


def vote(
    answer: Answer,
    verdict: str,
    *,
    reason: str = "",
    comment: str = "",
    before: Sequence[str] = (),
    replaces: str | None = None,
) -> Vote:
    """Return a vote on an answer, dated now.

    Args:
        answer: what is voted on.
        verdict: "up" or "down".
        reason: a short name out of `reasons`, or empty.
        comment: anything in words, at most 2,000 characters.
        before: earlier questions that this one leant on, oldest first.
        replaces: id of an earlier vote that this one takes the place of.

    Raises:
        SettingError: no such verdict or reason, or the comment is too long.
    """
    if verdict not in REASONS:
        raise SettingError(f"a verdict is {UP!r} or {DOWN!r}, not {verdict!r}")
    known = reasons(verdict, answer.answered)
    if reason and reason not in known:
        raise SettingError(f"no such reason: {reason!r}; choose one of {', '.join(known)}, or leave it empty")
    if len(comment) > COMMENT_CHARACTERS:
        raise SettingError(
            f"the comment has {len(comment):,} characters, the limit is {COMMENT_CHARACTERS:,}; shorten it"
        )
    return Vote(
        id=replaces or uuid.uuid4().hex,
        given_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        verdict=verdict,
        reason=reason,
        comment=_storable(comment.strip()),
        question=_storable(answer.question),
        understood=_storable(answer.understood),
        before=tuple(map(_storable, before)),
        answered=answer.answered,
        confidence=answer.confidence,
        quotes=tuple(QuotedPlace(quote.source, quote.start, quote.end, quote.text) for quote in answer.quotes),
    )


def reason_in_words(vote: Vote) -> str:
    """Return why somebody voted as they did: the reason's words and the comment, as far as they were given."""
    words = reasons(vote.verdict, vote.answered).get(vote.reason, vote.reason)
    return ": ".join(part for part in (words, vote.comment) if part)


def export(
    votes: Iterable[Vote], documents: Sequence[tuple[str, str]], text_of: Callable[[str], str], folder: Path
) -> int:
    """Write votes and all the documents as a labelled set, which `pullquote evaluate` reads.

    The last vote on a question counts. A vote up makes its first quote the gold answer; a vote up on a refusal, or
    down because the documents don't answer, makes the question unanswerable; any other vote down leaves it unjudged.

    Args:
        votes: oldest first.
        documents: source and title of each document.
        text_of: gives the stored text of a source.
        folder: where to write documents.jsonl, questions.jsonl and meta.json; made when it is missing.

    Returns:
        the number of questions.

    Raises:
        PathError: the folder cannot be written to.
    """
    names = _names([source for source, _ in documents])
    last = {(one.question.casefold(), one.before): one for one in votes}
    questions = [_question(one, names) for one in last.values()]
    meta = {
        "name": folder.name,
        "documents": len(names),
        "questions": len(questions),
        "answerable": sum(question["answerable"] is True for question in questions),
        "unanswerable": sum(question["answerable"] is False for question in questions),
        "with_spans": sum(bool(question["answers"]) for question in questions),
        "source": "votes of the people who use these documents",
        "note": "gold = the quote voted up; answerable null = voted down, nobody said what the answer is",
    }
    rows = ({"id": names[source], "title": title, "text": text_of(source)} for source, title in documents)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_lines(folder / "documents.jsonl", rows)
        _write_lines(folder / "questions.jsonl", questions)
        (folder / "meta.json").write_text(json.dumps(meta, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise PathError(f"the set cannot be written to {folder} ({error.strerror}); choose another folder") from error
    return len(questions)


def _names(sources: Sequence[str]) -> dict[str, str]:
    """Return a short name for each source: its path below the folder that all share."""
    parents = {str(PurePath(source).parent) for source in sources}
    common = os.path.commonpath(parents).rstrip("/") + "/" if parents else ""
    return {source: source.removeprefix(common) for source in sources}


def _question(vote: Vote, names: dict[str, str]) -> dict[str, Any]:
    gold = [place for place in vote.quotes[:1] if vote.verdict == UP and vote.answered and place.source in names]
    none = vote.reason == NO_ANSWER or (vote.verdict == UP and not vote.answered)
    return {
        "id": vote.id,
        "question": vote.question,
        "document_id": [names[place.source] for place in gold],
        "answers": [{"document_id": names[place.source], "start": place.start, "text": place.text} for place in gold],
        "answerable": True if gold else False if none else None,
        "history": [{"speaker": "user", "text": text} for text in vote.before],
        "verdict": vote.verdict,
        "reason": vote.reason,
        "comment": vote.comment,
    }


def _write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _storable(text: str) -> str:
    """Return a text that a database takes: a program may send halves of characters."""
    return text.encode("utf-8", "replace").decode("utf-8")
