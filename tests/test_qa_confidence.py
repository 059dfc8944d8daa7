"""Evidence to a probability."""

import math
from dataclasses import asdict

import numpy as np
import pytest

from corpus.records import Span
from index.records import StoredPassage
from index.search import Candidate
from qa import confidence
from qa.choose import Choice
from qa.confidence import Evidence


def candidate(number: int, late: list[float]) -> Candidate:
    spans = tuple(Span(n, n + 1) for n in range(len(late)))
    passage = StoredPassage(number, "a", "A", 0, "x" * len(late), (), spans, ())
    scores = np.array(late, np.float32)
    return Candidate(passage, max(late), 0.6, 0.7, scores, scores / 2, scores)


def test_evidence_is_that_of_the_chosen_sentence() -> None:
    """The margin is to the best sentence of any other passage, not of the same one."""
    best, other = candidate(1, [0.75, 0.5]), candidate(2, [0.25])
    assert confidence.gather(Choice(best, 0, 1.0), [best, other]) == Evidence(0.75, 0.6, 0.7, 0.375, 0.5)
    assert confidence.gather(Choice(best, 1, 1.0), [best]).margin == 0.5


def test_the_probability_is_a_logistic_regression(monkeypatch: pytest.MonkeyPatch) -> None:
    """1 / (1 + exp(-(intercept + the sum of coefficient times evidence)))."""
    model = {"intercept": -1.0, "coefficients": dict.fromkeys(asdict(Evidence(0, 0, 0, 0, 0)), 1.0)}
    monkeypatch.setattr(confidence, "_model", lambda: model)
    assert confidence.probability(Evidence(0.5, 0.5, 0.0, 0.0, 0.0)) == 0.5
    assert confidence.probability(Evidence(1, 1, 1, 0, 0)) == pytest.approx(1 / (1 + math.exp(-2)))


def test_the_packaged_numbers_are_sound() -> None:
    """More evidence of every kind together is a higher probability, and the threshold is one."""
    low, high = (confidence.probability(Evidence(x, x, x, x, x / 4)) for x in (0.1, 0.9))
    assert low < confidence.default_threshold() < high
