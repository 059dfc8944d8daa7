"""The bundled documents and the real model: thirty questions with the right quote first, ten that nothing answers."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import Chatbot
from qa.chatbot import EXAMPLE_QUESTIONS

ROWS = [json.loads(line) for line in Path(__file__).with_name("bundled_questions.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    with Chatbot.open(index=tmp_path_factory.mktemp("bundled") / "index") as opened:
        yield opened


@pytest.mark.parametrize("row", [row for row in ROWS if row["answers"]], ids=lambda row: row["question"])
def test_the_first_quote_answers(bot: Chatbot, row: dict[str, list[str]]) -> None:
    """It holds a gold answer, it is verbatim, and the question counts as answered."""
    answer = bot.ask(str(row["question"]))
    first = answer.quotes[0]
    assert any(gold in first.text for gold in row["answers"]), first.text
    assert bot.text(first.source)[first.start : first.end] == first.text
    assert answer.answered, answer.confidence


@pytest.mark.parametrize("row", [row for row in ROWS if not row["answers"]], ids=lambda row: row["question"])
def test_what_the_documents_do_not_say_is_refused(bot: Chatbot, row: dict[str, str]) -> None:
    """Off-topic and on-topic."""
    answer = bot.ask(row["question"])
    assert not answer.answered, (answer.confidence, answer.quotes[0].text)


@pytest.mark.parametrize("question", EXAMPLE_QUESTIONS)
def test_the_example_questions_have_answers(bot: Chatbot, question: str) -> None:
    """A first click never leads to a refusal."""
    assert bot.ask(question).answered
