"""What several tests share: a small deterministic encoder, and files to index."""

import json
import re
import signal
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from index.encoder import Encoded

DIMENSION = 64
TOWNS = ["Ardala", "Benmor", "Corvey", "Dunlea", "Elmsby", "Farrow", "Gilton", "Harnow"]


class WordEncoder:
    """An encoder whose token vectors depend on the word alone: the same word is 1, two others are about 0.

    A text's vector is the mean of its words'. Enough of a model to rank by, and quick.
    """

    name = "words"
    languages: frozenset[str] = frozenset()
    is_packaged = True
    passage_room = 1_000

    def __init__(self, fingerprint: str = "words-1") -> None:
        self.fingerprint = fingerprint
        self.dimension = DIMENSION
        self.passages_encoded = 0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(re.findall(r"\w+", text)) for text in texts]

    def encode_passages(self, texts: Sequence[str], contexts: Sequence[str]) -> list[Encoded]:
        self.passages_encoded += len(texts)
        return [_encode(text) for text in texts]

    def encode_question(self, text: str) -> Encoded:
        return _encode(text)


class PieceEncoder(WordEncoder):
    """A model that has only one word as a whole; every other is two tokens."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [
            1 if text == "harbor" else 2 * count for text, count in zip(texts, super().count_tokens(texts), strict=True)
        ]


def _encode(text: str) -> Encoded:
    words = list(re.finditer(r"\w+", text))
    tokens = np.stack([_vector(word.group().casefold()) for word in words] or [_vector("")])
    spans = np.array([word.span() for word in words] or [(0, 1)], np.int32)
    mean = tokens.mean(axis=0)
    return Encoded((mean / np.linalg.norm(mean)).astype(np.float32), tokens, spans)


def _vector(word: str) -> np.ndarray:
    vector = np.random.default_rng(zlib.crc32(word.encode())).normal(size=DIMENSION)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def hear_ctrl_c() -> None:
    """Let a child process hear Ctrl-C, which it would not where the tests themselves run in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three small documents."""
    path = tmp_path / "papers"
    path.mkdir()
    (path / "harbour.txt").write_text("The harbour was dredged in 1932. Ships wait outside.", "utf-8")
    (path / "tower.md").write_text("# The tower\n\nThe tower is 93 metres high. It opened in 1889.\n", "utf-8")
    (path / "museum.html").write_text("<title>Museum</title><p>The museum closes at five.</p>", "utf-8")
    return path


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a file under the test's own folder and return its path."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    return write


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A folder with a labelled set, `towns`: eight documents of two paragraphs.

    Each has a question that it answers and one that it does not.
    """
    folder = tmp_path / "towns"
    folder.mkdir()
    documents, questions = [], []
    for number, town in enumerate(TOWNS):
        first = f"The town of {town} was founded in {1700 + number} by fishermen. Its market is held on the square."
        text = f"{first}\n\nThe bridge of {town} has {number + 3} arches. It was built of grey stone from the hills."
        documents.append({"id": town, "title": town, "text": text})
        year = str(1700 + number)
        gold = {"text": year, "start": text.index(year), "document_id": town}
        base = {"document_id": [town], "paragraph": [0, len(first)]}
        questions.append(base | {"id": f"{town}-1", "question": f"When was {town} founded?", "answers": [gold],
                                 "answerable": True})  # fmt: skip
        questions.append(base | {"id": f"{town}-2", "question": f"Who rules {town}?", "answers": [],
                                 "answerable": False})  # fmt: skip
    for name, rows in (("documents", documents), ("questions", questions)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return tmp_path
