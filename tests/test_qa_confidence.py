"""Evidence to a probability."""

import math
from dataclasses import replace

import numpy as np
import pytest

from corpus.records import Span
from index.asked import Asked, AskedTurn
from index.records import StoredPassage
from index.search import Candidate
from qa import confidence
from qa.choose import Choice
from qa.confidence import Evidence


def candidate(number: int, late: list[float]) -> Candidate:
    spans = tuple(Span(n, n + 1) for n in range(len(late)))
    passage = StoredPassage(number, "a", "A", 0, "x" * len(late), (), spans, ())
    scores = np.array(late, np.float32)
    return Candidate(passage, max(late), 0.6, 0.7, 0.0, scores, 0 * scores, scores / 2, scores)


def test_evidence_is_that_of_the_chosen_sentence() -> None:
    """The margin is to the best sentence of any other passage, not of the same one, and stops where it is clear."""
    best, near, far = candidate(1, [0.75, 0.5]), candidate(2, [0.6875]), candidate(3, [0.25])
    assert confidence.gather(Choice(best, 0, 1.0), [best, near]) == Evidence(0.75, 0.6, 0.7, 0.375, 0.0625, 1.0, None)
    assert confidence.gather(Choice(best, 1, 1.0), [best, near]).margin == -0.1875
    assert confidence.gather(Choice(best, 0, 1.0), [best, far]).margin == confidence.CLEAR_MARGIN
    assert confidence.gather(Choice(best, 0, 1.0), [best]).margin == confidence.CLEAR_MARGIN


def test_a_quote_that_names_a_sibling_is_not_its_own() -> None:
    """It is told from the question as it was searched for, and from title and headings too."""
    asked = Asked((AskedTurn("Why not x2?", 1, "en"), AskedTurn("Is x3 good?", 0.5, "en")))
    spans = (Span(0, 8),)
    passage = StoredPassage(1, "a", "A", 0, "x3 leaks", (), spans, ())
    one = replace(candidate(1, [0.75]), passage=passage, asked=asked)
    assert confidence.gather(Choice(one, 0, 1.0), [one]).own == 0
    titled = replace(one, passage=replace(passage, title="x2 and x3"))
    assert confidence.gather(Choice(titled, 0, 1.0), [titled]).own == 1


def test_what_was_not_read_has_no_reader_behind_it() -> None:
    """A sentence that ranks by the least margin of those that were read is not evidence for itself."""
    best = candidate(1, [0.75])
    assert confidence.gather(Choice(best, 0, 1.0, 8.0, None), [best]).reader is None
    assert confidence.gather(Choice(best, 0, 1.0, 8.0, "1889"), [best]).reader == 8.0


def test_the_probability_is_a_product_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each 1 / (1 + exp(-(intercept + the sum of coefficient times evidence))), with the reader's if there is one."""
    topic = {"intercept": -1.0, "coefficients": {"late": 1.0, "dense": 1.0}}
    models = {
        "without reader": {
            "factors": {"topic": topic, "sentence": {"intercept": 0.0, "coefficients": {"margin": 1.0}}}
        },
        "with reader": {"factors": {"topic": topic, "sentence": {"intercept": 0.0, "coefficients": {"reader": 2.0}}}},
    }
    monkeypatch.setattr(confidence, "_model", models.__getitem__)
    assert confidence.probability(Evidence(0.5, 0.5, 0.0, 0.0, 0.0, 1.0, None)) == 0.25
    sure = [1 / (1 + math.exp(-x)) for x in (1, 4)]
    assert confidence.probability(Evidence(1, 1, 0, 0, 0, 1, 2)) == pytest.approx(sure[0] * sure[1])
    first, second = confidence.factors(Evidence(0.5, 1, 0, 0, 0, 1, None))
    assert (first.name, first.intercept, first.weighed) == ("topic", -1.0, {"late": (0.5, 1.0), "dense": (1.0, 1.0)})
    assert (first.log_odds, second.probability) == (0.5, 0.5)


@pytest.mark.parametrize("reader", [True, False])
def test_the_packaged_numbers_are_sound(reader: bool) -> None:
    """More evidence of every kind together is a higher probability, and the threshold is one."""
    low, high = (
        confidence.probability(Evidence(x, x, x, x, x / 4, 1.0, 20 * x - 10 if reader else None)) for x in (0.1, 0.9)
    )
    assert low < confidence.default_threshold(reader=reader) < high


@pytest.mark.parametrize(
    ("better", "other", "compatible", "expected"),
    [
        ([0.75], 0.5, False, 0.25),
        ([0.75], 0.5, True, 0.5),
        ([0.25], 0.5, False, 0.25),
        ([0.25], 0.5, True, 0.25),
        ([0.5], 0.125, False, 0.125),
        ([0.375, 0.25], 0.5, False, 0.25),
        ([0.375, 0.25], 0.5, True, 0.25),
        ([0.375, 0.25], 0.125, True, 0.125),
    ],
)
def test_a_further_quote_gets_what_the_better_ones_leave(
    better: list[float], other: float, compatible: bool, expected: float
) -> None:
    assert confidence.beside_better(better, other, compatible=compatible) == expected
