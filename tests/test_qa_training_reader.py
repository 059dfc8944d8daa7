"""The script that trains the reader writes a file that the reader reads."""

import json
import math
from pathlib import Path

import pytest
import torch

from qa.reader import Reader
from qa.training import reader
from qa.training.reader_examples import Example


def test_training_writes_a_reader(labelled: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The record names the sets and the steps; the file passes the checks of its loader and scores sentences."""
    out = tmp_path / "out"
    reader.main([str(labelled), str(out), "--sets", "towns", "--epochs", "1", "--threads", "1"])
    record = json.loads((out / "reader.json").read_text("utf-8"))
    assert record["trained"]["data"] == ["towns"]
    assert record["trained"]["finished"] is True
    assert record["trained"]["steps"] >= 1
    (scores,) = Reader.load(out / "reader.safetensors").read("When?", [("It was 1889.", [(0, 12)])])
    assert scores.sentences.shape == (1,)
    assert "examples, without answer" in capfd.readouterr().err


def test_where_an_answer_is_a_whole_sentence_no_token_is_asked_for() -> None:
    """Which of its words answer is not known; that none does, is."""
    said = Example("When?", "In 1889.", ((0, 8),), ((0, 8),), whole=True)
    unsaid = Example("Who?", "In 1889.", ((0, 8),), (), whole=True)
    exact = Example("When?", "In 1889.", ((0, 8),), ((3, 7),))
    logits, wanted = torch.zeros(1, 4, 2), torch.full((1, 4, 2), 0.25)
    losses = [float(reader.token_loss(logits, wanted, [example])) for example in (said, unsaid, exact)]
    assert losses == pytest.approx([0, math.log(4), math.log(4)])
