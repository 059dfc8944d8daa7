"""What people said of answers: kept beside the documents, in the index's own catalog, and nowhere else."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from index.catalog import Catalog
from index.schema import FEEDBACK

_COLUMNS = "id, given_at, verdict, reason, comment, question, understood, before, answered, confidence, quotes"
_KEEP = f"INSERT OR REPLACE INTO feedback ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class QuotedPlace:
    """A quote that was shown when somebody voted.

    Args:
        source: path or URI of the document.
        start: code point where it started in the stored text.
        end: code point after it.
        text: the quoted words.
    """

    source: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Vote:
    """What somebody said of an answer.

    Args:
        id: its name; a vote that is changed keeps it.
        given_at: ISO 8601, UTC.
        verdict: "up" or "down".
        reason: short name of the reason chosen, or empty.
        comment: what was written beside it, or empty.
        question: as it was asked.
        understood: as it was searched for.
        before: earlier questions that it leant on, oldest first.
        answered: False when the answer was that the documents don't say.
        confidence: of the answer, 0..1.
        quotes: what was shown, best first.
    """

    id: str
    given_at: str
    verdict: str
    reason: str
    comment: str
    question: str
    understood: str
    before: tuple[str, ...]
    answered: bool
    confidence: float
    quotes: tuple[QuotedPlace, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the vote in plain JSON types."""
        return asdict(self)


def keep(catalog: Catalog, vote: Vote) -> None:
    """Keep a vote; one of the same id is replaced.

    Raises:
        IndexFolderError: the catalog cannot be written to.
    """
    values = (
        vote.id,
        vote.given_at,
        vote.verdict,
        vote.reason,
        vote.comment,
        vote.question,
        vote.understood,
        json.dumps(vote.before),
        vote.answered,
        vote.confidence,
        json.dumps([[quote.source, quote.start, quote.end, quote.text] for quote in vote.quotes]),
    )
    catalog.note((FEEDBACK, ()), (_KEEP, values))


def retract(catalog: Catalog, vote_id: str) -> bool:
    """Forget a vote; return whether there was one.

    Raises:
        IndexFolderError: the catalog cannot be written to.
    """
    return _there(catalog) and catalog.note(("DELETE FROM feedback WHERE id = ?", (vote_id,))) > 0


def votes(catalog: Catalog) -> tuple[Vote, ...]:
    """Return every vote, oldest first."""
    if not _there(catalog):
        return ()
    return tuple(_vote(row) for row in catalog.rows(f"SELECT {_COLUMNS} FROM feedback ORDER BY given_at, rowid"))


def _there(catalog: Catalog) -> bool:
    """Tell whether anybody has voted yet."""
    return bool(catalog.rows("SELECT 1 FROM sqlite_schema WHERE name = 'feedback'"))


def _vote(row: Sequence[Any]) -> Vote:
    vote_id, given_at, verdict, reason, comment, question, understood, before, answered, confidence, quotes = row
    places = tuple(QuotedPlace(*place) for place in json.loads(quotes))
    return Vote(
        id=vote_id,
        given_at=given_at,
        verdict=verdict,
        reason=reason,
        comment=comment,
        question=question,
        understood=understood,
        before=tuple(json.loads(before)),
        answered=bool(answered),
        confidence=confidence,
        quotes=places,
    )
