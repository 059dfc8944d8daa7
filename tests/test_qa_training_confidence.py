"""Fitting the confidence."""

import json
import shutil
from pathlib import Path

import pytest
from conftest import WordEncoder
from test_qa_evaluate import labelled  # noqa: F401 - a fixture

import qa.chatbot
from qa.confidence import Evidence
from qa.training import confidence
from qa.training.confidence import Row


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file that the script is to write; its indexes stay in the test's folder, with an encoder of words."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(qa.chatbot, "_encoder", lambda model: WordEncoder())
    return tmp_path / "confidence.json"


def row(late: float = 0.5, margin: float = 0.0, *, right: bool, on_topic: bool = True) -> Row:
    evidence = Evidence(
        late, dense=0.5, passage_coverage=0.5, sentence_coverage=0.5, margin=margin, own=1.0, reader=None
    )
    return Row(evidence, right, on_topic, right)


def test_what_separates_right_from_wrong_gets_the_weight() -> None:
    """`late` tells the topic, `margin` the right sentence, and constant evidence weighs nothing."""
    rows = [row(late, right=False, on_topic=False) for late in (0.1, 0.2, 0.3) for _ in range(5)]
    rows += [row(0.8, margin, right=margin > 0) for margin in (-0.2, -0.1, 0.1, 0.2) for _ in range(5)]
    model = confidence.fit(rows)
    topic, sentence = (model["factors"][name]["coefficients"] for name in ("topic", "sentence"))
    assert topic["late"] > 5
    assert sentence["margin"] > 5
    assert topic["dense"] == topic["passage_coverage"] == sentence["sentence_coverage"] == sentence["own"] == 0
    assert set(sentence) == {"sentence_coverage", "margin", "own"}
    assert 0.5 < model["threshold"] < 1  # all that can be answered are right, and sure


def test_a_set_counts_as_much_as_any_other() -> None:
    """Two answerable questions share 1, one about the same without an answer has a fifth; off-topic ones are equals."""
    weights = [row.weight for row in confidence.evened([row(right=True), row(right=True), row(right=False)])]
    assert weights == [0.5, 0.5, confidence.ON_TOPIC]
    assert [r.weight for r in confidence.evened([row(right=True), row(right=False, on_topic=False)], 0.5)] == [
        0.25,
        0.25,
    ]


def test_the_script_writes_readable_numbers(
    labelled: Path,  # noqa: F811
    target: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It says what it was fitted on, and tells how far it is on stderr."""
    assert confidence.main([str(labelled), "--output", str(target), "--no-reader"]) == 0
    assert confidence.main([f"{labelled}=0.5", "--output", str(target)]) == 0
    models = json.loads(target.read_text("utf-8"))
    assert models["with reader"]["fitted_on"] == {"set": {"weight": 0.5, "halved_too": True}}
    for name, evidence in (("without reader", []), ("with reader", ["reader"])):
        factors = models[name]["factors"]
        assert list(factors["topic"]["coefficients"]) == ["late", "dense", "passage_coverage"]
        assert list(factors["sentence"]["coefficients"]) == ["sentence_coverage", "margin", "own", *evidence]
    assert "set: 5 rows" in capsys.readouterr().err


def test_a_set_that_says_things_twice_is_used_once(
    labelled: Path,  # noqa: F811
    target: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its three questions are asked of all its documents, and none of the half of them."""
    copy = shutil.copytree(labelled, labelled.with_name("copy"))
    arguments = [str(labelled), "--whole", f"{copy}=0.5", "--output", str(target), "--no-reader"]
    assert confidence.main(arguments) == 0
    assert "copy: 8 rows" in capsys.readouterr().err
    fitted_on = json.loads(target.read_text("utf-8"))["without reader"]["fitted_on"]
    assert fitted_on["copy"] == {"weight": 0.5, "halved_too": False}
