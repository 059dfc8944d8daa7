"""Fit the confidence on labelled sets.

    python -m qa.training.confidence SET[=WEIGHT] ... [--whole SET[=WEIGHT] ...] [--limit N]
    python -m qa.training.confidence SET[=WEIGHT] ... --no-reader --kept 0.9825 --on-topic 0.2

It writes `confidence.json`. Each set is used twice: as it is, and with every second document left out, whose questions
nothing then answers. A set in which other documents say the same, such as editions of one article, is only good for the
former (`--whole`). Sets that are used here must not be used to report how good the confidence is.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from qa import evaluate
from qa.chatbot import Chatbot
from qa.confidence import FITTED, WITH_READER, WITHOUT_READER, Evidence
from qa.settings import Settings
from qa.training import say

KEPT = 0.96
"""Share of the answerable questions that reach the default threshold."""

ON_TOPIC = 0.5
"""How much a set's questions without an answer that its documents are about count, beside those with one. Only a reader
tells the ones from the others: without it they would make all answers less sure, and no refusal righter."""

TOPIC, SENTENCE = "topic", "sentence"
TOPIC_EVIDENCE = ("late", "dense", "passage_coverage")
SENTENCE_EVIDENCE = ("sentence_coverage", "margin", "own", "reader")
"""What each factor is made of: the reader, which knows the sets it was trained on, has no say in the first."""

RIDGE = 1e-4
"""Weight of the squared coefficients in the loss: enough to keep them finite where the data separate."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """A question that was asked, and the truth about its first quote.

    Args:
        evidence: for the quote.
        right: whether it answers the question.
        on_topic: whether the documents are about what is asked, which they are where nothing was left out.
        answerable: whether they hold an answer.
        weight: of the row among all.
    """

    evidence: Evidence
    right: bool
    on_topic: bool
    answerable: bool
    weight: float = 1.0


def ask_all(name: str, questions: Sequence[evaluate.Question], bot: Chatbot, *, whole: bool) -> Iterator[Row]:
    """Ask questions and yield a row for each that got a quote.

    Args:
        name: of the set, for who waits.
        questions: of which it is known whether the first quote is right.
        bot: has the documents.
        whole: whether these are all the documents of the set; otherwise what has no answer is off-topic.
    """
    for done, question in enumerate(questions):
        if done % 100 == 0:
            say(f"{name}: {done} of {len(questions)} questions")
        for found in bot.quotes(question.text, question.history):
            answerable = question.answerable is not False
            right = answerable and any(evaluate.holds(found.quote, answer) for answer in question.answers)
            yield Row(found.evidence, right, whole or answerable, answerable)


def evened(rows: Sequence[Row], weight: float = 1.0, on_topic: float = ON_TOPIC) -> list[Row]:
    """Weigh rows so that a set counts as its weight, whatever its size, and its on-topic refusals a share of that."""
    refusals = sum(row.on_topic and not row.answerable for row in rows)
    shares = (1 / max(1, len(rows) - refusals), on_topic / max(1, refusals))
    return [replace(row, weight=weight * shares[row.on_topic and not row.answerable]) for row in rows]


def weighed_set(text: str) -> tuple[Path, float]:
    """Read a set's folder, and its weight if it has one: FOLDER or FOLDER=WEIGHT."""
    folder, _, weight = text.partition("=")
    return Path(folder), float(weight or 1)


def fit(rows: Sequence[Row], kept: float = KEPT) -> dict[str, Any]:
    """Fit the two factors of the confidence together, and the default threshold.

    What is made as small as can be is the log loss of their product, as the probability that the quote is right, plus
    that of the first factor, as the probability that the documents are about the question at all. No coefficient may
    be negative: more evidence never makes an answer less likely. Without that the evidence that goes together (the
    scores of one sentence) is set off against itself in ways that hold for the fitted sets alone.
    """
    from scipy.optimize import minimize

    read = rows[0].evidence.reader is not None
    names = {TOPIC: TOPIC_EVIDENCE, SENTENCE: SENTENCE_EVIDENCE if read else SENTENCE_EVIDENCE[:-1]}
    features = {factor: _features(rows, of) for factor, of in names.items()}
    right, on_topic = (np.where([getattr(row, name) for row in rows], 1.0, -1.0) for name in ("right", "on_topic"))
    weights = np.array([row.weight for row in rows])
    weights /= weights.sum()
    split = 1 + len(names[TOPIC])

    def loss(numbers: Floats) -> tuple[float, Floats]:
        """Return the loss, with a touch of ridge, and its gradient."""
        topic, sentence = features[TOPIC].scaled @ numbers[:split], features[SENTENCE].scaled @ numbers[split:]
        log_p = -np.logaddexp(0, -topic) - np.logaddexp(0, -sentence)
        p = np.exp(log_p)
        wrong = np.maximum(1 - p, 1e-12)
        value = -weights @ np.where(right > 0, log_p, np.log(wrong)) + weights @ np.logaddexp(0, -on_topic * topic)
        pull = np.where(right > 0, -1.0, p / wrong) * weights
        for_topic = pull * _sigmoid(-topic) - weights * on_topic * _sigmoid(-on_topic * topic)
        gradient = np.concatenate(
            [features[TOPIC].scaled.T @ for_topic, features[SENTENCE].scaled.T @ (pull * _sigmoid(-sentence))]
        )
        held = numbers * bounded
        return float(value + RIDGE / 2 * held @ held), gradient + RIDGE * held

    bounded = np.array([float(n not in {0, split}) for n in range(split + 1 + len(names[SENTENCE]))])
    bounds = [(0, None) if at else (None, None) for at in bounded]
    numbers = minimize(loss, np.zeros(len(bounded)), jac=True, method="L-BFGS-B", bounds=bounds).x
    factors = {TOPIC: features[TOPIC].unscaled(numbers[:split]), SENTENCE: features[SENTENCE].unscaled(numbers[split:])}
    log_odds = {
        factor: features[factor].raw @ np.array([intercept, *coefficients])
        for factor, (intercept, coefficients) in factors.items()
    }
    confidence = _sigmoid(log_odds[TOPIC]) * _sigmoid(log_odds[SENTENCE])
    return {
        "threshold": round(_quantile(confidence, weights * [row.answerable for row in rows], 1 - kept), 3),
        "factors": {
            factor: {
                "intercept": round(intercept, 4),
                "coefficients": {name: round(x, 4) for name, x in zip(names[factor], coefficients, strict=True)},
            }
            for factor, (intercept, coefficients) in factors.items()
        },
    }


class Features(NamedTuple):
    """Evidence as columns, the first of them ones.

    Args:
        raw: (rows, 1 + names).
        mean: (names,).
        spread: (names,) standard deviations.
    """

    raw: Floats
    mean: Floats
    spread: Floats

    @property
    def scaled(self) -> Floats:
        """(rows, 1 + names), mean 0 and deviation 1 but for the ones: so the ridge weighs on all alike."""
        return np.column_stack([self.raw[:, :1], (self.raw[:, 1:] - self.mean) / self.spread])

    def unscaled(self, numbers: Floats) -> tuple[float, list[float]]:
        """Return the intercept and the coefficients for the evidence as it is."""
        coefficients = numbers[1:] / self.spread
        return float(numbers[0] - coefficients @ self.mean), coefficients.tolist()


def _features(rows: Sequence[Row], names: Sequence[str]) -> Features:
    columns = np.array([[getattr(row.evidence, name) for name in names] for row in rows], float)
    raw = np.column_stack([np.ones(len(rows)), columns])
    return Features(raw, columns.mean(axis=0), np.maximum(columns.std(axis=0), 1e-9))


def _quantile(values: Floats, weights: Floats, share: float) -> float:
    """Return the value below which a share of the weight lies."""
    order = np.argsort(values)
    return float(values[order][np.searchsorted(np.cumsum(weights[order]), share * weights.sum())])


def _sigmoid(x: Floats) -> Floats:
    p: Floats = np.exp(-np.logaddexp(0, -x))
    return p


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m qa.training.confidence", description=__doc__)
    parser.add_argument("sets", nargs="+", type=weighed_set, metavar="SET[=WEIGHT]", help="weights are 1 unless given")
    parser.add_argument("--whole", nargs="+", type=weighed_set, default=[], metavar="SET[=WEIGHT]", help="used once")
    parser.add_argument("--limit", type=int, default=1000, help="questions of each set (default: %(default)s)")
    parser.add_argument("--no-reader", action="store_true", help="fit the numbers for answers without the reader")
    parser.add_argument("--kept", type=float, default=KEPT, help="share of the answerable at the threshold")
    parser.add_argument("--on-topic", type=float, default=ON_TOPIC, help="weight of refusals beside answers")
    parser.add_argument("--output", type=Path, default=FITTED, help="file to write (default: the packaged one)")
    options = parser.parse_args(arguments)
    settings = Settings(quotes=1, threshold=0.0, reader=not options.no_reader)
    found: list[Row] = []
    sets = [(*each, True) for each in options.sets] + [(*each, False) for each in options.whole]
    for folder, weight, halved in sets:
        questions = [q for q in evaluate.read_questions(folder) if q.answers or q.answerable is False]
        questions = evaluate.sample(questions, options.limit)
        with tempfile.TemporaryDirectory() as scratch:
            with Chatbot.open(folder / "documents.jsonl", settings=settings) as bot:
                found += evened(list(ask_all(folder.name, questions, bot, whole=True)), weight, options.on_topic)
            if halved:
                half = Path(scratch) / folder.name
                held_out = evaluate.hold_out(folder, [q for q in questions if q.answers], "id", half)
                with Chatbot.open(half / "documents.jsonl", index=half / "index", settings=settings) as bot:
                    found += evened(list(ask_all(folder.name, held_out, bot, whole=False)), weight, options.on_topic)
        say(f"{folder.name}: {len(found)} rows so far")
    if settings.reader:  # a first quote that was not read is for the other model to judge
        found = [row for row in found if row.evidence.reader is not None]
    name = WITHOUT_READER if options.no_reader else WITH_READER
    models = json.loads(options.output.read_text("utf-8")) if options.output.exists() else {}
    models[name] = {
        "fitted_on": {folder.name: {"weight": weight, "halved_too": halved} for folder, weight, halved in sets},
        "questions_of_each": options.limit,
        "kept": options.kept,
        "on_topic": options.on_topic,
        "fitted_with": f"scipy {version('scipy')}",
        **fit(found, options.kept),
    }
    options.output.write_text(json.dumps(models, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
