"""Texts to vectors, by sentence-transformers."""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelError
from index.adapter import adapt
from index.models import PACKAGED_MODEL, declared_languages, find_folder, fingerprint, is_packaged, packaged_folder

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]

_BATCH = 8  # texts; on a CPU small batches of equal length beat large ones (less padding, better cache use)
_READS = 512  # tokens, of a model that does not say
_LEAST_ROOM = 16  # tokens


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text as the model sees it.

    Args:
        vector: (dimension,) float32, unit length: the whole text.
        tokens: (n, dimension) float32, unit rows: each token in its context; special and context tokens left out. The
            dimension is the vector's, or the one that the model has before it makes the vector shorter.
        spans: (n, 2) int32: where each token stands in the text, code points, end exclusive.
    """

    vector: Floats
    tokens: Floats
    spans: Integers


class Encoder(Protocol):
    """What the index needs of a model. Vectors are unit length, so that a dot product is a cosine, -1..1."""

    @property
    def name(self) -> str:
        """What the user called the model."""
        ...

    @property
    def fingerprint(self) -> str:
        """What tells this model from every other."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """Languages that it was made for, ISO 639-1; empty where it is for many, or does not say."""
        ...

    @property
    def is_packaged(self) -> bool:
        """Whether it is the model that comes with Pullquote, with which everything was measured."""
        ...

    @property
    def passage_room(self) -> int:
        """Tokens of a passage that it reads to the end, whatever the context before it."""
        ...

    @property
    def dimension(self) -> int:
        """Length of its vectors."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in tokens, special tokens not counted."""
        ...

    def encode_passages(self, texts: Sequence[str], contexts: Sequence[str]) -> list[Encoded]:
        """Encode passages, each read after its context (title, headings), which gets no token vectors of its own."""
        ...

    def encode_question(self, text: str) -> Encoded:
        """Encode a question."""
        ...


class SentenceTransformerEncoder:
    """A sentence-transformers model, loaded when it is first needed.

    Args:
        model: name of a model in the local Hugging Face cache, path of a folder, or None for the packaged model.

    Raises:
        ModelError: the model is missing, damaged or cannot be used, with the remedy.
    """

    def __init__(self, model: str | None = None) -> None:
        self.name = model or PACKAGED_MODEL
        self._folder = packaged_folder() if model is None else find_folder(model)
        self._fingerprint = ""
        self._loaded: Any = None
        self._threads: ThreadPoolExecutor | None = None
        self._tokenizing = Lock()
        self._loading = Lock()

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the files that decide what the model computes; 16 hexadecimal digits of it."""
        if not self._fingerprint:
            self._fingerprint = fingerprint(self._folder)
        return self._fingerprint

    @property
    def languages(self) -> frozenset[str]:
        """Languages that it was made for, ISO 639-1; empty where it is for many, or does not say."""
        return declared_languages(self._folder)

    @property
    def is_packaged(self) -> bool:
        """Whether it is the model that comes with Pullquote, by whatever name."""
        return is_packaged(self._folder)

    @property
    def passage_room(self) -> int:
        """Tokens of a passage that it reads to the end, whatever the context before it."""
        prompt = self.count_tokens([self._prompt("document", "passage", "corpus")])[0]
        special = int(self._model.tokenizer.num_special_tokens_to_add())
        return max(_LEAST_ROOM, self._reads - self._reads // 4 - prompt - special)

    @property
    def _reads(self) -> int:
        """Tokens that it reads of a text, all of them counted."""
        return int(self._model.max_seq_length or _READS)

    @property
    def dimension(self) -> int:
        """Length of its vectors."""
        return int(self._model.get_embedding_dimension())

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in tokens, special tokens not counted."""
        if not texts:
            return []
        with self._tokenizing:
            batch = self._model.tokenizer(list(texts), add_special_tokens=False, verbose=False)
        return [len(ids) for ids in batch["input_ids"]]

    def encode_passages(self, texts: Sequence[str], contexts: Sequence[str]) -> list[Encoded]:
        """Encode passages, each read after its context; see `Encoder`."""
        prompt = self._prompt("document", "passage", "corpus")
        contexts = [self._shortened(context) for context in contexts]
        return self._encode([(prompt + context, text) for text, context in zip(texts, contexts, strict=True)])

    def encode_question(self, text: str) -> Encoded:
        """Encode a question."""
        return self._encode([(self._prompt("query", "question"), text)])[0]

    def _prompt(self, *names: str) -> str:
        """Return the words that the model wants before a text, where its makers say so."""
        prompts = self._model.prompts or {}
        return next((prompts[name] for name in (*names, self._model.default_prompt_name) if prompts.get(name)), "")

    def _shortened(self, context: str) -> str:
        """Return a context that leaves the passage its place: a quarter of what the model reads, at the most."""
        most = self._reads // 4
        if len(context) <= most:  # a token has at least one character
            return context
        with self._tokenizing:
            batch = self._model.tokenizer(
                context, add_special_tokens=False, truncation=True, max_length=most, return_offsets_mapping=True
            )
        end = batch["offset_mapping"][-1][1] if batch["offset_mapping"] else 0
        return context[:end] + "\n"

    def _encode(self, pairs: Sequence[tuple[str, str]]) -> list[Encoded]:
        """Encode (context, text) pairs, longest first, and return them in the order given."""
        order = sorted(range(len(pairs)), key=lambda i: -sum(map(len, pairs[i])))
        batches = [order[first : first + _BATCH] for first in range(0, len(order), _BATCH)]
        encoded: dict[int, Encoded] = {}
        for chosen, results in zip(batches, self._run([[pairs[i] for i in batch] for batch in batches]), strict=True):
            encoded.update(zip(chosen, results, strict=True))
        return [encoded[i] for i in range(len(pairs))]

    def _run(self, batches: Sequence[Sequence[tuple[str, str]]]) -> Iterable[list[Encoded]]:
        """Run batches side by side, one thread each.

        Several threads on one batch wait for each other at every layer, which on a busy machine costs more than it
        gains (measured: 42 passages a second with one thread, 8 with two).
        """
        if self._threads is None:
            import torch

            self._threads = ThreadPoolExecutor(
                max_workers=os.cpu_count(),
                thread_name_prefix="encoder",
                initializer=torch.set_num_threads,
                initargs=(1,),
            )
        return self._threads.map(self._forward, batches)

    def _forward(self, pairs: Sequence[tuple[str, str]]) -> list[Encoded]:
        """Run the model once over a batch."""
        import torch

        model = self._model
        with self._tokenizing:  # the tokenizer keeps its padding as state and must not be shared
            batch = model.tokenizer(
                [context + text for context, text in pairs],
                padding=True,
                truncation=True,
                max_length=self._reads,
                return_offsets_mapping=True,
                return_tensors="pt",
            )
        offsets = batch.pop("offset_mapping").numpy()
        with torch.inference_mode():
            output = model(dict(batch))
        vectors = _unit(output["sentence_embedding"].float().numpy())
        tokens = output["token_embeddings"].float().numpy()
        results = []
        for row, (context, text) in enumerate(pairs):
            places = _without_space(offsets[row], context + text)
            # Special tokens and padding have empty offsets; the context's tokens end before the text begins.
            kept = (places[:, 1] > places[:, 0]) & (places[:, 0] >= len(context))
            spans = (places[kept] - len(context)).astype(np.int32)
            results.append(Encoded(vectors[row], _unit(tokens[row][kept]), spans))
        return results

    @property
    def _model(self) -> Any:
        with self._loading:
            if self._loaded is None:
                self._loaded = _load(self._folder, self.name)
        return self._loaded


def _without_space(offsets: npt.NDArray[np.int64], text: str) -> npt.NDArray[np.int64]:
    """Return tokens' places without the white space before a word, which some tokenizers count as part of it."""
    visible = np.arange(len(text) + 1)  # for each place the first one from there on that is not white space
    for at in range(len(text) - 1, -1, -1):
        if text[at].isspace():
            visible[at] = visible[at + 1]
    starts, ends = offsets[:, 0], offsets[:, 1]
    return np.stack([np.where(visible[starts] < ends, visible[starts], starts), ends], axis=1)


def _unit(rows: Floats) -> Floats:
    """Return rows scaled to length one; a row of zeros stays as it is."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit: Floats = rows / np.maximum(lengths, 1e-12)
    return unit.astype(np.float32, copy=False)


def _load(folder: Path, name: str) -> Any:
    """Load a model without a word to the terminal or the network."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer

    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    # bfloat16 is 2 to 3 times as fast where the processor has it, and as good (cosine to float32 above 0.9999).
    dtype = torch.bfloat16 if torch.cpu.get_capabilities().get("avx512_bf16") else torch.float32
    adapted = is_packaged(folder)
    kwargs = {"dtype": torch.float32 if adapted else dtype}
    try:
        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True, model_kwargs=kwargs)
    except Exception as error:  # damaged files make the libraries beneath raise anything
        raise ModelError(
            f"the model {name!r} in {folder} cannot be loaded: {error}; get the model again, or name another"
        ) from error
    if not getattr(model.tokenizer, "is_fast", False):
        raise ModelError(f"the model {name!r} has no fast tokenizer, which is needed to know where its tokens stand")
    if adapted:
        adapt(model[0].auto_model)
        model.to(dtype)
    return model.eval()
