"""A cross-encoder of the user's own in the reader's place: question and sentence read together, one score each."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import ModelError
from index.models import find_folder
from index.stopwords import content_words
from qa.reader import Passages, Reader, ReaderScores

_BATCH = 8  # pairs


class Reranker:
    """A cross-encoder in memory, used like a `qa.reader.Reader`.

    Args:
        model: a `sentence_transformers.CrossEncoder` with one output.
    """

    def __init__(self, model: Any) -> None:
        self._model = model

    @classmethod
    def load(cls, name: str) -> "Reranker":
        """Load a cross-encoder.

        Args:
            name: path of a folder, or a name in the local Hugging Face cache.

        Raises:
            ModelError: there is no such model, or it is no cross-encoder with one score.
        """
        folder = find_folder(name)
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import CrossEncoder

        try:
            model = CrossEncoder(str(folder), device="cpu", local_files_only=True)
        except Exception as error:  # damaged files make the libraries beneath raise anything
            raise ModelError(f"the reader {name!r} cannot be loaded: {error}; name another, or none") from error
        if model.num_labels != 1:
            raise ModelError(
                f"the reader {name!r} gives {model.num_labels} scores; name a cross-encoder that gives one (a reranker)"
            )
        return cls(model)

    def read(self, question: str, passages: Passages, turns: Sequence[str] = ()) -> list[ReaderScores]:
        """Score every sentence of some passages.

        Args:
            question: what is asked.
            passages: (text, its sentences in code points of the text, end exclusive), in any order.
            turns: what was said before that the question leans on, the last one first. Of these only the last question
                is read, and only with one that has no word of its own ("And when?"): it would be answered as well.

        Returns:
            One record a passage: the cross-encoder's logits, and as the answer the whole sentence.
        """
        from torch.nn import Identity

        if turns and not content_words(question):
            question = f"{turns[0]} {question}"
        pairs = [(question, text[start:end]) for text, sentences in passages for start, end in sentences]
        logits = self._model.predict(pairs, batch_size=_BATCH, activation_fn=Identity(), show_progress_bar=False)
        scores = iter(np.asarray(logits, np.float32).reshape(-1))
        return [
            ReaderScores(
                np.array([next(scores) for _ in sentences], np.float32),
                np.array(sentences, np.int32).reshape(-1, 2),
            )
            for _, sentences in passages
        ]


def load_reader(name: str | None) -> Reader | Reranker:
    """Return the reader that the settings name: the packaged one, a file that was trained, or a cross-encoder."""
    if name is None:
        return Reader.load()
    path = Path(name).expanduser()
    return Reader.load(path) if path.suffix == ".safetensors" else Reranker.load(name)
