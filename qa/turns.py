"""A conversation, turn by turn, in a form that can be stored outside and taken back with care."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from corpus.errors import InputError
from qa.records import Answer, Quote

_Record = TypeVar("_Record", Answer, Quote)


@dataclass(frozen=True, slots=True)
class Mark:
    """The vote that somebody gave an answer; see `index.feedback.Vote`.

    Args:
        id: the vote's.
        verdict: "up" or "down".
        reason: short name of the reason chosen, or empty.
        comment: what was written beside it, or empty.
    """

    id: str
    verdict: str
    reason: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it.

    Args:
        question: as it was asked.
        asked_at: ISO 8601, UTC.
        answer: None when there is none, for a reason that `problem` gives.
        problem: why there is no answer, or empty.
        vote: what somebody said of the answer, if they did.
    """

    question: str
    asked_at: str
    answer: Answer | None = None
    problem: str = ""
    vote: Mark | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the turn in plain JSON types."""
        answer = self.answer.to_dict() if self.answer else None  # a copy knows no more how it was found
        return asdict(replace(self, answer=None)) | {"answer": answer}


def turn_of(answer: Answer) -> Turn:
    """Return the turn that an answer makes, dated now."""
    return Turn(answer.question, now(), answer)


def now() -> str:
    """Return the time, ISO 8601, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def turn_from(values: object) -> Turn:
    """Return a turn out of what `Turn.to_dict` made, wherever that has been meanwhile.

    Raises:
        InputError: it is no such thing.
    """
    if not isinstance(values, Mapping):
        raise InputError(f"a turn of a conversation is an object, not {type(values).__name__}")
    answer, vote = values.get("answer"), values.get("vote")
    texts = {name: _checked(values.get(name, ""), str, name) for name in ("question", "asked_at", "problem")}
    mark = None
    if isinstance(vote, Mapping):
        mark = Mark(**{part.name: _checked(vote.get(part.name, ""), str, part.name) for part in fields(Mark)})
    return Turn(**texts, answer=None if answer is None else answer_from(answer), vote=mark)


def answer_from(values: object) -> Answer:
    """Return an answer out of what `Answer.to_dict` made.

    Raises:
        InputError: it is no such thing.
    """
    if not isinstance(values, Mapping) or not isinstance(values.get("quotes"), list | tuple):
        raise InputError("an answer is an object with a list of quotes")
    quotes = tuple(_record(Quote, quote) for quote in values["quotes"])
    answer = _record(Answer, {**values, "quotes": quotes})
    if answer.answered and not quotes:
        raise InputError("an answer that says something has a quote")
    return answer


def _record(kind: type[_Record], values: object) -> _Record:
    if not isinstance(values, Mapping):
        raise InputError(f"a {kind.__name__.lower()} is an object, not {type(values).__name__}")
    hints = get_type_hints(kind, localns={"Explanation": object})
    taken = {
        part.name: _checked(values[part.name], hints[part.name], part.name)
        for part in fields(kind)
        if part.compare and part.name in values  # what is not compared is no part of what was said
    }
    try:
        return kind(**taken)
    except (TypeError, ValueError) as error:
        raise InputError(f"this is no {kind.__name__.lower()}: {error}") from error


def _checked(value: Any, hint: Any, name: str) -> Any:
    """Return a value of the type that a field has; a whole number serves for a float, a list for a tuple."""
    if get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            raise InputError(f"{name} is {str(value)[:40]!r}, which is no list")
        return tuple(_checked(one, get_args(hint)[0], name) for one in value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise InputError(f"{name} is {str(value)[:40]!r}, which is not of the right type")
    return value
