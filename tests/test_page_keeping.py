"""Keeping and voting without a browser: what a message remembers, what is stored, and what the routes return."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from corpus.errors import InputError
from index.feedback import Vote
from qa import feedback
from qa.page import keeping
from qa.page.asking import shown
from qa.page.beginning import Beginning
from qa.page.keeping import from_store, messages, to_store
from qa.page.record import marked, record_of, turns_of, with_record
from qa.page.voting import thumbs, vote
from qa.records import Answer, Quote
from qa.turns import Mark, Turn, turn_of

TEXT = "The <b>tower</b> is 93 metres high."
QUOTE = Quote(TEXT, "/a.txt", "A", None, None, 0, len(TEXT), 0.9, 0, len(TEXT))
TURN = turn_of(Answer("How high is it?", "How high is it?", True, 0.9, (QUOTE,)))
PROBLEM = Turn("", "2026-01-01T00:00:00+00:00", problem="The question is empty.")


class Bot:
    """Keeps votes in a list; the texts are all the same."""

    index_folder = Path("/index")

    def __init__(self) -> None:
        self.votes: dict[str, Vote] = {}
        self.histories: list[Sequence[Mapping[str, str]]] = []

    def text(self, source: str) -> str:
        return TEXT

    def stale(self, sources: Sequence[str]) -> dict[str, str]:
        return {}

    def feedback(self, answer: Answer, verdict: str, **said: object) -> Vote:
        self.histories.append(said.pop("history"))
        given = feedback.vote(answer, verdict, **said)
        self.votes[given.id] = given
        return given

    def retract(self, vote_id: str) -> bool:
        return self.votes.pop(vote_id, None) is not None


def conversation(*turns: Turn) -> list[dict[str, object]]:
    return messages(turns, [shown(turn, Bot()) for turn in turns])


@given(st.text(), st.text())
def test_a_message_remembers_its_turn(question: str, comment: str) -> None:
    turn = replace(TURN, question=question, vote=Mark("a", "up", "", comment))
    message = with_record("<div>shown</div>", turn)
    assert record_of(message) == turn
    assert message.startswith("<div>shown</div>")
    assert "\n" not in message
    assert message.count("<") == 4


def test_a_message_remembers_one_turn_alone() -> None:
    message = marked(with_record("<div>shown</div>", TURN), Mark("a", "down"))
    assert message.count("pq-record") == 1
    assert record_of(message) == replace(TURN, vote=Mark("a", "down"))
    assert marked("<div>no record</div>", Mark("a", "down")) == "<div>no record</div>"


@pytest.mark.parametrize("record", ["", "nonsense", "[]", "{&quot;answer&quot;: 5}", "[" * 100_000])
def test_a_record_that_was_meddled_with_is_none(record: str) -> None:
    assert record_of(f'<div>shown</div><div class="pq-record">{record}</div>') is None


def test_the_turns_of_a_conversation_leave_out_what_has_no_answer_yet() -> None:
    history = [*conversation(TURN, PROBLEM), {"role": "user", "content": "And?"}, {"role": "assistant"}]
    assert turns_of(history) == [TURN, PROBLEM]


def test_a_vote_is_given_changed_and_taken_back() -> None:
    bot = Bot()
    history = conversation(TURN, replace(TURN, question="And when?"))
    assert thumbs(history) == ["", ""]
    voted = vote(bot, history, 3, "up")
    assert thumbs(voted.history) == ["", "Like"]
    said = [{"role": "user", "content": "How high is it?"}, {"role": "assistant", "content": TEXT}]
    assert bot.histories == [said]
    assert thumbs(history) == ["", ""]
    again = vote(bot, voted.history, 3, "down", reason="other", comment="no")
    assert thumbs(again.history) == ["", "Dislike"]
    assert [(one.id, one.verdict, one.comment) for one in bot.votes.values()] == [(voted.mark.id, "down", "no")]
    gone = vote(bot, again.history, 3, None)
    assert (bot.votes, gone.mark, gone.history) == ({}, None, history)
    assert vote(bot, history, 3, None).history == history


@pytest.mark.parametrize("index", [-1, 0, 3, 4])
def test_what_is_no_answer_is_not_voted_on(index: int) -> None:
    assert vote(Bot(), conversation(TURN, PROBLEM), index, "up") is None


def test_a_browser_keeps_a_conversation_for_its_user() -> None:
    stored = json.loads(json.dumps(to_store([TURN, PROBLEM], "ann")))
    assert from_store(stored, "ann") == [TURN, PROBLEM]
    assert from_store(stored, None) == []
    assert from_store(stored, "bob") == []
    assert to_store([], "ann") == {}
    many = to_store([replace(TURN, question=str(number)) for number in range(keeping.REMEMBERED + 1)], None)
    assert [turn.question for turn in from_store(many, None)][:2] == ["1", "2"]


@pytest.mark.parametrize("value", [None, 5, [], {}, {"user": None}, {"user": None, "turns": [5]}])
def test_a_browser_that_kept_something_else_begins_anew(value: object) -> None:
    assert from_store(value, None) == []


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(keeping.router)
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize(("suffix", "kind"), [("md", "text/markdown"), ("html", "text/html"), ("json", "application")])
def test_a_conversation_comes_as_a_file(client: TestClient, suffix: str, kind: str) -> None:
    got = client.post(f"/conversation.{suffix}", json={"turns": [TURN.to_dict(), PROBLEM.to_dict()]})
    assert got.status_code == 200
    assert got.headers["content-type"].startswith(kind)
    assert got.headers["content-disposition"] == f'attachment; filename="conversation.{suffix}"'
    assert "is 93 metres high." in got.text
    assert ("<b>" in got.text) == (suffix == "json")


@pytest.mark.parametrize(
    ("suffix", "body"),
    [
        ("exe", '{"turns": []}'),
        ("md", ""),
        ("md", "[]"),
        ("md", "{}"),
        ("md", "5"),
        ("md", '{"turns": 5}'),
        ("md", '{"turns": [{"answer": 5}]}'),
        ("md", "[" * 100_000),
        ("md", b"\xff\xfe\xfd"),
    ],
)
def test_what_is_no_conversation_is_refused(client: TestClient, suffix: str, body: str | bytes) -> None:
    got = client.post(f"/conversation.{suffix}", content=body)
    assert got.status_code == 400
    assert got.text.startswith("This is no conversation that can be saved")


def test_the_script_is_served(client: TestClient) -> None:
    assert client.get("/conversation.js").headers["content-type"].startswith("text/javascript")


def test_examples_are_looked_for_in_the_background() -> None:
    known = SimpleNamespace(example_questions=lambda: [str(number) for number in range(9)])
    looking = Beginning(known)
    assert looking.found is None
    looking.start(20)
    assert looking.found == ("0", "1", "2", "3", "4")
    looking.start(20)
    assert looking.found == ("0", "1", "2", "3", "4")

    slow = Beginning(SimpleNamespace(example_questions=lambda: time.sleep(0.5) or ["a"]))
    slow.start(0)
    assert slow.found is None
    slow.start(20)
    assert slow.found == ("a",)


def test_a_page_goes_without_examples_where_none_can_be_had() -> None:
    def closed() -> list[str]:
        raise InputError("the index is closed")

    looking = Beginning(SimpleNamespace(example_questions=closed))
    looking.start(20)
    assert looking.found == ()
