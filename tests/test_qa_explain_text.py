"""An explanation as people read it."""

import re

import pytest
from rich.cells import cell_len
from test_qa_records import quote

from index.matches import TokenMatch
from qa.explain import Explanation, Odds, Part, QuoteExplanation, WordMatch
from qa.explain_text import explanation_text
from qa.records import Answer


def explanation(
    words: int = 2,
    tokens: int = 2,
    *,
    answered: bool = True,
    text: str = "It opened in 1889.",
    sentence: str = "",
    confidence: float = 0.44,
) -> str:
    shown = quote(text=text, start=0, end=len(text), confidence=confidence)
    explained = QuoteExplanation(
        quote=shown,
        sentence=sentence or text,
        score=1.25,
        ranking=(Part("late", 0.75, 1.0), Part("passage_score", 1.0, 0.5)),
        passage=(Part("best_late", 0.8, 1.0), Part("passage_coverage", 1.0, 0.2)),
        dense=0.625,
        words=tuple(WordMatch(f"word{n}", 2.0, "passage") for n in range(words)),
        tokens=tuple(TokenMatch(f"piece{n}", "match", 0.5, 0.5) for n in range(tokens)),
        odds=(
            Odds("topic", 2.0, (), 2.0, 0.88),
            Odds("sentence", -1.0, (Part("margin", 0.1, 10.0), Part("some_new_evidence", 0.0, 3.0)), 0.0, 0.5),
        ),
    )
    answer = Answer("When?", "When?" if answered else "Who? When?", answered, 0.5, (shown,))
    return explanation_text(Explanation(answer, 0.25, (explained,)))


def rows(text: str) -> list[list[str]]:
    return [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()]


def test_each_number_stands_beside_what_it_is() -> None:
    """Values, weights and what they add, their sums, the probability and the threshold."""
    text = explanation()
    assert "Answered: the confidence, 50.0%, reaches the threshold of 25.0%." in text
    for row in (
        ["Rank", "score", "weight", "adds"],
        ["late interaction of the sentence", "0.750", "1.000", "0.750"],
        ["score of its passage", "1.000", "0.500", "0.500"],
        ["the question's words in the passage", "1.000", "0.200"],
        ["sum, which sorts the quotes", "1.250"],
        ["cosine with the passage (only finds it)", "0.625"],
        ["word0", "2.00", "in its passage"],
        ["piece0 ~ match", "0.500", "0.500", "0.250"],
        ["without any evidence", "-1.000"],
        ["lead over other passages, 0.1 at the most", "0.100", "10.000", "+1.000"],
        ["some new evidence", "0.000", "3.000", "+0.000"],
        ["sum", "+0.000"],
        ["probability, 1 / (1 + exp(-sum))", "50.0%"],
        ["The documents speak of it", "88.0%"],
        ["If so, this sentence says it", "50.0%"],
        ["product", "44.0%"],
    ):
        assert row in rows(text)
    assert "leaves" not in text


def test_a_quote_beside_a_surer_one_says_what_that_leaves() -> None:
    assert ["what the better quotes leave of it", "12.0%"] in rows(explanation(confidence=0.12))


def test_a_refusal_says_why() -> None:
    """And what was searched for, where that is not the question."""
    text = explanation(answered=False)
    assert "Searched for: Who? When?\nNot answered: the confidence, 50.0%, is below the threshold of 25.0%." in text


def test_the_sentence_that_won_is_named_in_a_wider_quote() -> None:
    """Only there."""
    assert "   for its sentence “1889.”\n" in explanation(sentence="1889.")
    assert "for its sentence" not in explanation()


def test_long_lists_are_cut_short() -> None:
    """The rest is counted, and what its tokens add."""
    text = explanation(words=12, tokens=9)
    assert ["and 4 that are less rare"] in rows(text)
    assert ["and 4 that add less", "1.000"] in rows(text)
    assert "word8" not in text
    assert "piece5" not in text
    assert "Words of the question" not in explanation(words=0)
    assert "Token ~" not in explanation(tokens=0)


@pytest.mark.parametrize(
    "text", ["word " * 60 + "end.", "x" * 300, "这座塔建于一八八九年。" * 20, "\x1b[2J[red]\x07 ok"]
)
def test_it_fits_80_columns_and_steers_nothing(text: str) -> None:
    """Whatever the quote is: long words, wide letters, escape sequences, markup."""
    shown = explanation(text=text)
    assert max(map(cell_len, shown.splitlines())) <= 80
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", shown)
    assert ("[red]" in text) == ("[red]" in shown)
