"""Votes on answers, and the labelled set made of them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.errors import InputError, PathError, SettingError
from qa import Chatbot, evaluate, figures
from qa.cli import main
from qa.feedback import REASONS, REFUSAL_REASONS, reason_in_words, reasons, vote
from qa.records import Answer
from qa.settings import Settings
from tests.conftest import PieceEncoder, WordEncoder

SETTINGS = Settings(reader=False, threshold=0.0)


@pytest.fixture
def bot(folder: Path, tmp_path: Path, encoder: WordEncoder) -> Iterator[Chatbot]:
    with Chatbot.open(folder, index=tmp_path / "index", settings=SETTINGS, encoder=encoder) as bot:
        yield bot


def test_a_vote_says_what_was_shown(bot: Chatbot) -> None:
    first = "How high is the tower?"
    answer = bot.ask("When did it open?", [{"role": "user", "content": first}])
    given = bot.feedback(answer, "up", reason="exact", comment=" thanks ", history=[{"role": "user", "content": first}])
    assert bot.votes == (given,)
    assert (given.question, given.understood, given.before) == ("When did it open?", answer.understood, (first,))
    assert (given.verdict, given.reason, given.comment) == ("up", "exact", "thanks")
    assert (given.answered, given.confidence) == (answer.answered, answer.confidence)
    for place, quote in zip(given.quotes, answer.quotes, strict=True):
        assert bot.text(place.source)[place.start : place.end] == place.text == quote.text
    assert reason_in_words(given) == "It is what I was looking for: thanks"


def test_a_vote_on_a_question_that_stands_alone_keeps_no_other(folder: Path, tmp_path: Path) -> None:
    """Though what was searched for is not what was typed."""
    history = [{"role": "user", "content": "How high is the tower?"}]
    with Chatbot.open(folder, index=tmp_path / "index", settings=SETTINGS, encoder=PieceEncoder()) as bot:
        answer = bot.ask("Was the harbour drdged in 1932?", history)
        assert answer.understood == "Was the harbour dredged in 1932?"
        given = bot.feedback(answer, "up", history=history)
    assert (given.understood, given.before) == (answer.understood, ())


def test_a_vote_is_changed_and_taken_back(bot: Chatbot) -> None:
    answer = bot.ask("How high is the tower?")
    given = bot.feedback(answer, "up")
    changed = bot.feedback(answer, "down", reason="wrong-place", replaces=given.id)
    assert bot.votes == (changed,)
    assert changed.id == given.id
    assert bot.retract(given.id)
    assert not bot.retract(given.id)
    assert bot.votes == ()


@pytest.mark.parametrize(
    ("verdict", "said", "told"),
    [
        ("sideways", {}, "a verdict is 'up' or 'down', not 'sideways'"),
        ("up", {"reason": "no-answer"}, "no such reason: 'no-answer'; choose one of exact"),
        ("down", {"comment": "x" * 2001}, "2,001 characters, the limit is 2,000"),
    ],
)
def test_a_vote_that_cannot_be(bot: Chatbot, verdict: str, said: dict[str, str], told: str) -> None:
    answer = bot.ask("How high is the tower?")
    with pytest.raises(SettingError, match=told):
        bot.feedback(answer, verdict, **said)
    assert bot.votes == ()


def test_a_quote_that_stands_there_no_more_is_not_voted_on(bot: Chatbot) -> None:
    answer = bot.ask("How high is the tower?")
    moved = replace(answer, quotes=(replace(answer.quotes[0], start=1, end=1 + len(answer.quotes[0].text)),))
    with pytest.raises(InputError, match="has changed since this answer"):
        bot.feedback(moved, "up")
    bot.remove(answer.quotes[0].source)
    with pytest.raises(InputError, match="has changed since this answer"):
        bot.feedback(answer, "up")


def test_halves_of_characters_are_kept_as_question_marks() -> None:
    given = vote(Answer("a\ud800?", "a\ud800?", False, 0.0, ()), "down", comment="\udfff")
    assert (given.question, given.understood, given.comment) == ("a??", "a??", "?")


def test_every_reason_has_words_and_one_means_that_there_is_no_answer() -> None:
    for listed in (REASONS, REFUSAL_REASONS):
        assert list(listed) == ["up", "down"]
        assert all(words[0].isupper() for of in listed.values() for words in of.values())
    assert "no-answer" in reasons("down", answered=True)
    assert "no-answer" not in reasons("down", answered=False)


def asked(bot: Chatbot, question: str, *, answered: bool = True) -> Answer:
    return replace(bot.ask(question), answered=answered)


def test_the_votes_make_a_set_that_evaluate_reads(bot: Chatbot, tmp_path: Path, encoder: WordEncoder) -> None:
    bot.feedback(asked(bot, "How high is the tower?"), "down")
    bot.feedback(asked(bot, "How high is the tower?"), "up")  # the last one counts
    bot.feedback(asked(bot, "Is the museum closed?"), "down", reason="no-answer")
    bot.feedback(asked(bot, "Who dredged the harbour?"), "down", reason="wrong-sentence")
    bot.feedback(asked(bot, "Who was the king?", answered=False), "up")
    bot.feedback(asked(bot, "Where do ships wait?", answered=False), "down", reason="is-there")
    folder = tmp_path / "set"
    assert bot.export_votes(folder) == 5
    questions = {one.text: one for one in evaluate.read_questions(folder)}
    tower = questions["How high is the tower?"]
    assert tower.answerable is True
    assert list(tower.relevant) == ["tower.md"]
    assert [(name, text) for name, _, text in tower.answers] == [("tower.md", "The tower is 93 metres high.")]
    assert [questions[text].answerable for text in ("Is the museum closed?", "Who was the king?")] == [False, False]
    for text in ("Who dredged the harbour?", "Where do ships wait?"):
        assert (questions[text].answerable, questions[text].answers, questions[text].relevant) == (None, (), {})
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    counts = {"documents": 3, "questions": 5, "answerable": 1, "unanswerable": 2, "with_spans": 1}
    assert {name: meta[name] for name in counts} == counts
    rows = [json.loads(line) for line in (folder / "documents.jsonl").read_text("utf-8").splitlines()]
    assert {row["id"]: row["text"] for row in rows} == {Path(d.source).name: bot.text(d.source) for d in bot.documents}

    index = tmp_path / "again"
    with Chatbot.open(folder / "documents.jsonl", index=index, settings=SETTINGS, encoder=encoder) as again:
        outcomes = list(evaluate.run(again, list(questions.values()), lambda done, total: None))
    found = figures.measure(outcomes)
    assert (found["questions"], found["quote@1"], found["unanswerable"]) == (5, 1.0, 2)


def test_a_follow_up_is_exported_with_what_it_leans_on(bot: Chatbot, tmp_path: Path) -> None:
    before = [{"role": "user", "content": "How high is the tower?"}]
    answer = replace(bot.ask("When did it open?", before), answered=True)
    bot.feedback(answer, "up", history=before)
    bot.export_votes(tmp_path / "set")
    (question,) = evaluate.read_questions(tmp_path / "set")
    assert question.history == ({"role": "user", "content": "How high is the tower?"},)


def test_gold_of_a_document_that_is_gone_is_left_out(bot: Chatbot, tmp_path: Path) -> None:
    answer = asked(bot, "How high is the tower?")
    bot.feedback(answer, "up")
    bot.remove(answer.quotes[0].source)
    bot.export_votes(tmp_path / "set")
    (question,) = evaluate.read_questions(tmp_path / "set")
    assert (question.answerable, question.answers) == (None, ())


def test_a_set_that_cannot_be_written_says_so(bot: Chatbot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    with pytest.raises(PathError, match=r"cannot be written to .*file"):
        bot.export_votes(tmp_path / "file")


def test_the_command_lists_exports_and_forgets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    papers, where = tmp_path / "papers", ["--index", str(tmp_path / "index")]
    papers.mkdir()
    (papers / "tower.txt").write_text("The tower is 93 metres high. It opened in 1889.", "utf-8")
    with Chatbot.open(papers, index=tmp_path / "index") as bot:
        first = "How high is the tower?"
        given = bot.feedback(bot.ask(first), "up", reason="exact", comment="quick")
        bot.feedback(
            bot.ask("And when did it open?", [{"role": "user", "content": first}]),
            "down",
            history=[{"role": "user", "content": first}],
        )
        bot.feedback(bot.ask("Who won the football world cup in 1998?"), "up", reason="not-there")
    assert main(["feedback", *where]) == 0
    out = capsys.readouterr().out
    assert "up    How high is the tower?\n" in out
    assert "“The tower is 93 metres high.” (tower.txt)" in out
    assert "It is what I was looking for: quick" in out
    assert "searched for: How high is the tower? And when did it open?" in out
    assert "The documents don't seem to answer this." in out
    assert main(["feedback", *where, "--export", str(tmp_path / "set")]) == 0
    assert "3 questions from 3 votes" in capsys.readouterr().out
    assert main(["evaluate", str(tmp_path / "set"), "--index", str(tmp_path / "set-index"), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)["set"]
    assert (figures["quote@1"], figures["refused, of unanswerable"]) == (1.0, 1.0)
    assert main(["feedback", *where, "--retract", given.id, "--json"]) == 0
    assert [one["verdict"] for one in json.loads(capsys.readouterr().out)] == ["down", "up"]
    assert main(["feedback", *where, "--retract", given.id]) == 2
    assert "there is no vote" in capsys.readouterr().err


def test_the_command_says_that_nobody_has_voted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "--index", str(tmp_path / "index")]) == 0
    assert "Nobody has voted" in capsys.readouterr().out
