"""Fitting the confidence."""

import json
from pathlib import Path

import pytest
from conftest import WordEncoder
from test_qa_evaluate import labelled  # noqa: F401 - a fixture

import qa.chatbot
from qa import calibrate
from qa.confidence import Evidence


def evidence(late: float) -> Evidence:
    return Evidence(late, dense=0.5, passage_coverage=0.5, sentence_coverage=0.5, margin=0.0, reader=None)


def test_what_separates_right_from_wrong_gets_the_weight() -> None:
    """Only `late` differs: it decides, the threshold lies between, and constant evidence weighs nothing."""
    rows = [(evidence(late), late > 0.5, late > 0.5) for late in (0.1, 0.2, 0.3, 0.7, 0.8, 0.9) for _ in range(5)]
    model = calibrate.fit(rows)
    coefficients = model["coefficients"]
    assert isinstance(coefficients, dict)
    assert coefficients["late"] > 5
    assert coefficients["dense"] == coefficients["margin"] == 0
    assert 0.5 < float(str(model["threshold"])) < 1


def test_the_script_writes_readable_numbers(
    labelled: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It says what it was fitted on, and tells how far it is on stderr."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(qa.chatbot, "_encoder", lambda model: WordEncoder())
    target = tmp_path / "confidence.json"
    assert calibrate.main([str(labelled), "--output", str(target), "--no-reader"]) == 0
    assert calibrate.main([str(labelled), "--output", str(target)]) == 0
    models = json.loads(target.read_text("utf-8"))
    assert models["with reader"]["fitted_on"] == ["set"]
    names = {"late", "dense", "passage_coverage", "sentence_coverage", "margin"}
    assert set(models["without reader"]["coefficients"]) == names
    assert set(models["with reader"]["coefficients"]) == {*names, "reader"}
    assert "set: 5 rows" in capsys.readouterr().err
