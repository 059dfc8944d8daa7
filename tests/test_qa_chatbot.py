"""The chatbot: from a folder to a quote, without a model where the model does not matter."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import WordEncoder

import qa.chatbot
from corpus.errors import IndexLockedError, IndexMismatchError, PathError, QuestionError, SettingError
from qa import Chatbot, Settings, ask
from qa.places import BUNDLED_DOCUMENTS, EXAMPLE_QUESTIONS, default_index


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep default indexes out of the user's cache directory."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def bot(folder: Path, encoder: WordEncoder, tmp_path: Path) -> Iterator[Chatbot]:
    with Chatbot.open(folder, index=tmp_path / "index", encoder=encoder) as opened:
        yield opened


def test_every_quote_is_its_place_in_the_stored_text(bot: Chatbot) -> None:
    """Text, start and end agree with `text(source)`, and so do the passage's bounds."""
    answer = bot.ask("How high is the tower?")
    assert answer.quotes[0].text == "The tower is 93 metres high."
    assert answer.quotes[0].title == "The tower"
    for quote in answer.quotes:
        text = bot.text(quote.source)
        assert text[quote.start : quote.end] == quote.text
        assert quote.text in text[quote.passage_start : quote.passage_end]


def test_a_low_confidence_is_a_refusal_with_the_closest_passages(bot: Chatbot) -> None:
    """Not answering is a result: `answered` is False and the quotes are still there."""
    answer = bot.ask("Whither goest thou?")
    assert not answer.answered
    assert answer.quotes
    assert answer.confidence == answer.quotes[0].confidence


def test_the_threshold_can_be_set(folder: Path, encoder: WordEncoder, tmp_path: Path) -> None:
    """At 0 everything is answered, at 1 nothing."""
    for threshold, answered in ((0.0, True), (1.0, False)):
        with Chatbot.open(
            folder, index=tmp_path / "index", encoder=encoder, settings=Settings(threshold=threshold)
        ) as b:
            assert b.ask("How high is the tower?").answered is answered


def test_opening_again_reads_nothing(folder: Path, tmp_path: Path, bot: Chatbot) -> None:
    """An unchanged folder costs no encoding."""
    fresh = WordEncoder()
    with Chatbot.open(folder, index=tmp_path / "index", encoder=fresh) as again:
        assert len(again.documents) == 3
        assert again.ask("How high is the tower?").quotes[0].text == "The tower is 93 metres high."
    assert fresh.passages_encoded == 0


def test_an_index_is_opened_without_naming_its_documents(tmp_path: Path, bot: Chatbot, encoder: WordEncoder) -> None:
    """`index=` alone opens what the index keeps."""
    with Chatbot.open(index=tmp_path / "index", encoder=encoder) as again:
        assert [d.source for d in again.documents] == [d.source for d in bot.documents]


def test_files_come_change_move_and_go(folder: Path, bot: Chatbot) -> None:
    """`sync` follows the files."""
    (folder / "bridge.txt").write_text("The bridge spans 210 metres.", "utf-8")
    (folder / "harbour.txt").write_text("The harbour was closed in 1950.", "utf-8")
    (folder / "tower.md").rename(folder / "spire.md")
    (folder / "museum.html").unlink()
    report = bot.sync()
    names = {Path(d.source).name for d in bot.documents}
    assert names == {"bridge.txt", "harbour.txt", "spire.md"}
    assert [len(part) for part in (report.added, report.changed, report.moved, report.removed)] == [1, 1, 1, 1]
    assert bot.ask("When was the harbour closed?").quotes[0].text == "The harbour was closed in 1950."
    assert Path(bot.ask("How high is the tower?").quotes[0].source).name == "spire.md"


def test_a_removed_document_stays_out_until_it_is_added(folder: Path, bot: Chatbot) -> None:
    """`remove` is for good; `add` is its undo."""
    tower = folder / "tower.md"
    assert bot.remove(tower) == (str(tower),)
    bot.sync()
    assert str(tower) not in {d.source for d in bot.documents}
    assert all(quote.source != str(tower) for quote in bot.ask("How high is the tower?").quotes)
    bot.add(tower)
    assert bot.ask("How high is the tower?").quotes[0].source == str(tower)


def test_removing_what_is_not_there_is_an_error(bot: Chatbot) -> None:
    """The name is in the message."""
    with pytest.raises(PathError, match="nothing-of-that-name"):
        bot.remove("nothing-of-that-name")
    with pytest.raises(PathError, match="nothing-of-that-name"):
        bot.text("nothing-of-that-name")


def test_a_bad_file_stops_nothing_and_is_listed(folder: Path, bot: Chatbot) -> None:
    """The others are read; the file is listed with the reason and a remedy."""
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    (folder / "bridge.txt").write_text("The bridge spans 210 metres.", "utf-8")
    bot.sync()
    assert [Path(failure.source).name for failure in bot.failures] == ["broken.pdf"]
    assert "damaged" in bot.failures[0].reason
    assert bot.ask("How long is the bridge?").quotes[0].text == "The bridge spans 210 metres."


@pytest.mark.parametrize(("question", "message"), [("", "empty"), (" \n", "empty"), ("x" * 2001, "2,001 characters")])
def test_questions_have_limits(bot: Chatbot, question: str, message: str) -> None:
    """Empty and over-long questions are refused with value, limit and remedy."""
    with pytest.raises(QuestionError, match=message):
        bot.ask(question)
    with pytest.raises(QuestionError, match=message):
        bot.search(question)


@pytest.mark.parametrize("k", [0, -1, 1001])
def test_k_has_limits(bot: Chatbot, k: int) -> None:
    """`k` is 1 to 1,000."""
    with pytest.raises(SettingError, match=f"k is {k}"):
        bot.search("tower", k=k)


def test_search_ranks_passages(bot: Chatbot) -> None:
    """Passages come best first, as many as asked for at the most, each a slice of its document."""
    hits = bot.search("harbour dredged", k=2)
    assert len(hits) == 2
    assert hits[0].text.startswith("The harbour was dredged")
    assert hits[0].score > hits[1].score
    assert all(bot.text(hit.source)[hit.start : hit.end] == hit.text for hit in hits)


def test_a_follow_up_is_understood_from_the_history(bot: Chatbot) -> None:
    """What was searched for is in the answer."""
    history = [{"role": "user", "content": "How high is the tower?"}, {"role": "assistant", "content": "93 metres."}]
    answer = bot.ask("And when was it opened?", history)
    assert answer.understood == "How high is the tower? And when was it opened?"
    assert answer.quotes[0].text in {"It opened in 1889.", "The tower is 93 metres high."}
    assert bot.ask("When was the harbour dredged first?", history).understood == "When was the harbour dredged first?"


def test_paths_that_do_not_exist_or_hold_nothing_are_errors(tmp_path: Path, encoder: WordEncoder) -> None:
    """Each message names the path and says what to do."""
    with pytest.raises(PathError, match="no-such-folder does not exist"):
        Chatbot.open(tmp_path / "no-such-folder", encoder=encoder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(PathError, match=r"there are no documents in .*empty"):
        Chatbot.open(tmp_path / "empty", encoder=encoder)
    (tmp_path / "odd.xyz").write_bytes(bytes(range(256)))
    with pytest.raises(PathError, match=r"nothing could be read in .*odd\.xyz"):
        Chatbot.open(tmp_path / "odd.xyz", encoder=encoder)


def test_an_index_of_another_model_is_refused(folder: Path, tmp_path: Path, bot: Chatbot) -> None:
    """Both models are named."""
    with pytest.raises(IndexMismatchError, match=r"words-1.*words-2"):
        Chatbot.open(folder, index=tmp_path / "index", encoder=WordEncoder("words-2"))


def test_while_another_writes_an_index_is_asked_as_it_is(folder: Path, tmp_path: Path, bot: Chatbot) -> None:
    """A writer at work stops no question, but it does stop a second writer."""
    with bot._index.writing(0):
        settings = Settings(wait_seconds=0)
        with Chatbot.open(folder, index=tmp_path / "index", encoder=WordEncoder(), settings=settings) as reader:
            assert reader.ask("How high is the tower?").quotes
            with pytest.raises(IndexLockedError, match=str(os.getpid())):
                reader.sync()


def test_each_set_of_paths_has_an_index_of_its_own(tmp_path: Path) -> None:
    """Order does not matter; the model does."""
    a, b = tmp_path / "a", tmp_path / "b"
    assert default_index([a, b], Settings()) == default_index([b, a], Settings())
    assert len({default_index(p, s) for p in ([a], [b]) for s in (Settings(), Settings(model="other"))}) == 4


def test_the_default_index_is_in_the_users_cache(folder: Path, tmp_path: Path, encoder: WordEncoder) -> None:
    """Where nothing else is said."""
    with Chatbot.open(str(folder), encoder=encoder) as bot:
        assert bot.index_folder.is_relative_to(tmp_path / "cache")
        assert bot.example_questions() == ()


def test_ask_is_one_call(folder: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """`ask(question, documents=...)` opens, asks and closes."""
    monkeypatch.setattr(qa.chatbot, "_encoder", lambda model: encoder)
    answer = ask("How high is the tower?", documents=[folder / "tower.md", folder / "harbour.txt"])
    assert answer.quotes[0].text == "The tower is 93 metres high."


def test_the_bundled_documents_are_the_default(encoder: WordEncoder) -> None:
    """Without documents there are the bundled ones, with example questions."""
    with Chatbot.open(encoder=encoder) as bot:
        assert {Path(d.source).parent for d in bot.documents} == {BUNDLED_DOCUMENTS}
        assert bot.example_questions() == EXAMPLE_QUESTIONS
