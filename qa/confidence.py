"""Evidence to a probability: does the first quote answer the question?

A logistic regression over a few numbers that mean the same in a small corpus and in a large one. Its coefficients
stand in `confidence.json`, written by `python -m qa.calibrate`; there too stands what they were fitted on.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from index.search import Found
from qa.choose import Choice


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a quote.

    Args:
        late: late-interaction score of the sentence, -1..1.
        dense: cosine of the question and the passage, -1..1.
        passage_coverage: share, 0..1, of the question's words that stand in the passage, its title or its headings,
            each word weighted by its rarity (inverse document frequency).
        sentence_coverage: the same for the sentence alone.
        margin: how far the sentence's late-interaction score is above the best of any other passage, -2..2.
    """

    late: float
    dense: float
    passage_coverage: float
    sentence_coverage: float
    margin: float


def gather(choice: Choice, found: Found, words: Callable[[str], Sequence[str]]) -> Evidence:
    """Collect the evidence for a quote.

    Args:
        choice: the sentence.
        found: all that the search found.
        words: a text to its words, as the lexical index knows them.
    """
    passage = choice.candidate.passage
    late = float(choice.candidate.sentences[choice.sentence])
    others = [float(other.sentences.max()) for other in found.candidates if other is not choice.candidate]
    return Evidence(
        late=late,
        dense=choice.candidate.dense,
        passage_coverage=_coverage(found.words, words(f"{passage.context}\n{passage.text}")),
        sentence_coverage=_coverage(found.words, words(choice.text)),
        margin=late - max(others, default=0.0),
    )


def _coverage(question: Mapping[str, float], words: Sequence[str]) -> float:
    total = sum(question.values())
    present = set(words)
    return sum(rarity for word, rarity in question.items() if word in present) / total if total else 0.0


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
