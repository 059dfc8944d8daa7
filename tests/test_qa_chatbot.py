"""The chatbot: from a folder to a quote, without a model where the model does not matter."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from conftest import WordEncoder

import qa.chatbot
from corpus.errors import IndexLockedError, IndexMismatchError, PathError, QuestionError, SettingError
from qa import Chatbot, Settings, ask
from qa.places import BUNDLED_DOCUMENTS, EXAMPLE_QUESTIONS, default_index
from qa.reader import Passages, ReaderScores


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


def test_what_is_being_done_is_told(bot: Chatbot, folder: Path, encoder: WordEncoder, tmp_path: Path) -> None:
    """Reading is a stage only where there is a reader."""
    stages: list[str] = []
    bot.ask("How high is the tower?", on_stage=stages.append)
    assert stages == ["searching", "reading"]
    with Chatbot.open(
        folder, index=tmp_path / "index", encoder=encoder, settings=Settings(reader=False)
    ) as without_reader:
        without_reader.ask("How high is the tower?", on_stage=stages.append)
    assert stages[2:] == ["searching"]


def test_a_whole_document_is_handed_out(bot: Chatbot, folder: Path) -> None:
    """With its sections, and the file that it was read from."""
    kept = bot.document(str(folder / "tower.md"))
    assert kept.document.text == bot.text(kept.document.source)
    assert kept.document.sections[0].title == "The tower"
    assert kept.file.size == (folder / "tower.md").stat().st_size
    with pytest.raises(PathError, match=r"no document 'nowhere\.md'"):
        bot.document("nowhere.md")


def test_a_low_confidence_is_a_refusal_with_the_closest_passages(bot: Chatbot) -> None:
    """Not answering is a result: `answered` is False and the quotes are still there."""
    answer = bot.ask("Whither goest thou?")
    assert not answer.answered
    assert answer.quotes
    assert answer.confidence == answer.quotes[0].confidence


def test_a_refusal_names_what_no_document_has(bot: Chatbot) -> None:
    """Three words and the number of the others; an answer has no such note."""
    (note,) = bot.ask("Did Napoleon ask Wellington and Nelson about Trafalgar and 77 ships?").notes
    assert note == "No document has the words “Napoleon”, “Wellington”, “Nelson” and 2 more; other words may find it."
    (note,) = bot.ask("Which museum did Napoleon visit in Elba?").notes
    assert note == "No document has the words “Napoleon” and “Elba”; other words may find it."
    answer = bot.ask("Was the harbour of Elba dredged in 1932?")
    assert answer.answered
    assert answer.notes == ()


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
    assert answer.quotes[0].text == "The tower is 93 metres high. It opened in 1889."
    assert bot.ask("Who dredged the harbour of Ardala?", history).understood == "Who dredged the harbour of Ardala?"


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
        assert "What is said about the tower?" in bot.example_questions()


@pytest.mark.parametrize(
    ("question", "turns"),
    [
        ("And when was it opened?", ["It is 93 metres high.", "How high is the tower?"]),
        ("When was the harbour of Ardala dredged?", []),
    ],
)
def test_the_reader_is_told_what_a_question_leans_on(
    bot: Chatbot, monkeypatch: pytest.MonkeyPatch, question: str, turns: list[str]
) -> None:
    """The question apart from what was said before it, with the quote that was given; nothing if it stands alone."""
    heard: list[object] = []

    class Listening:
        def read(self, asked: str, passages: Passages, turns: Sequence[str] = ()) -> list[ReaderScores]:
            heard.extend((asked, [*reversed(turns)]))
            return [ReaderScores(np.zeros(len(spans), np.float32), np.array(spans, np.int32)) for _, spans in passages]

    monkeypatch.setattr("qa.answering._reader", lambda name: Listening())
    said = [{"role": "user", "content": "How high is the tower?"}]
    bot.ask(question, [*said, {"role": "assistant", "content": "It is 93 metres high."}])
    assert heard == [question, turns]


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


def names(bot: Chatbot) -> list[str]:
    return [document.source.rpartition("/")[2] for document in bot.documents]


def test_a_question_is_asked_of_chosen_documents_alone(bot: Chatbot, folder: Path) -> None:
    """By source, by path, by folder, several; the quotes come from nowhere else."""
    harbour, tower = str(folder / "harbour.txt"), folder / "tower.md"
    assert {quote.source for quote in bot.ask("How high is the tower?", sources=harbour).quotes} == {harbour}
    assert {hit.source for hit in bot.search("tower", sources=[harbour, tower])} == {harbour, str(tower)}
    assert len(bot.search("tower", sources=folder)) == len(bot.search("tower")) == 3
    assert {c.passage.source for c in bot.candidates("tower", sources=[tower])} == {str(tower)}


@pytest.mark.parametrize(("sources", "told"), [(["nowhere.txt"], "'nowhere.txt'"), ([], "no document was chosen")])
def test_a_choice_that_is_no_choice(bot: Chatbot, sources: list[str], told: str) -> None:
    """A name that is not in the index, or none at all."""
    for asked in (bot.ask, bot.search, bot.candidates):
        with pytest.raises(PathError, match=told):
            asked("How high?", sources=sources)


def test_a_changed_and_a_vanished_file_are_stale_until_the_next_sync(bot: Chatbot, folder: Path) -> None:
    """Told by source, for all documents or some."""
    assert bot.stale() == {}
    harbour, tower = str(folder / "harbour.txt"), str(folder / "tower.md")
    Path(harbour).write_text("The harbour silted up in 2020.", "utf-8")
    Path(tower).unlink()
    assert bot.stale() == {harbour: "changed", tower: "gone"}
    assert bot.stale([tower]) == {tower: "gone"}
    bot.sync()
    assert bot.stale() == {}
    assert bot.ask("When did the harbour silt up?").quotes[0].text == "The harbour silted up in 2020."


def test_what_was_removed_is_restored(bot: Chatbot, folder: Path) -> None:
    """A file within a folder of the index comes back, without becoming a path of its own."""
    tower = str(folder / "tower.md")
    assert bot.remove(tower) == (tower,)
    bot.sync()
    assert tower not in [document.source for document in bot.documents]
    assert bot.restore([tower]).added == [tower]
    assert len(bot.documents) == 3
    assert bot._index.catalog.roots == (str(folder),)


def test_a_path_of_its_own_is_restored_as_one(folder: Path, encoder: WordEncoder, tmp_path: Path) -> None:
    """What was named by itself is named again."""
    files = [folder / "tower.md", folder / "harbour.txt"]
    with Chatbot.open(files, index=tmp_path / "index", encoder=encoder) as bot:
        bot.remove(files[0])
        bot.restore([str(files[0])])
        assert names(bot) == ["harbour.txt", "tower.md"]
        assert bot._index.catalog.roots == tuple(sorted(map(str, files)))


def test_a_row_is_restored_although_its_file_is_as_it_was(encoder: WordEncoder, tmp_path: Path) -> None:
    """A document of a collection stays out until it is restored, or its file added again."""
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(f'{{"id": "{i}", "text": "Row {i} is here."}}\n' for i in "ab"), "utf-8")
    with Chatbot.open(rows, index=tmp_path / "index", encoder=encoder) as bot:
        for back in (lambda: bot.restore([f"{rows}#a"]), lambda: bot.sync(again=True)):
            bot.remove(f"{rows}#a")
            bot.sync()
            assert names(bot) == ["rows.jsonl#b"]
            back()
        assert names(bot) == ["rows.jsonl#b"]  # reading again is no change of mind


def test_chosen_documents_are_read_again(folder: Path, encoder: WordEncoder, tmp_path: Path) -> None:
    """Changed or not, and no others; progress is told to whoever asked for it."""
    told: list[str] = []
    with Chatbot.open(folder, index=tmp_path / "index", encoder=encoder) as bot:
        report = bot.sync(again=[folder / "tower.md"], progress=lambda progress: told.append(progress.stage))
        assert report.changed == [str(folder / "tower.md")]
        assert report.unchanged == 2
        assert told[0] == "looking"
        assert "reading" in told
        with pytest.raises(PathError, match="nowhere"):
            bot.sync(again="nowhere")


def test_the_landscape_has_the_question_and_its_candidates_on_it(bot: Chatbot) -> None:
    """A candidate's vector stands where its passage does; the question's is of the same kind."""
    land = bot.landscape()
    found = bot.candidates("How high is the tower?")
    question, vectors = bot.vectors("How high is the tower?", (), [c.passage.id for c in found])
    assert len(land.places) == len(found) == land.total == 3
    assert question.shape == (1, vectors.shape[1])
    for candidate, place in zip(found, land.place(vectors), strict=True):
        at = land.sources.index(candidate.passage.source)
        assert place == pytest.approx(land.places[at], abs=1e-5)


def test_an_empty_folder_can_be_opened_to_be_filled(tmp_path: Path, encoder: WordEncoder) -> None:
    """By whoever says so; a question has no answer until then."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(PathError, match="there are no documents"):
        Chatbot.open(tmp_path / "empty", index=tmp_path / "index", encoder=encoder)
    with Chatbot.open(tmp_path / "empty", index=tmp_path / "index", encoder=encoder, empty=True) as bot:
        assert bot.ask("How high?").quotes == ()
        assert bot.landscape().total == 0
        (tmp_path / "empty" / "tower.txt").write_text("The tower is 93 metres high.", "utf-8")
        bot.sync()
        assert bot.ask("How high is the tower?").quotes[0].text == "The tower is 93 metres high."
