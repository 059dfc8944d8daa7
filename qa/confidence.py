"""Evidence to a probability: does the first quote answer the question?

A logistic regression over a few numbers that mean the same in a small corpus and in a large one. Its coefficients
stand in `confidence.json`, written by `python -m qa.calibrate`; there too stands what they were fitted on.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from index.search import Candidate
from qa.choose import Choice


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a quote.

    Args:
        late: late-interaction score of the sentence, -1..1.
        dense: cosine of the question and the passage, -1..1.
        passage_coverage: share, 0..1, of the question's content words that stand in the passage, its title or its
            headings, each word weighted by its rarity.
        sentence_coverage: the same for the sentence alone.
        margin: how far the sentence's late-interaction score is above the best of any other passage, -2..2.
    """

    late: float
    dense: float
    passage_coverage: float
    sentence_coverage: float
    margin: float


def gather(choice: Choice, candidates: Sequence[Candidate]) -> Evidence:
    """Collect the evidence for a quote.

    Args:
        choice: the sentence.
        candidates: all that the search found.
    """
    candidate = choice.candidate
    late = float(candidate.late[choice.sentence])
    others = [float(other.late.max()) for other in candidates if other is not candidate]
    return Evidence(
        late=late,
        dense=candidate.dense,
        passage_coverage=candidate.coverage,
        sentence_coverage=float(candidate.overlap[choice.sentence]),
        margin=late - max(others, default=0.0),
    )


def probability(evidence: Evidence) -> float:
    """Return the probability, 0..1, that a quote with this evidence answers the question."""
    model = _model()
    log_odds = model["intercept"] + sum(model["coefficients"][name] * x for name, x in asdict(evidence).items())
    return 1.0 / (1.0 + math.exp(-log_odds))


def default_threshold() -> float:
    """Return the probability from which on a question counts as answered; see `confidence.json` for how it was set."""
    return float(_model()["threshold"])


@cache
def _model() -> dict[str, Any]:
    model: dict[str, Any] = json.loads(files("qa").joinpath("confidence.json").read_text("utf-8"))
    return model
