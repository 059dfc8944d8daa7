"""How far around a sentence a quote goes."""

import pytest

from corpus.records import Span
from corpus.sentences import split_sentences
from index.records import StoredPassage
from qa.widen import BLOCK_CHARACTERS, PRONOUN_CHARACTERS, widen


def passage(text: str, *headings: str) -> StoredPassage:
    return StoredPassage(1, "a.txt", "Title", 0, text, headings, tuple(split_sentences(text, wrapped=False)), ())


def quoted(text: str, sentence: int, *headings: str) -> str:
    """The quote for one of a text's sentences."""
    found = passage(text, *headings)
    first, last = widen(found, sentence)
    assert first <= sentence <= last
    return text[found.sentences[first].start : found.sentences[last].end]


@pytest.mark.parametrize(
    "opening",
    [
        *("It", "He", "This treaty", "These", "However, they", "“Its founder", "That", "Such ships", "THEY"),
        *("During this war it", "Most of them", "In that year it", "Because of these quarrels it", "One of those"),
    ],
)
def test_a_pronoun_takes_in_the_sentence_before(opening: str) -> None:
    """What the sentence speaks of stands there."""
    text = f"Before all. The harbour opened in 1889. {opening} closed in 1931. More."
    assert quoted(text, 2) == f"The harbour opened in 1889. {opening} closed in 1931."


@pytest.mark.parametrize(
    "sentence",
    [
        "In 1931 it closed.",
        "It is known that it closed.",
        "That the air was bad became the theory.",
        "Item nine.",
        "Those who left paid.",
        "For those with ships it closed.",
        "Most of the ships left.",
        "In thistles it ended.",
    ],
)
def test_other_sentences_stand_alone(sentence: str) -> None:
    """A pronoun further in, an "it" and a "that" that mean nothing said before, and words that only begin like one."""
    assert quoted(f"The harbour opened. {sentence}", 1) == sentence


def test_two_pronouns_take_in_two_sentences() -> None:
    """Until a sentence that names what is meant."""
    assert quoted("Ardala is old. It has a port. It trades salt.", 2) == "Ardala is old. It has a port. It trades salt."


def test_no_further_than_the_paragraph_and_the_limit() -> None:
    """A pronoun at a paragraph's start keeps its sentence alone, and so does one after a very long sentence."""
    assert quoted("The harbour opened.\n\nIt closed.", 1) == "It closed."
    assert quoted("It closed.", 0) == "It closed."
    assert quoted(f"{'Long ' * PRONOUN_CHARACTERS}way. It closed.", 1) == "It closed."


@pytest.mark.parametrize(
    "reply", ["Nine fathoms.", "It is deep.", f"Yes, {'very ' * 20}deep.", f"A: {'Very ' * 20}deep."]
)
def test_a_reply_brings_its_question(reply: str) -> None:
    """Also from another line or paragraph: alone it says nothing."""
    for gap in (" ", "\n", "\n\n"):
        assert quoted(f"Ships wait. How deep is it?{gap}{reply} More.", 2) == f"How deep is it?{gap}{reply}"


@pytest.mark.parametrize("label", ["Guards and side exits.", "Dead-store elimination."])
def test_a_heading_run_into_its_paragraph_brings_the_first_sentence(label: str) -> None:
    """A few words with a full stop that begin a paragraph say nothing alone; further in, or with a figure, they may."""
    assert quoted(f"Before.\n\n{label} Ships leave then. More.", 1) == f"{label} Ships leave then."
    assert quoted(f"Before it all. {label} Ships leave then.", 1) == label
    assert quoted(f"Before.\n\n{label}\n\nShips leave then.", 1) == label
    for short in ("Opened in 1889.", "The port opened.", "Salt."):
        assert quoted(f"{short} Ships leave then.", 0) == short


def test_a_whole_answer_stands_without_its_question() -> None:
    """A long sentence that leans on nothing says it all."""
    answer = "The harbour is nine fathoms deep at low water, and eleven when the moon is full and the wind westerly."
    assert quoted(f"How deep is it? {answer}", 1) == answer


def test_a_question_brings_the_list_that_answers_it() -> None:
    """As a line with a colon does."""
    text = "What should I bring?\n\n- a coat\n- two shoes\n\nThen come in."
    assert quoted(text, 1) == "What should I bring?\n\n- a coat\n- two shoes"


def test_a_colon_brings_its_list() -> None:
    """Whole items only, and none of what follows the list."""
    text = "Bring these:\n\n- a coat\n- two shoes\n\nThen come in."
    assert quoted(text, 0) == "Bring these:\n\n- a coat\n- two shoes"


def test_an_item_brings_the_line_that_introduces_it() -> None:
    """With the items between, as a quote is one stretch; without them where that would be too long."""
    text = "Bring these:\n\n- a coat\n- two shoes\n- a hat"
    assert quoted(text, 2) == "Bring these:\n\n- a coat\n- two shoes"
    items = "\n".join(f"- item {number} {'x' * 60}" for number in range(12))
    assert len(items) > BLOCK_CHARACTERS
    assert quoted(f"Bring these:\n\n{items}", 12) == f"- item 11 {'x' * 60}"


def test_an_item_without_an_introduction_stands_alone() -> None:
    """Items before it are no introduction."""
    assert quoted("Some talk.\n\n- a coat\n- two shoes", 2) == "- two shoes"


def test_a_line_of_code_brings_its_block_and_introduction() -> None:
    """Half of a program says nothing."""
    text = "Run this:\n\nimport os\nos.remove(path)\n\nThen rest."
    assert quoted(text, 2) == "Run this:\n\nimport os\nos.remove(path)"
    assert quoted("import os\nos.remove(path)", 1) == "import os\nos.remove(path)"


def test_it_stays_within_the_passage() -> None:
    """The first sentence of a passage has nothing before it, the last nothing after it."""
    found = StoredPassage(1, "a", "T", 40, "It ended:", (), (Span(40, 49),), ())
    assert widen(found, 0) == (0, 0)


@pytest.mark.parametrize(
    ("before", "number", "after"),
    [("[1] ", "[2] ", "\n[3] "), ("1. ", "2. ", "\n3. "), ("", "", "\n\n")],
)
def test_an_entry_of_a_list_of_works_is_quoted_whole(before: str, number: str, after: str) -> None:
    """Authors, title and year, whether numbers or blank lines part the entries; elsewhere these are sentences."""
    entry = f"{number}Ann Lee and Bo Ray. Tides of the north sea. Harbour Press, 1990."
    text = f"{before}Al May. Ships. 1980.\n\n{entry}{after}Cy Fox. Salt."
    title = next(n for n, span in enumerate(passage(text).sentences) if text[span.start :].startswith("Tides"))
    assert [quoted(text, n, "References") for n in (title - 1, title, title + 1)] == [entry] * 3
    assert quoted(text, title) == "Tides of the north sea."
