"""The bundled documents and the real model."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import Chatbot
from qa.places import EXAMPLE_QUESTIONS

ROWS = [
    json.loads(line) for line in Path(__file__).with_name("bundled_questions.jsonl").read_text("utf-8").splitlines()
]

ANSWERABLE = [row for row in ROWS if row["answers"]]
UNANSWERABLE = [row for row in ROWS if not row["answers"]]
OFF_TOPIC = [
    "What is the boiling point of ethanol?",
    "Who painted the ceiling of the Sistine Chapel?",
    "How long should I bake a sourdough loaf?",
    "How many people live in Baku?",
    "How many Azerbaijani soldiers died while serving with KFOR?",
]


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    with Chatbot.open(index=tmp_path_factory.mktemp("bundled") / "index") as opened:
        yield opened


def test_quotes_are_verbatim_and_most_answer(bot: Chatbot) -> None:
    """Of fifty questions in words of their own, at least 43 have the right quote first and 45 among three.

    No further quote is surer than the first.
    """
    first = among_three = 0
    for row in ANSWERABLE:
        quotes = bot.ask(row["question"]).quotes
        right = [any(gold in quote.text for gold in row["answers"]) for quote in quotes]
        assert all(bot.text(quote.source)[quote.start : quote.end] == quote.text for quote in quotes)
        assert max(quote.confidence for quote in quotes) == quotes[0].confidence
        first += right[0]
        among_three += any(right)
    assert first >= 43
    assert among_three >= 45


def test_misspelled_words_are_put_right(bot: Chatbot) -> None:
    """In a search and in a follow-up too, and what was searched for is told; what is in quotation marks stays."""
    answer = bot.ask("Who signed the Partnershp for Peace documnt?")
    assert answer.understood == "Who signed the Partnership for Peace document?"
    assert answer.quotes == bot.ask(answer.understood).quotes
    assert bot.search("Partnershp for Peace") == bot.search("Partnership for Peace")
    history = [{"role": "user", "content": "Which programe is about terorism?"}]
    assert bot.understood("And who signed it?", history) == "Which programme is about terrorism? And who signed it?"
    quoted = 'Who signed the "Partnershp" for Peace document?'
    assert bot.understood(quoted) == quoted


def test_half_of_what_the_documents_do_not_answer_is_refused(bot: Chatbot) -> None:
    """Of twenty questions, most of them about the very things that the documents speak of, at least ten."""
    assert sum(not bot.ask(row["question"]).answered for row in UNANSWERABLE) >= 10


@pytest.mark.parametrize("question", OFF_TOPIC)
def test_what_the_documents_are_not_about_is_refused(bot: Chatbot, question: str) -> None:
    """With the closest passages all the same."""
    answer = bot.ask(question)
    assert not answer.answered, (answer.confidence, answer.quotes[0].text)
    assert answer.quotes


@pytest.mark.parametrize("question", EXAMPLE_QUESTIONS)
def test_the_example_questions_have_answers(bot: Chatbot, question: str) -> None:
    """A first click never leads to a refusal."""
    assert bot.ask(question).answered
