"""What further training changed in a reader, as an adapter."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from corpus.errors import ModelError
from index.adapter import LAYERS, adapt
from qa.reader_model import WEIGHTS
from qa.training import reader_adapter
from qa.training.reader import SpanModel, write

LAYER = f"3.{LAYERS[0]}"
BIAS = "encoder.layer.1.output.LayerNorm.bias"


def trained(path: Path, change: torch.Tensor, seed: int) -> Path:
    """A reader in which one layer differs from the packaged one."""
    model = SpanModel(WEIGHTS)
    with torch.no_grad():
        model.bert.get_parameter(f"encoder.layer.{LAYER}.weight").add_(change)
        model.bert.get_parameter(BIAS).add_(seed)
        model.head.bias.add_(seed)
    write(model, path, seed=seed)
    return path


def test_a_share_of_the_mean_change_is_kept(tmp_path: Path) -> None:
    """A change of low rank comes out as it was, so do those to vectors and to the head; the other layers stay.

    The record names what it was made from.
    """
    change = torch.outer(torch.linspace(-1, 1, 384), torch.ones(384))
    files = [trained(tmp_path / f"{n}.safetensors", n * change, n) for n in (1, 3)]
    out = tmp_path / "out" / "adapter.safetensors"
    reader_adapter.main([str(WEIGHTS), str(out), *map(str, files), "--share", "0.5", "--rank", "2"])
    old, new = SpanModel(WEIGHTS), SpanModel(WEIGHTS)
    adapt(new.bert, out, new.head)
    before, after = old.bert, new.bert
    differs = after.get_parameter(f"encoder.layer.{LAYER}.weight") - before.get_parameter(
        f"encoder.layer.{LAYER}.weight"
    )
    torch.testing.assert_close(differs.detach(), change, atol=0.01, rtol=0)  # half of twice the change
    other = f"encoder.layer.2.{LAYERS[-1]}.weight"
    torch.testing.assert_close(after.get_parameter(other), before.get_parameter(other), atol=1e-4, rtol=0)
    torch.testing.assert_close(
        after.get_parameter(BIAS) - before.get_parameter(BIAS), torch.ones(384), atol=0.01, rtol=0
    )
    torch.testing.assert_close(new.head.bias - old.head.bias, torch.ones(2), atol=0.01, rtol=0)
    record = json.loads(out.with_suffix(".json").read_text("utf-8"))
    assert record["reader_sha256"] == json.loads(WEIGHTS.with_suffix(".json").read_text("utf-8"))["sha256"]
    assert [part["trained"]["seed"] for part in record["mean_of"]] == [1, 3]
    assert load_file(out)[f"{LAYER}.A"].shape == (2, 384)


def test_a_file_that_is_not_what_its_record_says_is_refused(tmp_path: Path) -> None:
    """And nothing is written."""
    file = trained(tmp_path / "1.safetensors", torch.zeros(384, 384), 1)
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    with pytest.raises(ModelError, match="damaged"):
        reader_adapter.write_adapter(WEIGHTS, tmp_path / "adapter.safetensors", [file], 0.3, 16)
    assert not (tmp_path / "adapter.safetensors").exists()
