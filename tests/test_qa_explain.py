"""Why an answer is what it is: every sum adds up to the number that it explains."""

import copy
import gc
import json
import math
import pickle
import weakref
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from conftest import WordEncoder
from test_qa_records import quote

from corpus.errors import InputError
from qa import Answer, Chatbot, Settings
from qa.choose import ELSEWHERE
from qa.confidence import beside_better, default_threshold
from qa.explain import Explanation


@pytest.fixture(params=[True, False], ids=["reader", "no reader"])
def bot(request: pytest.FixtureRequest, folder: Path, encoder: WordEncoder, tmp_path: Path) -> Iterator[Chatbot]:
    settings = Settings(reader=request.param)
    with Chatbot.open(folder, index=tmp_path / "index", encoder=encoder, settings=settings) as opened:
        yield opened


def test_every_sum_adds_up(bot: Chatbot) -> None:
    """Ranking score, passage score, late interaction and log-odds, with and without the reader, also of follow-ups."""
    history = [{"role": "user", "content": "Where is the harbour?"}]
    for answer in (bot.ask("How high is the tower?"), bot.ask("And when was it dredged?", history)):
        explanation = answer.explain()
        assert [explained.quote for explained in explanation.quotes] == list(answer.quotes)
        for rank, explained in enumerate(explanation.quotes):
            ranking = {part.name: part for part in explained.ranking}
            assert ("reader" in ranking) is bot.settings.reader
            assert explained.score == pytest.approx(sum(part.adds for part in explained.ranking), abs=1e-5)
            assert ranking["passage_score"].value == pytest.approx(sum(p.adds for p in explained.passage), abs=1e-5)
            assert ranking["late"].value == pytest.approx(sum(match.adds for match in explained.tokens), abs=1e-5)
            for odds in explained.odds:
                log_odds = odds.intercept + sum(part.adds for part in odds.evidence)
                assert odds.log_odds == pytest.approx(log_odds)
                assert odds.probability == pytest.approx(1 / (1 + math.exp(-log_odds)))
            product = math.prod(odds.probability for odds in explained.odds)
            if rank == 0:
                assert explained.quote.confidence == pytest.approx(product)
                continue
            better = [quote.quote.confidence for quote in explanation.quotes[:rank]]
            both, either = (beside_better(better, product, compatible=compatible) for compatible in (True, False))
            assert explained.quote.confidence in (pytest.approx(both), pytest.approx(either))
        scores = [explained.score for explained in explanation.quotes]
        assert scores == sorted(scores, reverse=True)


def test_a_second_quote_of_a_document_says_what_it_loses(bot: Chatbot) -> None:
    """The number of better quotes from there, times what each costs."""
    answer = bot.ask("How high is the tower, and when was it opened?")
    sources = [quote.source for quote in answer.quotes]
    assert len(set(sources)) < len(sources)
    for rank, explained in enumerate(answer.explain().quotes):
        lost = [part.adds for part in explained.ranking if part.name == "same_document"]
        times = sources[:rank].count(explained.quote.source)
        assert lost == ([pytest.approx(-ELSEWHERE * times)] if times else [])
        assert explained.sentence in explained.quote.text


def test_words_are_told_with_their_places(bot: Chatbot) -> None:
    """Rarest first, spelled as in the question; "towers" is found as "tower"."""
    explained = bot.ask("Do towers of 93 bricks open?").explain().quotes[0]
    assert explained.quote.text == "The tower is 93 metres high."
    assert {word.word: word.place for word in explained.words} == {
        "towers": "sentence",
        "93": "sentence",
        "bricks": "nowhere",
        "open": "passage",
    }
    assert explained.words[0].word == "bricks"


def test_the_coverage_is_that_of_the_words(bot: Chatbot) -> None:
    """The share of their rarity that was found is what ranked the quote."""
    for explained in bot.ask("How high are the tower and the harbour?").explain().quotes:
        total = sum(word.rarity for word in explained.words)
        here = sum(word.rarity for word in explained.words if word.place == "sentence")
        around = sum(word.rarity for word in explained.words if word.place != "nowhere")
        assert next(p.value for p in explained.ranking if p.name == "sentence_coverage") == pytest.approx(here / total)
        assert next(p.value for p in explained.passage if p.name == "passage_coverage") == pytest.approx(around / total)


def test_the_threshold_is_the_one_that_was_used(folder: Path, encoder: WordEncoder, tmp_path: Path) -> None:
    """The measured default, or the user's."""
    for threshold in (None, 0.7):
        settings = Settings(threshold=threshold)
        with Chatbot.open(folder, index=tmp_path / "index", encoder=encoder, settings=settings) as bot:
            used = bot.ask("How high is the tower?").explain().threshold
        assert used == (default_threshold(reader=True) if threshold is None else threshold)


def test_an_answer_is_explained_after_its_index_is_closed(folder: Path, encoder: WordEncoder, tmp_path: Path) -> None:
    """And it does not keep the index in memory."""
    with Chatbot.open(folder, index=tmp_path / "index", encoder=encoder) as bot:
        answer = bot.ask("How high is the tower?")
        before = str(answer.explain())
        index = weakref.ref(bot._index)
    del bot
    gc.collect()
    assert index() is None
    assert str(answer.explain()) == before


def test_nothing_is_encoded_until_it_is_explained(folder: Path, encoder: WordEncoder, tmp_path: Path) -> None:
    """The passages of the quotes are read again, once each, and only then."""
    with Chatbot.open(folder, index=tmp_path / "index", encoder=encoder) as bot:
        read = encoder.passages_encoded
        answer = bot.ask("How high is the tower, and when was it opened?")
        assert encoder.passages_encoded == read
        answer.explain()
        passages = {(quote.source, quote.passage_start) for quote in answer.quotes}
        assert encoder.passages_encoded == read + len(passages)


def test_an_explanation_is_plain_json(bot: Chatbot) -> None:
    """And the answer's own record is what it was without explanations."""
    answer = bot.ask("How high is the tower?")
    record = answer.explain().to_dict()
    assert json.loads(json.dumps(record)) == {**record, "quotes": json.loads(json.dumps(record["quotes"]))}
    assert {name: record[name] for name in ("question", "answered")} == {
        "question": "How high is the tower?",
        "answered": answer.answered,
    }
    first = record["quotes"][0]
    assert first["quote"] == answer.quotes[0].to_dict()
    assert [odds["name"] for odds in first["odds"]] == ["topic", "sentence"]
    assert first["odds"][0]["evidence"][0].keys() == {"name", "value", "weight", "adds"}
    assert first["ranking"][0].keys() == {"name", "value", "weight", "adds"}
    assert first["tokens"][0].keys() == {"question", "sentence", "cosine", "share", "adds"}
    assert answer.to_dict() == {k: v for k, v in asdict(answer).items() if k != "explainer"}
    assert "explain" not in repr(answer)
    assert "explainer" not in answer.to_dict()


def test_a_copy_is_equal_and_cannot_be_explained(bot: Chatbot) -> None:
    """The model is not copied or pickled with an answer; the error says what to do instead."""
    answer = bot.ask("How high is the tower?")
    for same in (pickle.loads(pickle.dumps(answer)), copy.deepcopy(answer), replace(answer, explainer=None)):
        assert same == answer
        with pytest.raises(InputError, match="explain the one `ask` returned"):
            same.explain()


def test_no_quotes_no_explanation(encoder: WordEncoder) -> None:
    """An answer without quotes says so."""
    from index.search import Weights
    from qa.explain import explainer

    answer = Answer("Why?", "Why?", False, 0.0, (), (), (), explainer(encoder, Weights(), 0.5, ()))
    assert answer.explain() == Explanation(answer, 0.5, ())
    assert quote().text not in str(answer.explain())
