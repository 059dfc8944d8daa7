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

from qa import evaluate
from qa.chatbot import Chatbot
from qa.confidence import Evidence
from qa.settings import Settings

KEPT = 0.95
"""Share of the answerable questions that the default threshold lets be answered, off-topic questions being the rest."""

PACKAGED = Path(__file__).with_name("confidence.json")

Row = tuple[Evidence, bool, bool | None]
"""Evidence, whether the first quote is right, and whether the question can be answered; None for an on-topic set."""


def rows(folder: Path, questions: Sequence[evaluate.Question], index: Path | None) -> Iterator[Row]:
    """Ask questions and yield the evidence for each first quote, and the truth."""
    settings = Settings(quotes=1, threshold=0.0)
    with Chatbot.open(folder / "documents.jsonl", index=index, settings=settings) as bot:
        for question in questions:
            for quote, evidence in bot.quotes(question.text):
                right = any(evaluate.holds(quote, answer) for answer in question.answers)
                yield evidence, right and question.answerable is not False, None if index is None else bool(right)


def fit(found: Sequence[Row]) -> dict[str, object]:
    """Fit a logistic regression and the default threshold."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    names = list(asdict(found[0][0]))
    evidence = np.array([list(asdict(row[0]).values()) for row in found])
    right = np.array([row[1] for row in found])
    scaler, model = make_pipeline(StandardScaler(), LogisticRegression(C=100.0)).fit(evidence, right)
    coefficients = model.coef_[0] / scaler.scale_
    intercept = float(model.intercept_[0] - coefficients @ scaler.mean_)
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
    parser.add_argument("--output", type=Path, default=PACKAGED, help="file to write (default: the packaged one)")
    options = parser.parse_args(arguments)
    found: list[Row] = []
    for folder in options.sets:
        questions = [q for q in evaluate.read_questions(folder) if q.answers or q.answerable is False]
        questions = evaluate.sample(questions, options.limit)
        found.extend(rows(folder, questions, None))
        with tempfile.TemporaryDirectory() as scratch:
            half = Path(scratch) / "set"
            held_out = evaluate.hold_out(folder, [q for q in questions if q.answers], "id", half)
            found.extend(rows(half, held_out, Path(scratch) / "index"))
        print(f"{folder.name}: {len(found)} rows so far", file=sys.stderr)
    model = {
        "fitted_on": [folder.name for folder in options.sets],
        "questions_of_each": options.limit,
        "fitted_with": f"scikit-learn {version('scikit-learn')}",
        **fit(found),
    }
    options.output.write_text(json.dumps(model, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
