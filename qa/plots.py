"""Pictures of how far a confidence can be believed: reliability, and what it costs to answer more."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import PathError, SettingError
from qa.evaluate import Outcome
from qa.figures import BINS, judgeable, reliability, risk_coverage

_INK, _PALE, _LINE = "#1f4e79", "#c9d8e6", "#8a8a8a"


def check_can_plot() -> None:
    """Raise a SettingError that names the extra if what draws is not there."""
    if find_spec("matplotlib") is None:
        raise SettingError("pictures need the extra `plots`: pip install 'pullquote[plots]'")


def save_plot(name: str, outcomes: Sequence[Outcome], folder: Path) -> Path | None:
    """Write a picture of a run: its reliability diagram, and its risk-coverage curve.

    Args:
        name: of the set; the file is called by it, with `.png`.
        outcomes: of the run.
        folder: where to; made when it is missing.

    Returns:
        the file; None where the set does not say of any question whether its first quote is right.

    Raises:
        PathError: the file cannot be written.
        SettingError: matplotlib is not installed.
    """
    check_can_plot()
    from matplotlib.figure import Figure

    judged = judgeable(outcomes)
    if not judged:
        return None
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    figure.suptitle(f"{name}: {len(judged):,} questions")
    left, right = figure.subplots(1, 2)
    _draw_reliability(left, judged)
    _draw_risk(right, judged)
    path = folder / f"{''.join(c if c.isalnum() or c in '-_.' else '-' for c in name)}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=110)
    except OSError as error:
        raise PathError(f"{path} cannot be written: {error.strerror}; name another folder") from error
    return path


def _draw_reliability(axes: Any, judged: Sequence[Outcome]) -> None:
    confidence, right, counts = reliability(judged)
    middles = (np.arange(BINS) + 0.5) / BINS
    axes.bar(middles, counts / counts.sum(), 0.9 / BINS, color=_PALE, label="share of the questions")
    axes.plot([0, 1], [0, 1], "--", color=_LINE, linewidth=1, label="perfectly calibrated")
    seen = counts > 0
    axes.plot(confidence[seen], right[seen], "o-", color=_INK, label="first quote right")
    axes.set(title="Reliability", xlabel="confidence", ylabel="share", xlim=(0, 1), ylim=(0, 1))
    axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3, fontsize="small")


def _draw_risk(axes: Any, judged: Sequence[Outcome]) -> None:
    coverage, risk = risk_coverage(judged)
    axes.plot(coverage, risk, color=_INK)
    axes.set(
        title="Risk and coverage",
        xlabel="share of the questions answered, the surest first",
        ylabel="share of those with a wrong first quote",
        xlim=(0, 1),
        ylim=(0, max(0.05, 1.05 * float(risk.max()))),
    )
    axes.grid(color="#e6e6e6")
