"""The script that trains the encoder's adapter writes a file that the encoder loads."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from index import adapter
from index.encoder import SentenceTransformerEncoder
from index.models import PACKAGED_SHA256
from qa.training import encoder, encoder_examples


def test_training_writes_an_adapter(
    labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The record names the sets and the steps; the file passes the checks of its loader and changes the encoder."""
    before = SentenceTransformerEncoder().encode_question("Who rules Ardala?")
    out = tmp_path / "out"
    encoder.main([str(labelled), str(out), "--sets", "towns", "--epochs", "2", "--threads", "1"])
    record = json.loads((out / "adapter.json").read_text("utf-8"))
    assert record["trained"] == {"start": None, "data": ["towns"], "seed": 0, "rate": 4e-4, "steps": 2}
    assert record["model_sha256"] == PACKAGED_SHA256
    assert "8 examples" in capfd.readouterr().err
    monkeypatch.setattr(adapter, "ADAPTER", out / "adapter.safetensors")
    adapter.adapter_sha256.cache_clear()
    after = SentenceTransformerEncoder().encode_question("Who rules Ardala?")
    adapter.adapter_sha256.cache_clear()
    assert not np.array_equal(before.vector, after.vector)


def test_training_goes_on_from_an_adapter(labelled: Path, tmp_path: Path) -> None:
    """At a rate of nearly nothing, what comes out is what went in, and the record names it."""
    out = tmp_path / "out"
    begin = ["--start", str(adapter.ADAPTER), "--rate", "1e-9", "--threads", "1"]
    encoder.main([str(labelled), str(out), "--sets", "towns", *begin])
    went_in, came_out = (load_file(path) for path in (adapter.ADAPTER, out / "adapter.safetensors"))
    assert went_in.keys() == came_out.keys()
    for name, values in came_out.items():
        torch.testing.assert_close(values, went_in[name], atol=1e-4, rtol=0)
    record = json.loads((out / "adapter.json").read_text("utf-8"))
    assert record["trained"]["start"] == adapter.adapter_sha256()


def test_the_loss_falls_on_what_is_trained_on(labelled: Path) -> None:
    found = list(encoder_examples.examples(labelled / "towns"))
    torch.set_num_threads(1)

    def loss(model: encoder.AdaptedEncoder) -> float:
        with torch.no_grad():
            return float(encoder.loss_of(model.train(mode=False), found, random.Random(0)))

    [(untrained, _)] = encoder.train(found, 1, 0.0, 0)
    [(trained, steps)] = encoder.train(found, 12, 4e-4, 0)
    assert steps == 12
    assert loss(trained) < loss(untrained)


def test_what_there_is_is_handed_out_along_the_way(labelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a checkpoint every so many steps, and once at the end."""
    monkeypatch.setattr(encoder, "CHECKPOINT", 2)
    found = list(encoder_examples.examples(labelled / "towns"))
    torch.set_num_threads(1)
    assert [steps for _, steps in encoder.train(found, 3, 4e-4, 0)] == [2, 3]


def test_an_example_is_drawn_with_passages_that_do_not_answer(labelled: Path) -> None:
    for example in encoder_examples.examples(labelled / "towns"):
        answering, *others = example.drawn(random.Random(0))
        assert answering in example.answering
        assert len(set(others)) == encoder_examples.NEGATIVES
        assert not set(others) & set(example.answering)


def test_a_question_is_also_asked_as_people_type_it() -> None:
    draw = random.Random(0)
    forms = {encoder_examples.varied("When was the Town founded?", draw) for _ in range(200)}
    assert forms == {
        "When was the Town founded?",
        "When was the Town founded",
        "when was the town founded",
        "Town founded",
    }
