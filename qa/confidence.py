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

NO_RIVAL_MARGIN = 0.1
"""Margin of a passage that is the only one: about what right first quotes have where passages compete."""

WITH_READER, WITHOUT_READER = "with reader", "without reader"


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
        reader: logits of the best span in the sentence less those of "no answer"; None without a reader.
    """

    late: float
    dense: float
    passage_coverage: float
    sentence_coverage: float
    margin: float
    reader: float | None


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
        margin=late - max(others) if others else NO_RIVAL_MARGIN,
        reader=choice.margin,
    )


def probability(evidence: Evidence) -> float:
    """Return the probability, 0..1, that a quote with this evidence answers the question."""
    intercept, weighed = weigh(evidence)
    log_odds = intercept + sum(coefficient * value for value, coefficient in weighed.values())
    return 1.0 / (1.0 + math.exp(-log_odds))


def weigh(evidence: Evidence) -> tuple[float, dict[str, tuple[float, float]]]:
    """Return the intercept, and by name each piece of evidence with its coefficient; their products add log-odds."""
    model = _model(WITH_READER if evidence.reader is not None else WITHOUT_READER)
    values = asdict(evidence)
    weighed = {name: (float(values[name]), float(weight)) for name, weight in model["coefficients"].items()}
    return float(model["intercept"]), weighed


def default_threshold(*, reader: bool) -> float:
    """Return the probability from which on a question counts as answered; `qa.calibrate` says how it is set.

    Args:
        reader: whether a reader read the passages.
    """
    return float(_model(WITH_READER if reader else WITHOUT_READER)["threshold"])


@cache
def _model(name: str) -> dict[str, Any]:
    models = json.loads(files("qa").joinpath("confidence.json").read_text("utf-8"))
    model: dict[str, Any] = models[name]
    return model
