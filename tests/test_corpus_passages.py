"""A document is cut into passages of whole sentences, each under one heading."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.passages import split_passages
from corpus.records import Document, Page, Section
from corpus.sentences import split_sentences


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def document(text: str, *sections: Section, pages: tuple[Page, ...] = ()) -> Document:
    return Document("a.txt", "A", text, "text", pages, sections)


def cut(text: str, limit: int, *sections: Section) -> list[str]:
    return [text[p.start : p.end] for p in split_passages(document(text, *sections), words, limit)]


def test_a_text_within_the_limit_is_one_passage():
    """Sentences that fit together stay together."""
    (passage,) = split_passages(document("One two. Three four."), words, 4)
    assert (passage.start, passage.end) == (0, 20)
    assert [(s.start, s.end) for s in passage.sentences] == [(0, 8), (9, 20)]


def test_no_text_has_no_passage():
    """A document without a visible character has no passage."""
    assert cut("", 5) == []
    assert cut(" \n\n ", 5) == []


def test_passages_share_the_text_evenly():
    """Six sentences of two words under a limit of ten are three and three, not five and one."""
    text = " ".join(["Aa bb."] * 6)
    assert [passage.count(".") for passage in cut(text, 10)] == [3, 3]


def test_a_passage_keeps_to_the_limit():
    """A sentence that would go over the limit begins the next passage."""
    assert cut("One two three. Four five six. Seven.", 5) == ["One two three.", "Four five six. Seven."]


def test_a_question_stays_with_its_answer():
    """It goes into the next passage where the cut would part them, unless it fits there no more or is all there is."""
    assert cut("One two. Three four. Why so? Because six.", 6) == ["One two. Three four.", "Why so? Because six."]
    assert cut("One two three four? Five six seven.", 4) == ["One two three four?", "Five six seven."]
    assert cut("One. Two three four? Five six seven eight.", 4) == ["One. Two three four?", "Five six seven eight."]


def test_a_sentence_longer_than_the_limit_stands_alone():
    """No sentence is cut: one that is too long is a passage by itself."""
    assert cut("A. One two three four five six. B.", 3) == ["A.", "One two three four five six.", "B."]


def test_sentences_without_tokens_are_kept():
    """A sentence that the model has no tokens for is still in a passage."""
    (passage,) = split_passages(document("One. Two."), lambda texts: [0] * len(texts), 5)
    assert len(passage.sentences) == 2


def test_a_heading_ends_a_passage_and_is_in_none():
    """Text before, under and after headings is never mixed, and the headings' lines are not quoted."""
    text = "Before.\n\nTower\n\nIt is high.\n\nAge\n\nIt is old."
    tower, age = text.index("Tower"), text.index("Age")
    sections = (Section("Tower", 1, tower, tower + 7), Section("Age", 2, age, age + 5))
    found = split_passages(document(text, *sections), words, 99)
    assert [(text[p.start : p.end], p.headings) for p in found] == [
        ("Before.", ()),
        ("It is high.", ("Tower",)),
        ("It is old.", ("Tower", "Age")),
    ]


def test_headings_that_are_not_in_the_text():
    """A sheet's name heads its rows though the text does not hold it; two headings in a row leave no empty passage."""
    text = "One row."
    sections = (Section("Book", 1, 0, 0), Section("Sheet", 2, 0, 0), Section("End", 1, 8, 8))
    (passage,) = split_passages(document(text, *sections), words, 99)
    assert (passage.start, passage.headings) == (0, ("Book", "Sheet"))


def test_a_passage_knows_its_first_page():
    """A passage that runs over a page's end carries the page it begins on."""
    pages = (Page(1, 0, 5), Page(2, 5, 15), Page(3, 15, 20))
    found = split_passages(document("One. Two.\n\nThree four.", pages=pages), words, 2)
    assert [p.page for p in found] == [1, 2]


def test_tokens_are_counted_once():
    """The model's tokenizer is called once a document, with the sentences in order."""
    calls: list[list[str]] = []

    def count(texts: Sequence[str]) -> list[int]:
        calls.append(list(texts))
        return words(texts)

    split_passages(document("One.\n\nH\n\nTwo. Three.", Section("H", 1, 6, 9)), count, 9)
    assert calls == [["One.", "Two.", "Three."]]


@pytest.mark.parametrize("limit", [1, 7, 1_000])
@settings(max_examples=50, deadline=None)
@given(
    pieces=st.lists(
        st.sampled_from(["Élan vital. ", "👩‍👩‍👧 came! ", "שלום עולם. ", "one two three ", "\n\n", "\r\n", "- item\n"]),
        max_size=20,
    ),
    cuts=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 9)), max_size=4),
)
def test_every_sentence_is_in_exactly_one_passage(limit: int, pieces: list[str], cuts: list[tuple[int, int]]):
    """Passages hold the sentences of the text between the headings, each once and in order, within the limit."""
    text = "".join(pieces)
    starts = sorted((min(start, len(text)), size) for start, size in cuts)
    sections = tuple(Section("S", 1, start, min(start + size, len(text))) for start, size in starts)
    passages = split_passages(document(text, *sections), words, limit)
    sentences = [s for p in passages for s in p.sentences]
    assert sentences == sorted(set(sentences))
    for passage in passages:
        assert sum(words([text[s.start : s.end] for s in passage.sentences])) <= limit or len(passage.sentences) == 1
        assert not any(passage.start < section.start < passage.end for section in sections)
    if not sections:
        assert sentences == split_sentences(text)
