"""The records of an answer check themselves and become plain JSON."""

import json

import pytest

from qa.records import Answer, DocumentRecord, Hit, Quote


def quote(**changes: object) -> Quote:
    values = {
        "text": "It opened in 1889.",
        "source": "/papers/tower.pdf",
        "title": "The tower",
        "page": 3,
        "heading": "History",
        "start": 10,
        "end": 28,
        "confidence": 0.9,
        "passage_start": 0,
        "passage_end": 40,
    }
    return Quote(**{**values, **changes})  # type: ignore[arg-type]


def test_a_quote_is_as_long_as_its_place() -> None:
    """A text that cannot be the slice that it claims to be is refused."""
    with pytest.raises(ValueError, match=r"18 characters cannot stand at 10\.\.20"):
        quote(end=20)
    with pytest.raises(ValueError, match="cannot stand"):
        quote(text="", end=10)


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_a_confidence_is_a_probability(confidence: float) -> None:
    """Numbers outside 0..1 are refused."""
    with pytest.raises(ValueError, match="probability"):
        quote(confidence=confidence)


def test_an_answer_is_plain_json() -> None:
    """`to_dict` of each record survives JSON unchanged."""
    answer = Answer("When?", "When?", answered=True, confidence=0.9, quotes=(quote(),))
    record = answer.to_dict()
    assert json.loads(json.dumps(record)) == {**record, "quotes": [quote().to_dict()], "differing": [], "notes": []}
    hit = Hit("text", "a", "A", None, None, 0, 4, 0.5)
    document = DocumentRecord("a", "A", "text", None, 1, "2026-01-01", ("note",))
    assert json.loads(json.dumps([hit.to_dict(), document.to_dict()]))[0]["text"] == "text"


def test_printing_an_answer_gives_the_quote_then_its_citation() -> None:
    """`print(answer)` is the first quote, then title, page, heading and file."""
    answer = Answer("When?", "When?", answered=True, confidence=0.9, quotes=(quote(), quote(text="x" * 18)))
    assert str(answer) == "“It opened in 1889.”\n  — The tower, p. 3, “History” (tower.pdf)"
    assert str(answer.quotes[0]) == str(answer)


def test_printing_a_refusal_says_so() -> None:
    """A refusal begins with words that say that there is no answer; without quotes that is all."""
    refusal = Answer("When?", "When?", answered=False, confidence=0.1, quotes=(quote(),))
    assert str(refusal).startswith("The documents don't seem to answer this. The closest passage:\n“It opened")
    assert str(Answer("When?", "When?", False, 0.0, ())) == "The documents don't seem to answer this."
