"""The encoder's adapter: it changes the packaged model, it is checked, and another adapter makes another encoder."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer

from corpus.errors import ModelError
from index import adapter
from index.encoder import SentenceTransformerEncoder
from index.models import packaged_folder


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the adapter's files, in their place."""
    path = tmp_path / "adapter.safetensors"
    for suffix in (".safetensors", ".json"):
        shutil.copy(adapter.ADAPTER.with_suffix(suffix), path.with_suffix(suffix))
    monkeypatch.setattr(adapter, "ADAPTER", path)
    adapter.adapter_sha256.cache_clear()
    yield path
    adapter.adapter_sha256.cache_clear()


def test_the_packaged_model_is_changed_and_close_to_what_it_was():
    question = "Who signed the treaty?"
    adapted = SentenceTransformerEncoder().encode_question(question).vector
    plain = SentenceTransformer(str(packaged_folder()), device="cpu").encode(question)
    cosine = float(adapted @ plain) / float(np.linalg.norm(plain))
    assert 0.5 < cosine < 0.999


def test_the_packaged_model_is_changed_wherever_it_is(tmp_path: Path):
    copy = tmp_path / "copy"
    shutil.copytree(packaged_folder(), copy)
    question = "Who signed the treaty?"
    here, there = (SentenceTransformerEncoder(model).encode_question(question) for model in (None, str(copy)))
    np.testing.assert_array_equal(here.vector, there.vector)


def test_a_damaged_adapter_is_refused(copied: Path):
    copied.write_bytes(copied.read_bytes()[:-1] + b"?")
    with pytest.raises(ModelError, match=r"adapter\.safetensors is damaged.*reinstall"):
        _ = SentenceTransformerEncoder().fingerprint


def test_a_missing_adapter_is_an_error_that_names_it(copied: Path):
    copied.with_suffix(".json").unlink()
    with pytest.raises(ModelError, match=r"missing: .*adapter\.json; reinstall"):
        _ = SentenceTransformerEncoder().fingerprint


def test_another_adapter_makes_another_encoder(copied: Path):
    before = SentenceTransformerEncoder().fingerprint
    save_file({name: value * 2 for name, value in load_file(copied).items()}, copied)
    digest = hashlib.sha256(copied.read_bytes()).hexdigest()
    copied.with_suffix(".json").write_text(json.dumps({"sha256": digest}), "utf-8")
    adapter.adapter_sha256.cache_clear()
    assert SentenceTransformerEncoder().fingerprint != before
