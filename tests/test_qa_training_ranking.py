"""The script that trains a reader to choose among what a search finds."""

import json
import random
from pathlib import Path

import pytest
import torch

from qa.reader import Reader
from qa.reader_model import WEIGHTS
from qa.training import ranking


@pytest.fixture
def found(labelled: Path) -> list[ranking.List]:
    """What is read for the sixteen questions."""
    return list(ranking.lists(labelled / "towns", 100, exact=True))


def test_training_writes_a_reader(labelled: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The record names the sets and the steps; the file passes the checks of its loader and scores sentences."""
    out = tmp_path / "out"
    towns = str(labelled / "towns")
    ranking.main([str(WEIGHTS), str(out), "--sets", towns, "--minutes", "5", "--threads", "1"])
    trained = json.loads((out / "reader.json").read_text("utf-8"))["trained"]
    assert (trained["data"], trained["steps"]) == (["towns"], 4)
    (scores,) = Reader.load(out / "reader.safetensors").read("When?", [("It was 1889.", [(0, 12)])])
    assert scores.sentences.shape == (1,)
    assert "towns: 16 questions so far" in capfd.readouterr().err


def test_sets_beside_are_trained_on_too(labelled: Path, tmp_path: Path) -> None:
    """The same lists, in the same steps, and other weights."""
    towns, records = str(labelled / "towns"), []
    for name, more in (("alone", []), ("beside", ["--beside", towns])):
        ranking.main([str(WEIGHTS), str(tmp_path / name), "--sets", towns, *more, "--threads", "1"])
        records.append(json.loads((tmp_path / name / "reader.json").read_text("utf-8")))
    alone, beside = records
    assert (alone["trained"]["beside"], beside["trained"]["beside"]) == ([], ["towns"])
    assert alone["trained"]["steps"] == beside["trained"]["steps"]
    assert alone["sha256"] != beside["sha256"]


def test_what_is_read_is_what_an_answer_reads(found: list[ranking.List]) -> None:
    """Whole passages with their sentences' scores; the answer is a whole sentence; half of the questions have none."""
    answered = [item for item in found if any(example.answers for example in item.passages)]
    assert len(answered) == len(found) / 2
    for item in found:
        assert 1 <= len(item.passages) <= ranking.PASSAGES
        for example, scores in zip(item.passages, item.scores, strict=True):
            assert len(example.sentences) == len(scores)
            assert set(example.answers) <= set(example.sentences)


def test_a_rough_set_teaches_nothing_of_questions_without_an_answer(labelled: Path) -> None:
    """Its labels do not say that there is none."""
    rough = list(ranking.lists(labelled / "towns", 100, exact=False))
    assert all(any(example.answers for example in item.passages) for item in rough)
    assert len(rough) == 8


def test_the_loss_asks_for_the_right_sentence_first(found: list[ranking.List]) -> None:
    """It is small where the reader's margin puts the answer before all others, and large where it puts it last."""
    item = next(item for item in found if any(example.answers for example in item.passages))
    most = 1 + max(len(example.sentences) for example in item.passages)
    tokens = torch.eye(most, dtype=torch.bool).repeat(len(item.passages), 1, 1)  # one token a sentence
    wanted = torch.zeros(len(item.passages), most)
    for row, example in enumerate(item.passages):
        for n, span in enumerate(example.sentences, 1):
            wanted[row, n] = span in example.answers
        wanted[row, 0] = not example.answers
    wanted /= wanted.sum(1, keepdim=True)
    good = (wanted * 20)[:, :, None].repeat(1, 1, 2)
    right, none, wrong = (
        float(ranking.losses(logits, tokens, wanted, [item])) for logits in (good, torch.zeros_like(good), -good)
    )
    assert right < 0.1 < none < wrong


def test_an_epoch_has_every_list_once(found: list[ranking.List]) -> None:
    """In steps of as many as fit."""
    epoch = list(ranking.steps(found, random.Random(0)))
    assert sorted(id(item) for step in epoch for item in step) == sorted(map(id, found))
    assert {len(step) for step in epoch} == {ranking.QUESTIONS}
