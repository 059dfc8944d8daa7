"""A conversation that comes back from outside is taken only if it is one."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import InputError
from qa.records import Answer, Quote
from qa.turns import Mark, Turn, answer_from, turn_from, turn_of

QUOTE = Quote("words", "/a.txt", "A", 2, None, 3, 8, 1, 0, 20)
ANSWER = Answer("What?", "Which? What?", True, 0.5, (QUOTE, replace(QUOTE, page=None, heading="H")), (1,))
NAMES = ["question", "answer", "quotes", "vote", "x"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["question", "answer", "quotes", "vote", "x"]), inner)
    ),
)


@pytest.mark.parametrize(
    "turn",
    [
        turn_of(ANSWER),
        replace(turn_of(ANSWER), vote=Mark("id", "up", "exact", "yes")),
        Turn("", "2026-01-01T00:00:00+00:00", problem="the question is empty"),
    ],
)
def test_a_turn_comes_back_as_it_was(turn: Turn) -> None:
    assert turn_from(json.loads(json.dumps(turn.to_dict()))) == turn


@pytest.mark.parametrize(
    "change",
    [
        {"text": 5},
        {"text": "longer"},
        {"start": "3"},
        {"start": True},
        {"page": "2"},
        {"confidence": 1.5},
        {"confidence": None},
        {"source": ["/a"]},
    ],
)
def test_a_quote_that_is_none(change: dict[str, Any]) -> None:
    values = ANSWER.to_dict()
    with pytest.raises(InputError):
        answer_from({**values, "quotes": [{**values["quotes"][0], **change}]})


@pytest.mark.parametrize(
    "change",
    [{"quotes": None}, {"quotes": ["a"]}, {"answered": 1}, {"question": None}, {"differing": 1}, {"quotes": []}],
)
def test_an_answer_that_is_none(change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        answer_from({**ANSWER.to_dict(), **change})


def test_a_field_that_is_missing() -> None:
    values = ANSWER.to_dict()
    del values["understood"]
    with pytest.raises(InputError, match="this is no answer"):
        answer_from(values)


@given(ANYTHING)
def test_anything_else_is_refused_or_taken_as_an_empty_turn(value: object) -> None:
    try:
        turn = turn_from(value)
    except InputError:
        return
    assert isinstance(turn.question, str)
    assert turn.answer is None or isinstance(turn.answer, Answer)
