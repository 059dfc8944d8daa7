"""Questions to begin with: made of headings, asked before they are offered, and kept until the documents change."""

import json
from pathlib import Path

import pytest

from qa import Chatbot, examples
from qa.examples import WANTED, question_of
from qa.places import BUNDLED_DOCUMENTS, EXAMPLE_QUESTIONS
from qa.records import Answer
from qa.settings import Settings
from tests.conftest import WordEncoder


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("How do I read a map?", "How do I read a map?"),
        ("where is the key", "Where is the key?"),
        ("How to mend a net", "How do you mend a net?"),
        ("How the mill works", "What is said about how the mill works?"),
        ("The tower", "What is said about the tower?"),
        ("Energy security", "What is said about energy security?"),
        ("Kosovo", "What is said about Kosovo?"),
        ("Science for Peace", "What is said about Science for Peace?"),
        ("The Partnership for Peace", "What is said about the Partnership for Peace?"),
        ("3.2 Energy security", "What is said about energy security?"),
        ("Chapter 4. Compatibility issues:", "What is said about Compatibility issues?"),
        ("IV. Energy security", "What is said about energy security?"),
        ("b) Energy security", "What is said about energy security?"),
        ("Introduction", ""),
        ("7. Notes and references", ""),
        ("A", ""),
        ("", ""),
        ("1.", ""),
        ("One two three four five six seven eight nine ten", ""),
        ("x" * 71, ""),
        ("Energy \u202etxt.security", ""),
    ],
)
def test_a_heading_becomes_a_question(heading: str, question: str) -> None:
    assert question_of(heading, "Of energy, and of Kosovo.") == question


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "tower.md").write_text(
        "# The tower\n\n## How high is the tower?\n\nThe tower is 93 metres high.\n\n"
        "## When did the tower open?\n\nThe tower did open in 1889.\n",
        "utf-8",
    )
    (folder / "mill.md").write_text("# The mill\n\nWhat is said about the mill is that it grinds.\n", "utf-8")
    return folder


def opened(papers: Path, index: Path, encoder: WordEncoder, threshold: float = 0.0) -> Chatbot:
    return Chatbot.open(papers, index=index, settings=Settings(reader=False, threshold=threshold), encoder=encoder)


def test_questions_come_from_the_documents_and_are_answered_by_them(
    papers: Path, tmp_path: Path, encoder: WordEncoder
) -> None:
    with opened(papers, tmp_path / "index", encoder) as bot:
        found = bot.example_questions()
        assert 2 <= len(found) <= WANTED
        assert "How high is the tower?" in found
        assert len(set(found)) == len(found)
        assert all(bot.ask(question).answered for question in found)
        # of each document one before any has a second
        assert {Path(bot.ask(question).quotes[0].source).name for question in found[:2]} == {"tower.md", "mill.md"}


def test_what_is_not_answered_is_not_offered(papers: Path, tmp_path: Path, encoder: WordEncoder) -> None:
    with opened(papers, tmp_path / "index", encoder, threshold=1.0) as bot:
        assert bot.example_questions() == ()


def test_they_are_looked_for_once_and_again_when_the_documents_change(
    papers: Path, tmp_path: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    ask = Chatbot.ask

    def counted(self: Chatbot, question: str, history: object = ()) -> Answer:
        asked.append(question)
        return ask(self, question)

    monkeypatch.setattr(Chatbot, "ask", counted)
    with opened(papers, tmp_path / "index", encoder) as bot:
        found = bot.example_questions()
        times = len(asked)
        assert bot.example_questions() == found
        assert len(asked) == times
    with opened(papers, tmp_path / "index", encoder) as bot:
        assert bot.example_questions() == found
        assert len(asked) == times
        (papers / "ship.md").write_text("# The ship\n\n## Where is the ship?\n\nThe ship is at sea.\n", "utf-8")
        bot.sync()
        assert "Where is the ship?" in bot.example_questions()
        assert len(asked) > times


@pytest.mark.parametrize("damage", ["", "[]", '{"questions": 5}', "{" * 100_000])
def test_a_damaged_file_is_made_anew(papers: Path, tmp_path: Path, encoder: WordEncoder, damage: str) -> None:
    with opened(papers, tmp_path / "index", encoder) as bot:
        found = bot.example_questions()
        path = tmp_path / "index" / "examples.json"
        good = json.loads(path.read_text("utf-8"))
        path.write_text(damage, "utf-8")
        assert bot.example_questions() == found
        assert json.loads(path.read_text("utf-8")) == good


def test_a_folder_that_cannot_be_written_to_does_without(
    papers: Path, tmp_path: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, value: object) -> None:
        raise OSError("read-only")

    monkeypatch.setattr(examples, "write_json", refuse)
    with opened(papers, tmp_path / "index", encoder) as bot:
        assert bot.example_questions()


def test_the_bundled_documents_have_theirs_by_hand(tmp_path: Path, encoder: WordEncoder) -> None:
    with Chatbot.open(BUNDLED_DOCUMENTS, index=tmp_path / "index", encoder=encoder) as bot:
        assert bot.example_questions() == EXAMPLE_QUESTIONS
