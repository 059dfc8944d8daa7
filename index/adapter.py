"""The low-rank changes that make the packaged model better at late interaction; `qa.train_encoder` finds them.

A linear layer's weights W become W + B A (Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models"), added
once when the model is loaded, so that it is as fast as before. `adapter.safetensors` holds A, (rank, inputs), and B,
(outputs, rank), of every linear layer of the encoder, in 16 bits; `adapter.json` its SHA-256, and how it was trained.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from corpus.errors import ModelError

ADAPTER = Path(__file__).with_name("adapter.safetensors")

LAYERS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
"""What is changed in each layer of a BERT."""


@cache
def adapter_sha256() -> str:
    """Return the SHA-256 of the changes.

    Raises:
        ModelError: their file is missing, or not what its record says.
    """
    try:
        found = hashlib.sha256(ADAPTER.read_bytes()).hexdigest()
        expected = str(json.loads(ADAPTER.with_suffix(".json").read_text("utf-8"))["sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"the encoder's {ADAPTER} cannot be opened: {error!r}; reinstall pullquote") from error
    if found != expected:
        raise ModelError(f"{ADAPTER} is damaged: its SHA-256 is {found}, not {expected}; reinstall pullquote")
    return found


def adapt(bert: Any) -> None:
    """Change the packaged model, a `transformers.BertModel` in float32, in its place.

    Raises:
        ModelError: the file of the changes is missing or damaged.
    """
    adapter_sha256()
    from safetensors.torch import load_file

    changes = load_file(ADAPTER)
    for number, layer in enumerate(bert.encoder.layer):
        for name in LAYERS:
            a, b = (changes[f"{number}.{name}.{side}"].float() for side in "AB")
            layer.get_submodule(name).weight.data += b @ a
