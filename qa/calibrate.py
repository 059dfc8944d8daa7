"""Fit the confidence on labelled sets: `python -m qa.calibrate SET... [--limit N]` writes `confidence.json`.

Each set is used twice: as it is, and with every second document left out, whose questions nothing then answers. Sets
that are used here must not be used to report how good the confidence is.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa import evaluate
from qa.chatbot import Chatbot
from qa.confidence import WITH_READER, WITHOUT_READER, Evidence
from qa.settings import Settings

KEPT = 0.95
"""Share of the answerable questions that the default threshold lets be answered, off-topic questions being the rest."""

PACKAGED = Path(__file__).with_name("confidence.json")

RIDGE = 1e-4
"""Weight of the squared coefficients in the loss: enough to keep them finite where the data separate."""

Floats = npt.NDArray[np.float64]

Row = tuple[Evidence, bool, bool | None]
"""Evidence, whether the first quote is right, and whether the question can be answered; None for an on-topic set."""


def rows(folder: Path, questions: Sequence[evaluate.Question], index: Path | None, settings: Settings) -> Iterator[Row]:
    """Ask questions and yield the evidence for each first quote, and the truth."""
    with Chatbot.open(folder / "documents.jsonl", index=index, settings=settings) as bot:
        for question in questions:
            for quote, _, evidence in bot.quotes(question.text):
                right = any(evaluate.holds(quote, answer) for answer in question.answers)
                yield evidence, right and question.answerable is not False, None if index is None else bool(right)


def fit(found: Sequence[Row]) -> dict[str, object]:
    """Fit a logistic regression and the default threshold.

    No coefficient may be negative: more evidence never makes an answer less likely. Without that the evidence that goes
    together (the scores of one sentence) is set off against itself in ways that hold for the fitted sets alone.
    """
    from scipy.optimize import minimize

    names = [name for name, value in asdict(found[0][0]).items() if value is not None]
    evidence = np.array([[asdict(row[0])[name] for name in names] for row in found])
    right = np.array([row[1] for row in found])
    mean, spread = evidence.mean(axis=0), np.maximum(evidence.std(axis=0), 1e-9)
    features = np.column_stack([np.ones(len(found)), (evidence - mean) / spread])
    signs = np.where(right, 1.0, -1.0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        """Return the mean log loss, with a touch of ridge, and its gradient."""
        odds = signs * (features @ weights)
        gradient = -(features.T @ (signs / (1 + np.exp(odds)))) / len(found) + RIDGE * weights
        return float(np.logaddexp(0, -odds).mean() + RIDGE / 2 * weights @ weights), gradient

    bounds = [(None, None)] + [(0, None)] * len(names)
    weights = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    coefficients = weights[1:] / spread
    intercept = float(weights[0] - coefficients @ mean)
    confidence = 1 / (1 + np.exp(-(intercept + evidence @ coefficients)))
    off_topic = np.array([row[2] is not None for row in found])
    return {
        "threshold": round(float(np.quantile(confidence[off_topic & right], 1 - KEPT)), 3),
        "intercept": round(intercept, 4),
        "coefficients": {name: round(float(x), 4) for name, x in zip(names, coefficients, strict=True)},
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m qa.calibrate", description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET")
    parser.add_argument("--limit", type=int, default=1000, help="questions of each set (default: %(default)s)")
    parser.add_argument("--no-reader", action="store_true", help="fit the numbers for answers without the reader")
    parser.add_argument("--output", type=Path, default=PACKAGED, help="file to write (default: the packaged one)")
    options = parser.parse_args(arguments)
    settings = Settings(quotes=1, threshold=0.0, reader=not options.no_reader)
    found: list[Row] = []
    for folder in options.sets:
        questions = [q for q in evaluate.read_questions(folder) if q.answers or q.answerable is False]
        questions = evaluate.sample(questions, options.limit)
        found.extend(rows(folder, questions, None, settings))
        with tempfile.TemporaryDirectory() as scratch:
            half = Path(scratch) / "set"
            held_out = evaluate.hold_out(folder, [q for q in questions if q.answers], "id", half)
            found.extend(rows(half, held_out, Path(scratch) / "index", settings))
        print(f"{folder.name}: {len(found)} rows so far", file=sys.stderr)
    name = WITHOUT_READER if options.no_reader else WITH_READER
    models = json.loads(options.output.read_text("utf-8")) if options.output.exists() else {}
    models[name] = {
        "fitted_on": [folder.name for folder in options.sets],
        "questions_of_each": options.limit,
        "fitted_with": f"scipy {version('scipy')}",
        **fit(found),
    }
    options.output.write_text(json.dumps(models, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
