"""A text is cut into sentences; each is a slice of it, and nothing visible is lost."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.sentences import SENTENCE_CHARACTERS, WRAP_COLUMNS, split_sentences

# What trips offsets: accents of their own code point, emoji of several, both line ends, right-to-left, wide spaces.
PIECES = st.sampled_from(
    [
        *(
            "Dr. Ünal came. ",
            "e\u0301te\u0301? ",
            "👩‍👩‍👧 ",
            "🇦🇿! ",
            "שלום עולם. ",
            "مرحبا؟ ",
            "你好。",
            "\u00a0",
            "\u2028",
        ),
        *(
            "\r\n",
            "\n",
            "\n\n",
            "\t",
            " ",
            "- one\n",
            "1. two\n",
            "a | b\n",
            "...",
            "“Quoted.” ",
            "(Held in brackets.) ",
            "x" * 50,
            "\x85",
            "\ufeff",
        ),
    ]
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=12).map("".join), st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
)


def texts(text: str, *where: int) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text, *where)]


def test_two_sentences():
    """A full stop ends a sentence; the white space between two belongs to neither."""
    assert texts("It rained.  We left.") == ["It rained.", "We left."]


def test_a_sentence_in_brackets_ends_with_them():
    """Not so a part of one that ends with an abbreviation, nor a bracket about what begins the sentence."""
    assert texts("It rained. (Note that it had been dry.) “We left,” he said.") == [
        "It rained.",
        "(Note that it had been dry.)",
        "“We left,” he said.",
    ]
    for whole in (
        "The company (Acme Trading Co.) Limited was sold.",
        "(Mr.) Smith came.",
        "(It rains as I write.) so?",
    ):
        assert texts(whole) == [whole]


def test_abbreviations_do_not_end_a_sentence():
    """A full stop after a title or in a number ends nothing."""
    assert texts("Dr. Ünal paid 3.50 euros. He left.") == ["Dr. Ünal paid 3.50 euros.", "He left."]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\r\n\t\u00a0"])
def test_no_text_has_no_sentence(text: str):
    """White space alone holds no sentence."""
    assert split_sentences(text) == []


def test_a_blank_line_ends_a_sentence():
    """A paragraph's end is a sentence's end, with or without a full stop, white space in the blank line or not."""
    assert texts("No full stop\n\nhere either\n \t\nor here") == ["No full stop", "here either", "or here"]


def test_short_lines_stand_on_their_own():
    """Where even the longest line is short, the line breaks were meant."""
    assert texts("Roses are red\nviolets are blue") == ["Roses are red", "violets are blue"]


def test_a_wrapped_line_goes_on():
    """A line that the next word would not have fitted on goes on in the next line."""
    first = "The committee met in the town hall to discuss the matter"
    assert texts(f"{first}\nthoroughly and then voted.") == [f"{first}\nthoroughly and then voted."]


@pytest.mark.parametrize(("last", "first"), [("then your", "license is reinstated"), ("in Paris,", "Rome and Bonn")])
def test_a_line_that_breaks_in_a_sentence_goes_on(last: str, first: str):
    """Though the next word would have fitted: it is no beginning, or a comma stands before it."""
    text = f"The committee met in the town hall to discuss this,\nand voted in the evening of that day {last}\n{first}."
    assert texts(text) == [text]
    assert texts(f"{'w' * 60} ends.\nand {last}\n{first}.")[1:] == [
        f"and {last}",
        f"{first}.",
    ]  # too short a line for that


def test_a_line_with_room_left_was_ended():
    """A line break ends a sentence where the next word would have fitted before it."""
    first = "w" * WRAP_COLUMNS + " and more"
    assert texts(f"{first}\n{'w' * 20} and\nanother") == [f"{first}\n{'w' * 20} and", "another"]


@pytest.mark.parametrize("mark", ["-", "*", "+", "•", "–", "1.", "12)", "(3)", "a)", "(b)", "  -"])
def test_a_list_item_begins_a_sentence(mark: str):
    """A list's mark begins a sentence, however full the line before it is."""
    line = "The following were agreed upon by the delegates of all member states"
    assert texts(f"{line}\n{mark} disarmament and everything that belongs to it")[0] == line


def test_a_table_row_begins_a_sentence():
    """Rows of a table, cells parted by bars, are sentences of their own."""
    rows = "Country and its capital | The year of its accession to it\nTürkiye | 1952"
    assert texts(rows) == rows.split("\n")


def test_only_a_stretch_of_the_text():
    """Positions count from the text's beginning, whatever stretch is looked at."""
    text = "One. Two. Three."
    assert [(s.start, s.end) for s in split_sentences(text, 5, 9)] == [(5, 9)]
    assert texts(text, 5) == ["Two.", "Three."]


def test_a_run_without_end_is_cut_at_a_semicolon():
    """Where a sentence is too long to quote, it is cut at the last semicolon before the limit."""
    first = "a " * 500 + "b;"
    assert texts(first + " " + "c " * 900 + "d")[0] == first


def test_a_run_without_semicolon_is_cut_at_a_space():
    """Without a semicolon, no word is cut."""
    found = texts("word " * 1_000)
    assert len(found) == 3
    assert {word for sentence in found for word in sentence.split()} == {"word"}


def test_a_run_without_a_space_is_cut_at_the_limit():
    """Without any space, the limit is kept."""
    assert [len(sentence) for sentence in texts("x" * (2 * SENTENCE_CHARACTERS + 1))] == [2_000, 2_000, 1]


def test_a_language_unknown_to_the_segmenter():
    """A language without rules of its own is still cut at its full stops."""
    spans = split_sentences("Bir. İki.", language="az")
    assert [(s.start, s.end) for s in spans] == [(0, 4), (5, 9)]


@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
@example("a\r\n\r\nb")
@example("👩‍👩‍👧 came. שלום!")
@example("\x1c\x1d a \x1f")
def test_nothing_visible_is_lost(text: str):
    """Sentences stand in order, never overlap, have no white space at their ends, and hold every visible character."""
    spans = split_sentences(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(text[s.start : s.end] == text[s.start : s.end].strip() != "" for s in spans)
    assert all(s.end - s.start <= SENTENCE_CHARACTERS for s in spans)
    covered = {i for span in spans for i in range(span.start, span.end)}
    assert "".join(c for i, c in enumerate(text) if i not in covered).strip() == ""


@settings(max_examples=60, deadline=None)
@given(before=TEXTS, text=TEXTS, after=TEXTS)
def test_a_stretch_is_cut_like_a_text_of_its_own(before: str, text: str, after: str):
    """What stands around a stretch changes neither its sentences nor their places in it."""
    whole = before + text + after
    alone = [(s.start + len(before), s.end + len(before)) for s in split_sentences(text)]
    assert [(s.start, s.end) for s in split_sentences(whole, len(before), len(before) + len(text))] == alone
