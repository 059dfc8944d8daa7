"""The script that trains the reader writes a file that the reader reads."""

import json
from pathlib import Path

import pytest

from qa import train_reader
from qa.reader import Reader

TOWNS = ["Ardala", "Benmor", "Corvey", "Dunlea", "Elmsby", "Farrow", "Gilton", "Harnow"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A set of eight documents of two paragraphs, each with a question that it answers and one that it does not."""
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


def test_training_writes_a_reader(data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The record names the sets and the steps; the file passes the checks of its loader and scores sentences."""
    out = tmp_path / "out"
    train_reader.main([str(data), str(out), "--sets", "towns", "--epochs", "1", "--threads", "1"])
    record = json.loads((out / "reader.json").read_text("utf-8"))
    assert record["trained"]["data"] == ["towns"]
    assert record["trained"]["finished"] is True
    assert record["trained"]["steps"] >= 1
    (scores,) = Reader.load(out / "reader.safetensors").read("When?", [("It was 1889.", [(0, 12)])])
    assert scores.sentences.shape == (1,)
    assert "examples, without answer" in capfd.readouterr().err
