"""What programs are told has the form that is published."""

from dataclasses import fields

from test_page import quote

from qa.records import Answer
from qa.replies import AnswerReply, Found, shortened


def test_an_answer_is_told_whole() -> None:
    answer = Answer("How much?", "How much?", True, 0.9, (quote(), quote(0, 10)), (1,))
    assert set(answer.to_dict()) == {field.name for field in fields(AnswerReply)}


def test_a_shortened_answer_differs_only_in_quotes_that_it_has() -> None:
    answer = Answer("How much?", "How much?", True, 0.9, (quote(), quote(0, 10), quote()), (1, 2))
    assert shortened(answer, 2) == Answer("How much?", "How much?", True, 0.9, answer.quotes[:2], (1,))
    assert shortened(answer, 3) == answer


def test_a_search_that_finds_nothing_is_an_object_too() -> None:
    assert Found(()).to_dict() == {"hits": ()}
