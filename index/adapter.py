"""Low-rank changes to a model's linear layers, such as make the packaged one better at late interaction.

A linear layer's weights W become W + B A (Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models"), added
once when the model is loaded, so that it is as fast as before. `adapter.safetensors` holds A, (rank, inputs), and B,
(outputs, rank), of every linear layer of the encoder, in 16 bits; `adapter.json` its SHA-256, and how it was trained
(`qa.training.encoder`). The reader has one of its own, which changes its vectors and its head too.
"""

from functools import cache
from pathlib import Path
from typing import Any

from index.weights import read_weights

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

HEAD = "head."
"""What the names of changes to the layer upon a BERT begin with."""


@cache
def adapter_sha256() -> str:
    """Return the SHA-256 of the changes.

    Raises:
        ModelError: their file is missing, or not what its record says.
    """
    _, record = read_weights(ADAPTER, "reinstall pullquote")
    return str(record["sha256"])


def adapt(bert: Any, path: Path | None = None, head: Any = None) -> None:
    """Change a model in its place.

    Args:
        bert: a `transformers.BertModel` in float32.
        path: the file of the changes, its record beside it; None for those of the packaged model as an encoder.
        head: the linear layer upon it, whose changes are named "head."; None where there are none.

    Raises:
        ModelError: the file of the changes is missing or damaged.
    """
    weights, _ = read_weights(path or ADAPTER, "reinstall pullquote")
    from safetensors.torch import load

    changes = load(weights)
    for number, layer in enumerate(bert.encoder.layer):
        for name in LAYERS:
            a, b = (changes.pop(f"{number}.{name}.{side}").float() for side in "AB")
            layer.get_submodule(name).weight.data += b @ a
    for name, change in changes.items():  # vectors, and the head, as they are
        changed = head if name.startswith(HEAD) else bert
        changed.get_parameter(name.removeprefix(HEAD)).data += change.float()
