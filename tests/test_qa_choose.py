"""Which sentences are quoted."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from corpus.records import Span
from index.asked import Asked, AskedTurn
from index.records import StoredPassage
from index.search import Candidate
from qa.choose import LEAST_MARGIN, OVERLAP_WEIGHT, READER_WEIGHT, choose, read
from qa.reader import Passages, Reader, ReaderScores


def candidate(number: int, scores: dict[str, float]) -> Candidate:
    text = " ".join(scores)
    starts = [text.index(sentence) for sentence in scores]
    spans = tuple(Span(start, start + len(s)) for start, s in zip(starts, scores, strict=True))
    values = np.array(list(scores.values()), np.float32)
    passage = StoredPassage(number, f"{number}.txt", "Title", 0, text, (), spans, ())
    return Candidate(passage, float(values.max()), 0.5, 0.5, 0.0, values, 0 * values, values, values)


def test_the_best_sentences_come_first_wherever_they_stand() -> None:
    """Sentences of all candidates compete; two of one passage may both win."""
    found = [candidate(1, {"One.": 0.2, "Two.": 0.9, "Three.": 0.8}), candidate(2, {"Four.": 0.85})]
    assert [choice.text for choice in choose(found, {}, 3)] == ["Two.", "Four.", "Three."]


def test_nothing_is_said_twice() -> None:
    """A sentence with the same words, in another place or another dress, is left out."""
    found = [candidate(1, {"It opened in 1889.": 0.9}), candidate(2, {"IT OPENED, in 1889!": 0.8, "Other.": 0.1})]
    assert [choice.text for choice in choose(found, {}, 3)] == ["It opened in 1889.", "Other."]


def test_a_line_without_words_is_no_quote() -> None:
    """Rules and bullets are never quoted."""
    assert [choice.text for choice in choose([candidate(1, {"* * *": 0.9, "Words.": 0.1})], {}, 3)] == ["Words."]


def test_a_question_whose_answer_is_quoted_is_no_second_quote() -> None:
    """Where the answer stands alone, the question adds nothing."""
    answer = "The harbour is nine fathoms deep at low water, and eleven when the moon is full and the wind westerly."
    found = [candidate(1, {"How deep is it?": 0.6, answer: 0.9, "Other.": 0.1})]
    assert [choice.text for choice in choose(found, {}, 3)] == [answer, "Other."]


def test_what_the_question_says_itself_is_no_answer() -> None:
    """Where a document repeats a question of several sentences; a sentence that is looked up as it stands is quoted."""
    told = candidate(1, {"I have a modem.": 0.9, "Open the lid.": 0.5})
    for question, quoted in (
        ("I have a modem. What now?", ["Open the lid."]),
        ("I have a modem.", ["I have a modem.", "Open the lid."]),
    ):
        found = [replace(told, asked=Asked((AskedTurn(question, 1.0, "en"),)))]
        assert [choice.text for choice in choose(found, {}, 3)] == quoted


def test_the_reader_knows_where_a_passage_stands() -> None:
    """It reads title and headings first, and its answers are still words of the passage."""

    class Careful(Reader):
        def read(self, question: str, passages: Passages, turns: Sequence[str] = ()) -> list[ReaderScores]:
            ((text, spans),) = passages
            assert text == "Title. One. Two."
            return [ReaderScores(np.array([1, 2], np.float32), np.array([(a, b - 1) for a, b in spans], np.int32))]

    found = [candidate(1, {"One.": 0.9, "Two.": 0.5})]
    reading = read("Which?", found, Careful(None, None, None), 1)
    assert [choice.answer for choice in choose(found, reading, 2)] == ["One", "Two"]


def test_no_candidates_no_quotes() -> None:
    """An empty search chooses nothing."""
    assert choose([], {}, 3) == []


def read_as(*margins: float) -> ReaderScores:
    """What a reader says of a passage's sentences; the likeliest answer is each one's first three characters."""
    return ReaderScores(np.array(margins, np.float32), np.array([(0, 3)] * len(margins), np.int32))


def test_the_reader_has_its_say() -> None:
    """Its margin is added by its weight, the words count less; what was not read counts as the least likely read."""
    found = [candidate(1, {"One.": 0.5, "Two.": 0.45}), candidate(2, {"Three.": 0.46})]
    chosen = choose(found, {1: read_as(-5, 5)}, 3)
    assert [(choice.text, choice.margin) for choice in chosen] == [("Two.", 5), ("One.", -5), ("Three.", -5)]
    assert chosen[0].score == pytest.approx(0.45 + READER_WEIGHT * 5 + OVERLAP_WEIGHT * 0.45)

    assert [choice.answer for choice in chosen] == ["One", "One", None]


def test_what_the_reader_rules_out_is_ranked_by_the_search() -> None:
    """How surely it rules a sentence out does not count."""
    found = [candidate(1, {"One.": 0.5, "Two.": 0.45})]
    chosen = choose(found, {1: read_as(LEAST_MARGIN - 9, LEAST_MARGIN - 1)}, 3)
    assert [(choice.text, choice.margin) for choice in chosen] == [
        ("One.", LEAST_MARGIN - 9),
        ("Two.", LEAST_MARGIN - 1),
    ]
    assert chosen[0].score == pytest.approx(0.5 + READER_WEIGHT * LEAST_MARGIN + OVERLAP_WEIGHT * 0.5)


def test_a_second_quote_comes_from_elsewhere() -> None:
    """Of two sentences about as good, the one of another document is quoted; a better one wins all the same."""
    found = [candidate(1, {"One.": 0.9, "Two.": 0.85, "Three.": 0.5}), candidate(2, {"Four.": 0.84, "Five.": 0.6})]
    assert [choice.text for choice in choose(found, {}, 3)] == ["One.", "Four.", "Two."]


def test_quotes_are_widened_and_never_share_a_place() -> None:
    """A sentence that another quote has taken in is not quoted again."""
    found = [candidate(1, {"The port opened.": 0.5, "It closed.": 0.9, "Salt.": 0.1})]
    assert [choice.text for choice in choose(found, {}, 3)] == ["The port opened. It closed.", "Salt."]
    found = [candidate(1, {"The port opened.": 0.9, "It closed.": 0.5})]
    assert [choice.text for choice in choose(found, {}, 3)] == ["The port opened.", "It closed."]


def test_a_sentence_without_a_token_is_no_more_likely_than_any_other() -> None:
    """The reader's minus infinity is replaced by its least score; if it has no other, it has no say."""
    found = [candidate(1, {"One.": 0.5, "Two.": 0.45})]
    assert [choice.margin for choice in choose(found, {1: read_as(-np.inf, -2)}, 2)] == [-2, -2]
    assert [choice.margin for choice in choose(found, {1: read_as(-np.inf, -np.inf)}, 2)] == [None, None]


def test_only_the_best_passages_are_read() -> None:
    """Those with the best sentences, each with its sentences' places in it."""

    class Noting(Reader):
        def read(self, question, passages, turns):  # type: ignore[no-untyped-def]
            noted.extend(passages)
            return [ReaderScores(np.zeros(len(spans), np.float32), np.zeros((len(spans), 2))) for _, spans in passages]

    noted: list[object] = []
    found = [candidate(1, {"One.": 0.1}), candidate(2, {"Two.": 0.9, "Three.": 0.2})]
    assert list(read("Which?", found, Noting(None, None, None), 1)) == [2]
    assert noted == [("Title. Two. Three.", [(7, 11), (12, 18)])]
    assert read("Which?", found, None, 1) == {}
