"""When two quotes contradict each other."""

import numpy as np
import pytest

from corpus.records import Span
from index.records import StoredPassage
from index.search import Candidate
from qa.agreement import differing, says_the_same
from qa.choose import Choice

QUESTION = "When was the port of Ardala opened?"


def choice(
    source: str, text: str, answer: str | None = None, *, score: float = 0.9, covered: float = 1, margin: float = 3
) -> Choice:
    """A quote of one sentence; without an answer it was not read."""
    passage = StoredPassage(1, source, "Title", 0, text, (), (Span(0, len(text)),), ())
    values = np.array([covered], np.float32)
    candidate = Candidate(passage, score, 0.5, covered, 0.0, values, 0 * values, values, values)
    return Choice(candidate, 0, score, None if answer is None else margin, answer)


OPENED = choice("a.txt", "The port of Ardala opened in 1889.", "1889")


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ("The port of Ardala opened in 1891.", "1891", (1,)),
        ("The port of Ardala opened in 1889.", "1889", ()),
        ("The port of Ardala opened in May 1889.", "May 1889", ()),
        ("The port of Ardala opened with two ships.", "two ships", ()),
        ("The port of Ardala opened late.", "late", ()),
        ("The port of Ardala opened in 1891.", None, (1,)),
    ],
)
def test_another_year_is_a_contradiction(text: str, answer: str | None, expected: tuple[int, ...]) -> None:
    """The same, a more exact one, a count and no number at all are none; unread sentences are compared whole."""
    assert differing(QUESTION, [OPENED, choice("b.txt", text, answer)]) == expected


def test_words_for_numbers_count() -> None:
    """Three is not four, and 1,200 is 1200."""
    first = choice("a.txt", "It has three arches.", "three arches")
    assert differing("How many arches?", [first, choice("b.txt", "It has 4 arches.", "4")]) == (1,)
    assert differing("How many arches?", [first, choice("b.txt", "It has 3 arches.", "3 arches")]) == ()
    thousand = choice("a.txt", "It has 1,200 berths.", "1,200")
    assert differing("How many berths?", [thousand, choice("b.txt", "It has 1200 berths.", "1200")]) == ()


def test_one_document_does_not_contradict_itself() -> None:
    """Two figures in one document are usually of two things."""
    assert differing(QUESTION, [OPENED, choice("a.txt", "The port of Ardala opened in 1891.", "1891")]) == ()


@pytest.mark.parametrize(("score", "covered", "margin"), [(0.5, 1, 3), (0.9, 0.2, 3), (0.9, 1, -1)])
def test_only_likely_answers_are_compared(score: float, covered: float, margin: float) -> None:
    """Not what ranks far below, speaks of something else, or answers nothing according to the reader."""
    other = choice("b.txt", "The mill opened in 1891.", "1891", score=score, covered=covered, margin=margin)
    assert differing(QUESTION, [OPENED, other]) == ()


def test_numbers_of_the_question_must_match() -> None:
    """What one document says of 1990 does not contradict what another says of 2000."""
    first = choice("a.txt", "In 1990 Ardala had 500 ships.", "500")
    question = "How many ships did Ardala have in 1990?"
    assert differing(question, [first, choice("b.txt", "In 2000 Ardala had 700 ships.", "700")]) == ()
    assert differing(question, [first, choice("b.txt", "In 1990 Ardala had 700 ships.", "700")]) == (1,)


def test_nothing_quoted_nothing_contradicted() -> None:
    """An empty answer agrees with itself."""
    assert differing(QUESTION, []) == ()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("1889", True), ("In May 1889,", True), ("18891", False), ("1891", False), ("", False), (None, False)],
)
def test_quotes_say_the_same_where_the_reader_marks_the_same_words(answer: str | None, expected: bool) -> None:
    other = choice("b.txt", "The port of Ardala opened then.", answer)
    assert says_the_same(OPENED, other) is says_the_same(other, OPENED) is expected
