"""The script that trains the reader writes a file that the reader reads."""

import json
from pathlib import Path

import pytest

from qa.reader import Reader
from qa.training import reader


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
