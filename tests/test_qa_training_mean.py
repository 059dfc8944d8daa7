"""The mean of readers."""

import hashlib
import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from corpus.errors import ModelError
from qa.reader import Reader
from qa.reader_model import WEIGHTS
from qa.training import mean
from qa.training.reader import SpanModel, write


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A reader with another head."""
    model = SpanModel(WEIGHTS)
    with torch.no_grad():
        model.head.bias.add_(4)
    write(model, tmp_path / "other.safetensors", seed=7)
    return tmp_path / "other.safetensors"


def test_the_mean_is_a_reader(other: Path, tmp_path: Path) -> None:
    """Its weights lie between; its record names its parts and how they were trained; its loader takes it."""
    out = tmp_path / "out" / "mean.safetensors"
    mean.main([str(out), f"{WEIGHTS}=3", f"{other}=1"])
    ours, theirs, between = map(load_file, (WEIGHTS, other, out))
    torch.testing.assert_close(between["head.bias"], ours["head.bias"] + 1, atol=0.01, rtol=0)
    torch.testing.assert_close(between["head.weight"], theirs["head.weight"])
    parts = json.loads(out.with_suffix(".json").read_text("utf-8"))["trained"]["mean_of"]
    assert [part["weight"] for part in parts] == [0.75, 0.25]
    assert parts[1]["seed"] == 7
    (scores,) = Reader.load(out).read("When?", [("It was 1889.", [(0, 12)])])
    assert scores.sentences.shape == (1,)


def test_only_what_belongs_together_has_a_mean(other: Path, tmp_path: Path) -> None:
    """Not a file without its record, not readers over other words, not readers of other parts."""
    out, record = tmp_path / "mean.safetensors", json.loads(other.with_suffix(".json").read_text("utf-8"))
    with pytest.raises(ModelError):
        mean.write_mean(out, {tmp_path / "none.safetensors": 1.0})
    other.with_suffix(".json").write_text(json.dumps(record | {"word_embeddings_sha256": "0"}), "utf-8")
    with pytest.raises(ValueError, match="word embeddings"):
        mean.write_mean(out, {WEIGHTS: 1.0, other: 1.0})
    save_file({"head.bias": torch.zeros(2)}, other)
    record["sha256"] = hashlib.sha256(other.read_bytes()).hexdigest()
    other.with_suffix(".json").write_text(json.dumps(record), "utf-8")
    with pytest.raises(ValueError, match="same parts"):
        mean.write_mean(out, {WEIGHTS: 1.0, other: 1.0})
    assert not out.exists()
