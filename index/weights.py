"""Weights of our own: a safetensors file, and beside it a JSON record with its SHA-256."""

import hashlib
import json
from pathlib import Path
from typing import Any

from corpus.errors import ModelError


def read_weights(path: Path, remedy: str) -> tuple[bytes, dict[str, Any]]:
    """Return a file of weights and its record, once the two agree.

    Args:
        path: the `.safetensors` file; its record has the same name with `.json`.
        remedy: what the user can do if they don't.

    Raises:
        ModelError: one of the files is missing or damaged.
    """
    try:
        weights = path.read_bytes()
        record = json.loads(path.with_suffix(".json").read_text("utf-8"))
        expected = str(record["sha256"])
    except FileNotFoundError as error:
        raise ModelError(f"a file of the model is missing: {error.filename}; {remedy}") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path} cannot be opened: {error!r}; {remedy}") from error
    found = hashlib.sha256(weights).hexdigest()
    if found != expected:
        raise ModelError(f"{path} is damaged: its SHA-256 is {found}, not {expected}; {remedy}")
    return weights, record
