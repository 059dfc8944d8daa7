"""The reader: question and passage read together, a score for every sentence against there being no answer.

A small model of our own (MODEL_CARD.md): MiniLM with two logits a token, start and end of the answer; the first token,
[CLS], stands for "no answer" (SQuAD 2.0, Rajpurkar et al. 2018; the head: Devlin et al. 2019, section 4.3). A sentence
scores the log-sum-exp of its starts plus that of its ends, as in training (`qa.training.reader.sentence_loss`), minus
the two logits of [CLS]. Scores are differences of logits, higher is better: above 0 the model leans towards an answer
in that sentence. They are not probabilities.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qa.reader_model import load_model

_CLS, _SEP = 101, 102  # of BERT's uncased vocabulary
_TOKENS = 288  # question + passage in one pass: as in training
_QUESTION_TOKENS = 64  # the rest of a longer question is not read
_BEFORE_WORDS, _BEFORE_TOKENS = 40, 64  # the last of what was said before; the rest is not read
_CONTEXT_CHARACTERS = 120  # the rest of a longer title with its headings, the front, is not read
_OVERLAP = 96  # tokens that two windows of a passage too long for one pass share

TURN = " | "
"""Between what was said before and the question, and between its turns."""

Passages = Sequence[tuple[str, Sequence[tuple[int, int]]]]
"""Each passage's text, and its sentences in code points of that text, end exclusive."""


@dataclass(frozen=True, slots=True)
class ReaderScores:
    """What the reader makes of one passage.

    Args:
        sentences: (n,) float32: each sentence's margin over "no answer"; -inf for a sentence without a token.
        spans: (n, 2) int32: the likeliest answer inside each sentence, code points of the passage, end exclusive;
            empty at the sentence's start where it has no token.
    """

    sentences: npt.NDArray[np.float32]
    spans: npt.NDArray[np.int32]

    @property
    def margin(self) -> float:
        """The best sentence's score; -inf where there is nothing to read."""
        return float(self.sentences.max(initial=-np.inf))

    @property
    def answer(self) -> tuple[int, int] | None:
        """Where the passage's likeliest answer stands, code points; None where there is nothing to read."""
        if self.margin == -np.inf:
            return None
        start, end = self.spans[self.sentences.argmax()].tolist()
        return start, end


def about(context: str) -> str:
    """Return what is read before a passage: what it is about without saying so, cut to its last words if it is long.

    Args:
        context: its document's title and its headings, the innermost last; may be empty.
    """
    if len(context) > _CONTEXT_CHARACTERS:
        context = context[-_CONTEXT_CHARACTERS:].partition(" ")[2]
    words = " ".join(context.split())
    return f"{words}. " if words else ""


def said_before(turns: Sequence[str]) -> str:
    """Return what a follow-up leans on as the reader reads it, before the question itself.

    Args:
        turns: the last one first.
    """
    return " ".join(TURN.join(reversed(turns)).split()[-_BEFORE_WORDS:])


class Reader:
    """The model in memory. Reading changes nothing in it, so threads may share one.

    Args:
        body: a `transformers.BertModel`, or what is called like one.
        head: from its last hidden states to (..., 2) logits: start, end.
        tokenizer: its `tokenizers.Tokenizer`.
    """

    def __init__(self, body: Any, head: Any, tokenizer: Any) -> None:
        self._body, self._head, self._tokenizer = body, head, tokenizer
        self._threads: ThreadPoolExecutor | None = None

    @classmethod
    def load(cls, path: Path | None = None) -> "Reader":
        """Load the packaged reader, or the one in a `.safetensors` file that `qa.training.reader` wrote.

        Raises:
            ModelError: a file is missing, damaged, of another kind, or made for another base model.
        """
        return cls(*load_model(path))

    def read(self, question: str, passages: Passages, turns: Sequence[str] = ()) -> list[ReaderScores]:
        """Score every sentence of some passages.

        A passage too long for one pass is read in overlapping windows, and a sentence keeps its best score.

        Args:
            question: read as far as its 64th token.
            passages: (text, its sentences in code points of the text, end exclusive), in any order.
            turns: what was said before that the question leans on, the last one first; the last 40 words are read.

        Returns:
            One record a passage, in the order given.
        """
        asked = self._tokenizer.encode(question, add_special_tokens=False).ids[:_QUESTION_TOKENS]
        if turns:
            before = self._tokenizer.encode(said_before(turns) + TURN, add_special_tokens=False).ids
            asked = before[-_BEFORE_TOKENS:] + asked
        room = _TOKENS - 3 - len(asked)
        results: list[ReaderScores] = []
        windows: list[tuple[int, list[int], npt.NDArray[np.int32]]] = []
        for number, (text, sentences) in enumerate(passages):
            tokens = self._tokenizer.encode(text, add_special_tokens=False)
            offsets = np.array(tokens.offsets, np.int32).reshape(-1, 2)
            nowhere = np.array([(start, start) for start, _ in sentences], np.int32).reshape(-1, 2)
            results.append(ReaderScores(np.full(len(sentences), -np.inf, np.float32), nowhere))
            windows.extend(
                (number, tokens.ids[first : first + room], offsets[first : first + room])
                for first in range(0, max(len(offsets) - _OVERLAP, 1), room - _OVERLAP)
            )
        windows.sort(key=lambda window: -len(window[1]))  # the longest first, so that the cores end together
        # Windows are passes of their own: two in one cost the same on two cores, and leave one of them idle.
        forwards = self._pool().map(lambda window: self._forward(asked, window[1]), windows)
        for (number, _, offsets), logits in zip(windows, forwards, strict=True):
            none = logits[0].sum()
            own = logits[len(asked) + 2 : -1]
            _raise_scores(results[number], own - none / 2, offsets, passages[number][1])
        return results

    def _pool(self) -> ThreadPoolExecutor:
        """Return the threads that passes run on side by side, each with one of torch's; see `index.encoder`."""
        if self._threads is None:
            import torch

            self._threads = ThreadPoolExecutor(
                os.cpu_count(), thread_name_prefix="reader", initializer=torch.set_num_threads, initargs=(1,)
            )
        return self._threads

    def _forward(self, question: list[int], window: list[int]) -> npt.NDArray[np.float32]:
        """Return (tokens, 2) logits for [CLS] question [SEP] window [SEP]."""
        import torch

        ids = torch.tensor([[_CLS, *question, _SEP, *window, _SEP]])
        second = torch.zeros_like(ids)
        second[:, len(question) + 2 :] = 1
        with torch.inference_mode():
            states = self._body(input_ids=ids, token_type_ids=second).last_hidden_state
            logits: npt.NDArray[np.float32] = self._head(states.float()).numpy()[0]
        return logits


def _raise_scores(
    result: ReaderScores,
    logits: npt.NDArray[np.float32],
    offsets: npt.NDArray[np.int32],
    sentences: Sequence[tuple[int, int]],
) -> None:
    """Raise a passage's scores, in place, to what one window of it says.

    Args:
        result: the passage's scores so far.
        logits: (n, 2): start and end for each token of the window, less half of what "no answer" has.
        offsets: (n, 2): where those tokens stand in the passage, code points.
        sentences: the passage's sentences.
    """
    for number, (start, end) in enumerate(sentences):
        inside = np.flatnonzero((offsets[:, 0] >= start) & (offsets[:, 1] <= end))
        if not len(inside):
            continue
        opens, closes = logits[inside].T
        score = float(np.logaddexp.reduce(opens) + np.logaddexp.reduce(closes))
        if score > result.sentences[number]:
            last = int((np.maximum.accumulate(opens) + closes).argmax())  # each end, with the best start up to it
            first = int(opens[: last + 1].argmax())
            result.sentences[number] = score
            result.spans[number] = offsets[inside[first], 0], offsets[inside[last], 1]
