"""Evidence to a probability: does the first quote answer the question?

The product of two logistic regressions: that the documents speak of what was asked, and that, if they do, this very
sentence says it. One alone sets off the one against the other: a sentence far ahead of its rivals would make up for
documents about something else. Their coefficients stand in `confidence.json`, which `qa.training.confidence` writes;
there too stands what they were fitted on.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from index.search import Candidate
from qa.choose import Choice
from qa.siblings import of_a_sibling

CLEAR_MARGIN = 0.1
"""Margin from which on a sentence is clear of its rivals. A larger one says no more, and having no rival as much."""

FITTED = Path(__file__).with_name("confidence.json")
WITH_READER, WITHOUT_READER = "with reader", "without reader"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a quote.

    Args:
        late: late-interaction score of the sentence, -1..1, and what its place adds to it.
        dense: cosine of the question and the passage, -1..1.
        passage_coverage: share, 0..1, of the question's content words that stand in the passage, its title or its
            headings, each word weighted by its rarity.
        sentence_coverage: the same for the sentence alone.
        margin: how far that is above the best of any other passage, -2..CLEAR_MARGIN.
        own: 0 where the quote names, instead of what the question names by a number, another of that kind (MD4 for
            MD5, 2008 for 2012); 1 otherwise.
        reader: logits of an answer in the sentence less those of "no answer"; None where no reader read it.
    """

    late: float
    dense: float
    passage_coverage: float
    sentence_coverage: float
    margin: float
    own: float
    reader: float | None


def gather(choice: Choice, candidates: Sequence[Candidate]) -> Evidence:
    """Collect the evidence for a quote.

    Args:
        choice: the sentence.
        candidates: all that the search found.
    """
    candidate = choice.candidate
    late = float(candidate.likeness[choice.sentence])
    others = [float(other.likeness.max()) for other in candidates if other is not candidate]
    asked = candidate.asked.turns[0].text if candidate.asked.turns else ""
    sibling = of_a_sibling(asked, choice.text, candidate.passage.context)
    return Evidence(
        late=late,
        dense=candidate.dense,
        passage_coverage=candidate.coverage,
        sentence_coverage=float(candidate.overlap[choice.sentence]),
        margin=min(late - max(others, default=-math.inf), CLEAR_MARGIN),
        own=float(not sibling),
        reader=None if choice.answer is None else choice.margin,
    )


@dataclass(frozen=True, slots=True)
class Factor:
    """One of the probabilities that a confidence is the product of.

    Args:
        name: "topic" or "sentence".
        intercept: log-odds without any evidence.
        weighed: by name each piece of evidence with its coefficient; their products add log-odds.
    """

    name: str
    intercept: float
    weighed: Mapping[str, tuple[float, float]]

    @property
    def log_odds(self) -> float:
        """Logarithm of the odds."""
        return self.intercept + sum(coefficient * value for value, coefficient in self.weighed.values())

    @property
    def probability(self) -> float:
        """1 / (1 + exp(-log-odds))."""
        return 1.0 / (1.0 + math.exp(-self.log_odds))


def factors(evidence: Evidence) -> tuple[Factor, ...]:
    """Return the probabilities whose product is the confidence in a quote with this evidence."""
    model = _model(WITH_READER if evidence.reader is not None else WITHOUT_READER)
    values = asdict(evidence)
    return tuple(
        Factor(
            name,
            float(numbers["intercept"]),
            {key: (float(values[key]), float(weight)) for key, weight in numbers["coefficients"].items()},
        )
        for name, numbers in model["factors"].items()
    )


def probability(evidence: Evidence) -> float:
    """Return the probability, 0..1, that a quote with this evidence answers the question."""
    return math.prod(factor.probability for factor in factors(evidence))


def beside_better(better: Sequence[float], other: float, *, compatible: bool) -> float:
    """Return the probability, 0..1, that a further quote answers the question, beside the better quotes'.

    It is no surer than they are, whom the ranking prefers. One that gives another answer than the first can be right
    only where the first is not: on XQuAD such quotes are right in 0.06 of cases, and 0.07 sure in the mean; by their
    evidence, 0.27.

    Args:
        better: probabilities that the quotes before it answer, best quote first; at least one.
        other: what the further quote's own evidence says.
        compatible: whether the first quote and it may both be right: they say the same, or are shown as documents that
            differ.
    """
    bounds = [*better] if compatible else [*better, 1.0 - better[0]]
    return min(other, *bounds)


def default_threshold(*, reader: bool) -> float:
    """Return the probability from which on a question counts as answered; `qa.training.confidence` says how it is set.

    Args:
        reader: whether a reader read the passages.
    """
    return float(_model(WITH_READER if reader else WITHOUT_READER)["threshold"])


@cache
def _model(name: str) -> dict[str, Any]:
    models = json.loads(FITTED.read_text("utf-8"))
    model: dict[str, Any] = models[name]
    return model
