"""A misspelled word of a question becomes the word of the documents that it is meant to be; nothing else changes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import PieceEncoder

from corpus.records import Limits
from index.search import Weights
from index.store import Index

TEXTS = {
    "harbour.md": "# Breakwater\n\nThe harbour was dredged in 1932. Kuechly, the engineer, paid for it with marks.",
    "tower.txt": "The tower is painted red. Its keepers live in Kestrel Street, and market it to visitors of the town.",
    "museum.txt": "The museum shows paintings of the sea, and the market of Ardala as it used to be.",
    "hafen.txt": "Der Hafen wurde im Jahr 1932 ausgebaggert. Der Leuchtturm daneben ist rot und wird gestrichen.",
}


@pytest.fixture
def index(tmp_path: Path, write: Callable[[str, str], Path]) -> Iterator[Index]:
    for name, text in TEXTS.items():
        write(f"papers/{name}", text)
    with Index(tmp_path / "index", PieceEncoder(), Limits(), 200, Weights()) as index:
        with index.writing(0):
            index.sync([str(tmp_path / "papers")], lambda _: None)
        yield index


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("When was the harbour drdged?", "When was the harbour dredged?"),  # too few
        ("When was the harbour dreddged?", "When was the harbour dredged?"),  # too many
        ("When was the harbour dretged?", "When was the harbour dredged?"),  # mistaken
        ("When was the harbour derdged?", "When was the harbour dredged?"),  # exchanged
        ("What did Kuehcly pay for?", "What did Kuechly pay for?"),
        ("Where is Kesstrel Street's end?", "Where is Kestrel Street's end?"),
        ("What is in the musseum's paintings?", "What is in the museum's paintings?"),
        ("What was the breakwtaer (the harbuor) like?", "What was the breakwater (the harbour) like?"),
        ("When did they dredge with the red-paintde tower?", "When did they dredge with the red-painted tower?"),
        ("Wann wurde der Hafen ausgebagert?", "Wann wurde der Hafen ausgebaggert?"),
        ("Ist der Leuchtrum rot?", "Ist der Leuchtrum rot?"),  # two edits away
    ],
)
def test_a_misspelled_word_is_put_right(index: Index, asked: str, meant: str) -> None:
    """One edit away, in whatever case; from the text or a heading; a possessive keeps its ending."""
    assert index.corrected(asked) == meant


@pytest.mark.parametrize(
    "question",
    [
        "When was the harbor dredged?",  # the model knows it
        "What do the Kuechly documents say of sedges?",  # the documents have it; the dictionary has it
        "Who is Zbigniew?",  # nothing is near
        "Who lives in Mestrel Street?",  # the first letter is hardly ever wrong
        'What is the "harbuor", or “drdged”?',  # in quotation marks
        "What does --drdged do?",  # an option
        "What is in harbuor.txt, harbuor_1, HARBUOR and harBuor?",  # names
        "Xharbour xtower xmuseum xpaintings xvisitors harbuor?",  # too much of it is unknown
        "Why shouldn't it be dredged?",
        "",
    ],
)
def test_every_other_word_stays(index: Index, question: str) -> None:
    assert index.corrected(question) == question


def test_of_several_words_the_question_decides(index: Index) -> None:
    """Both "marks" and "market" are one edit away."""
    assert index.corrected("What marke was the engineer of the harbour paid in?").split()[1] == "marks"
    assert index.corrected("Which marke do visitors of the town see?").split()[1] == "market"


def test_a_word_with_another_ending_is_known_too(index: Index) -> None:
    """The documents have "dredged" and "visitors"."""
    assert index.corrected("Which vsiitor asks?") == "Which visitor asks?"
    assert index.corrected("Who can derdge it?") == "Who can dredge it?"


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Who is Zbigniew, whom Kuechly paid 93 marks in Sextant Street?", ["Zbigniew", "93", "Sextant"]),
        ("Painter of the harbor of sedges and Sedges", ["Sedges"]),  # the dictionary has the others
        ("Zbigniew's tower?", ["Zbigniew"]),  # in no dictionary
        ("Was the tower painted?", []),
        ("塔は何色ですか Breakwater", []),
    ],
)
def test_names_numbers_and_unknown_words_are_missed(index: Index, question: str, missing: list[str]) -> None:
    assert index.missing(question) == missing


def test_nothing_is_known_to_an_empty_index(tmp_path: Path) -> None:
    with Index(tmp_path, PieceEncoder(), Limits(), 200, Weights()) as index:
        assert index.corrected("When was the harbour drdged?") == "When was the harbour drdged?"
