"""What a run over a labelled set shows, in figures and in curves."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qa.evaluate import Outcome

Figures = dict[str, float | int | None]

Floats = npt.NDArray[np.float64]

BINS = 10


def measure(outcomes: Sequence[Outcome], *, calibrated: bool = True) -> Figures:
    """Return the figures of a run; shares are 0..1, None where the set has nothing to measure them on.

    quote@k: share of the questions with a gold answer of which one of the first k quotes holds it, or lies in it, in
    the right document. passage hit@k and MRR@10: over the ranking of documents by their best passage (Voorhees 1999;
    computed by ir-measures). The three rows of follow-ups: hit@5 of the questions with a history, understood by it;
    as if nothing had been said before; and in the set's own words for what they mean. AUROC: of the confidence,
    answerable against not, or first quote right against wrong (scikit-learn). ECE: expected calibration error of the
    confidence as the probability that the first quote is right, ten bins of equal width (Guo et al. 2017). AURC: area
    under the risk-coverage curve, the mean risk over all coverages (Geifman and El-Yaniv 2017).

    Args:
        outcomes: of the run.
        calibrated: False for one whose confidence only ranks: it has no calibration error, and decides nothing.
    """
    spans = [o for o in outcomes if o.question.answers and o.question.answerable is not False]
    ranked = [o for o in outcomes if o.question.relevant and o.question.answerable is not False]
    yes = [o for o in outcomes if o.question.answerable]
    no = [o for o in outcomes if o.question.answerable is False]
    judged = judgeable(outcomes)
    milliseconds = [1000 * o.seconds for o in outcomes if o.seconds is not None]
    lengths = [len(o.answer.quotes[0].text) for o in outcomes if o.answer.quotes]
    return {
        "questions": len(outcomes),
        "with a gold answer": len(spans),
        "unanswerable": len(no),
        "quote@1": _mean([o.right(1) for o in spans]),
        "quote@3": _mean([o.right(3) for o in spans]),
        **_ranking(ranked),
        **_follow_ups(ranked),
        "AUROC answerable": _auroc(yes, no),
        "AUROC right quote": _auroc([o for o in judged if o.right(1)], [o for o in judged if not o.right(1)]),
        "AURC": float(risk_coverage(judged).risk.mean()) if judged else None,
        "ECE": _calibration_error(judged) if calibrated and judged else None,
        "answered, of answerable": _mean([o.answer.answered for o in yes]) if calibrated else None,
        "refused, of unanswerable": _mean([not o.answer.answered for o in no]) if calibrated else None,
        "let through at 95% kept": _let_through(yes, no, 0.95),
        "quote characters": _mean(lengths),
        "p50 ms": float(np.percentile(milliseconds, 50)) if milliseconds else None,
        "p95 ms": float(np.percentile(milliseconds, 95)) if milliseconds else None,
        "verbatim": _mean([o.verbatim for o in outcomes if o.verbatim is not None]),
    }


def judgeable(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes of which the set says whether the first quote is right; none where it marks no answers."""
    if not any(o.question.answers for o in outcomes):
        return []
    return [o for o in outcomes if o.question.answerable is False or o.question.answers]


class Reliability(NamedTuple):
    """A reliability diagram (Guo et al. 2017, section 2): by bins of the confidence, how sure and how often right.

    Args:
        confidence: (bins,) mean confidence, 0..1; NaN for an empty bin.
        right: (bins,) share of right first quotes, 0..1; NaN for an empty bin.
        counts: (bins,) questions.
    """

    confidence: Floats
    right: Floats
    counts: Floats


def reliability(outcomes: Sequence[Outcome], bins: int = BINS) -> Reliability:
    """Return the reliability diagram of judgeable outcomes.

    Args:
        outcomes: at least one.
        bins: of equal width.
    """
    confidence = np.array([o.answer.confidence for o in outcomes])
    right = np.array([_is_right(o) for o in outcomes], float)
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    counts = np.bincount(which, minlength=bins).astype(float)
    with np.errstate(invalid="ignore"):
        return Reliability(
            np.bincount(which, confidence, bins) / counts, np.bincount(which, right, bins) / counts, counts
        )


class RiskCoverage(NamedTuple):
    """What it costs to answer more (Geifman and El-Yaniv 2017): the surest questions answered first.

    Args:
        coverage: (n,) share of the questions answered, rising to 1.
        risk: (n,) share of those whose first quote is wrong; questions that are equally sure share theirs evenly.
    """

    coverage: Floats
    risk: Floats


def risk_coverage(outcomes: Sequence[Outcome]) -> RiskCoverage:
    """Return the risk-coverage curve of judgeable outcomes.

    Args:
        outcomes: at least one.
    """
    confidence = np.array([o.answer.confidence for o in outcomes])
    wrong = np.array([not _is_right(o) for o in outcomes], float)
    _, level = np.unique(-confidence, return_inverse=True)
    evenly = (np.bincount(level, wrong) / np.bincount(level))[np.sort(level)]
    answered = np.arange(1, len(outcomes) + 1)
    return RiskCoverage(answered / len(outcomes), np.cumsum(evenly) / answered)


def _is_right(outcome: Outcome) -> bool:
    return outcome.question.answerable is not False and outcome.right(1)


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _ranking(outcomes: Sequence[Outcome]) -> Figures:
    figures = _hits([(o.question.relevant, o.ranking) for o in outcomes])
    return {name: figures.get(name) for name in ("passage hit@1", "passage hit@5", "MRR@10")}


def _follow_ups(outcomes: Sequence[Outcome]) -> Figures:
    """Return hit@5 of the follow-ups, the same questions in three ways."""
    follow_ups = [o for o in outcomes if o.alone is not None]
    ways = {
        "follow-ups hit@5": [(o.question.relevant, o.ranking) for o in follow_ups],
        "  asked alone": [(o.question.relevant, o.alone) for o in follow_ups if o.alone is not None],
        "  as the set rewrites": [(o.question.relevant, o.rewritten) for o in follow_ups if o.rewritten is not None],
    }
    return {name: _hits(found).get("passage hit@5") for name, found in ways.items()}


def _hits(found: Sequence[tuple[Mapping[str, int], Sequence[str]]]) -> Figures:
    """Return the figures of rankings, each beside the grades of what is relevant; empty for none."""
    import ir_measures
    from ir_measures import RR, Success

    if not found:
        return {}
    relevant = {str(n): {d: int(g) for d, g in grades.items()} for n, (grades, _) in enumerate(found)}
    run = {str(n): {d: -float(rank) for rank, d in enumerate(ranking)} for n, (_, ranking) in enumerate(found)}
    figures = ir_measures.calc_aggregate([Success @ 1, Success @ 5, RR @ 10], relevant, run)
    return {
        "passage hit@1": float(figures[Success @ 1]),
        "passage hit@5": float(figures[Success @ 5]),
        "MRR@10": float(figures[RR @ 10]),
    }


def _auroc(positive: Sequence[Outcome], negative: Sequence[Outcome]) -> float | None:
    from sklearn.metrics import roc_auc_score

    if not positive or not negative:
        return None
    labels = [1] * len(positive) + [0] * len(negative)
    return float(roc_auc_score(labels, [o.answer.confidence for o in (*positive, *negative)]))


def _calibration_error(outcomes: Sequence[Outcome]) -> float:
    confidence, right, counts = reliability(outcomes)
    seen = counts > 0
    return float((np.abs(confidence - right)[seen] * counts[seen]).sum() / counts.sum())


def _let_through(yes: Sequence[Outcome], no: Sequence[Outcome], kept: float) -> float | None:
    """Return the share of unanswerable questions at or above the confidence that keeps a share of the answerable."""
    if not yes or not no:
        return None
    cut = np.quantile([o.answer.confidence for o in yes], 1 - kept)
    return float(np.mean([o.answer.confidence >= cut for o in no]))
