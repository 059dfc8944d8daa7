"""Stored words are found among the printed characters that they were read from."""

from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.formats.finding import find, fold


def found(printed: str, stored: str, words: str) -> str:
    start = stored.index(words)
    return "".join(printed[at] for at in find(printed, stored, start, start + len(words)))


def test_folding_keeps_letters_and_figures_and_where_they_stand():
    folded = fold("Zé ﬁnd-\r\ning, 9")
    assert folded.letters == "zefinding9"
    assert list(folded.places) == [0, 1, 3, 3, 4, 5, 9, 10, 11, 14]
    assert [folded.word(at) for at in range(len(folded.words))] == ["ze", "finding", "9"]


def test_words_are_found_with_their_punctuation_and_nothing_else():
    assert found("It rained.\r\n“Stop!” he\r\nsaid. End.", "It rained. “Stop!” he said. End.", "“Stop!” he said.") == (
        "“Stop!” he\r\nsaid."
    )


def test_a_broken_word_and_a_ligature_are_found():
    printed = "They de\ufffe\r\nﬁned it, and the well-\r\nknown man left."
    stored = "They defined it, and the well-known man left."
    assert found(printed, stored, "defined it") == "de\ufffe\r\nﬁned it"
    assert found(printed, stored, "the well-known man left.") == "the well-\r\nknown man left."


def test_an_accent_printed_as_a_letter_of_its_own_is_found():
    assert found("by G¨odel in 1931.", "by Gödel in 1931.", "Gödel") == "G¨odel"


def test_what_is_said_twice_is_found_where_it_was_quoted():
    text = "It rained. It snowed. It rained."
    assert find(text, text, 22, 32) == list(range(22, 32))
    assert find(text, text, 0, 10) == list(range(10))


def test_what_the_page_says_more_often_than_the_text_is_found_by_what_is_beside_it():
    """The running head, which the reader left out, has the words of the heading."""
    printed = "On Towers 17\r\nA story of stone.\r\nOn Towers\r\nThey are tall.\r\nOn Towers"
    stored = "A story of stone. On Towers They are tall."
    assert find(printed, stored, 18, 27) == list(range(33, 42))


def test_words_that_something_interrupts_are_found_on_both_sides():
    printed = "The tower is tall and\r\n1 Measured in May.\r\nthe bridge is long. End."
    stored = "The tower is tall and the bridge is long. End. 1 Measured in May."
    assert found(printed, stored, "The tower is tall and the bridge is long.") == (
        "The tower is tall andthe bridge is long."
    )


def test_words_moved_away_from_their_place_are_found():
    printed = "Note on stone walls here. One two three four five six seven eight nine ten."
    stored = "One two three four five six seven eight nine ten. Note on stone walls here."
    assert found(printed, stored, "Note on stone walls here.") == "Note on stone walls here."


def test_words_that_were_read_a_little_differently_are_found():
    printed = "The inhabitant s of the val1ey left in the spring."
    stored = "The inhabitants of the valley left in the spring."
    assert "".join(found(printed, stored, "The inhabitants of the valley left").split()) == "Theinhabitantsofthevalleft"


@pytest.mark.parametrize("words", ["Somewhere else entirely", "—"])
def test_what_is_not_there_is_not_found(words: str):
    assert find("The tower is tall.", words, 0, len(words)) == []


@given(st.text(max_size=60), st.text(alphabet="abc éﬁ-\r\n.١文", max_size=60), st.data())
def test_any_two_texts_give_places_in_order(printed: str, stored: str, data: st.DataObject):
    start = data.draw(st.integers(0, len(stored)))
    end = data.draw(st.integers(start, len(stored)))
    places = find(printed, stored, start, end)
    assert places == sorted(set(places))
    assert all(0 <= at < len(printed) for at in places)


@given(st.text(alphabet="ab cd.\n", min_size=1, max_size=60), st.data())
def test_a_text_is_found_in_itself(text: str, data: st.DataObject):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    places = find(text, text, start, end)
    letters = [at for at in range(start, end) if text[at].isalpha()]
    assert [at for at in places if text[at].isalpha()] == letters or fold(text).letters.count(
        fold(text[start:end]).letters
    ) > 1


def test_a_page_of_nothing_but_the_same_is_dealt_with_quickly():
    printed = "0 " * 20_000
    start = monotonic()
    find(printed + "x", "0 " * 19_000, 10_000, 10_400)
    find("a" * 100_000, "b" * 100_000, 10, 90_000)
    assert monotonic() - start < 20
