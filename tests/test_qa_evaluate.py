"""Figures on labelled sets, each worked out by hand."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import WordEncoder
from test_qa_records import quote

from corpus.errors import PathError
from qa import Chatbot, evaluate
from qa.evaluate import Outcome, Question
from qa.records import Answer

DOCUMENTS = [
    {"id": "a", "title": "Tower", "text": "The tower is 93 metres high. It opened in 1889.", "group": "x"},
    {"id": "b", "title": "Harbour", "text": "The harbour was dredged in 1932.", "group": "y"},
]
QUESTIONS = [
    {"id": "1", "question": "How many metres high is the tower?", "document_id": ["a"], "answerable": True,
     "answers": [{"text": "93 metres", "start": 13, "document_id": "a"}]},
    {"id": "2", "question": "When was the harbour dredged?", "document_id": ["b"], "answerable": True,
     "answers": [{"text": "1932", "start": 27, "document_id": "b"}],
     "history": [{"speaker": "user", "text": "Where is the harbour?"}, {"speaker": "agent", "text": "By the sea."}]},
    {"id": "3", "question": "Who baked the bread?", "document_id": [], "answerable": False, "answers": []},
]  # fmt: skip


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    folder.mkdir()
    for name, rows in (("documents", DOCUMENTS), ("questions", QUESTIONS)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return folder


def outcome(answerable: bool | None, confidence: float, right: bool, ranking: tuple[str, ...] = ("a",)) -> Outcome:
    question = Question("1", "?", {"a": 1}, (("a", 0, "1889" if right else "1066"),), answerable, ())
    quotes = (quote(source="/s/documents.jsonl#a", confidence=confidence),)
    return Outcome(question, Answer("?", "?", confidence >= 0.5, confidence, quotes), ranking, True, 0.010)


def test_a_run_from_files_to_figures(labelled: Path, encoder: WordEncoder, tmp_path: Path) -> None:
    """Two questions of three are answered from the right document, every quote is verbatim."""
    told: list[tuple[int, int]] = []
    with Chatbot.open(labelled / "documents.jsonl", index=tmp_path / "index", encoder=encoder) as bot:
        questions = evaluate.read_questions(labelled)
        outcomes = list(evaluate.run(bot, questions, lambda *n: told.append(n)))
    figures = evaluate.measure(outcomes)
    assert figures["quote@1"] == figures["passage hit@1"] == figures["MRR@10"] == figures["verbatim"] == 1.0
    assert (figures["questions"], figures["with a gold answer"], figures["unanswerable"]) == (3, 2, 1)
    assert figures["AUROC answerable"] == 1.0
    assert told[-1] == (3, 3)


def test_a_quote_is_right_if_it_holds_the_answer_or_lies_in_it() -> None:
    """In the right document, by words or by place."""
    q = quote(source="/s/documents.jsonl#a")
    assert evaluate.holds(q, ("a", -1, "1889"))
    assert evaluate.holds(q, ("a", -1, "They say: It opened in 1889. And more."))
    assert evaluate.holds(q, ("a", 5, "x" * 30))
    assert not evaluate.holds(q, ("a", 11, "x" * 30))
    assert not evaluate.holds(q, ("b", -1, "1889"))


def test_shares_are_counted() -> None:
    """Of four answerable questions, three right and two answered; of two others, one refused."""
    outcomes = [outcome(True, c, r) for c, r in ((0.9, True), (0.8, True), (0.3, True), (0.2, False))]
    outcomes += [outcome(False, 0.6, right=True), outcome(False, 0.1, right=False)]
    figures = evaluate.measure(outcomes)
    assert figures["quote@1"] == figures["quote@3"] == 0.75
    assert figures["answered, of answerable"] == 0.5
    assert figures["refused, of unanswerable"] == 0.5
    assert figures["AUROC answerable"] == 6 / 8  # of the eight pairs, .6 beats .3 and .2
    assert figures["let through at 95% kept"] == 0.5  # the cut is .215
    assert figures["quote characters"] == 18
    assert figures["p50 ms"] == pytest.approx(10)


def test_rank_counts_documents() -> None:
    """First, second, absent: hit@1 is 1/3, MRR is (1 + 1/2 + 0) / 3."""
    rankings = [("a", "b"), ("b", "a"), ("b", "c")]
    figures = evaluate.measure([outcome(True, 0.9, right=True, ranking=ranking) for ranking in rankings])
    assert figures["passage hit@1"] == pytest.approx(1 / 3)
    assert figures["passage hit@5"] == pytest.approx(2 / 3)
    assert figures["MRR@10"] == pytest.approx(0.5)


def test_calibration_error_is_the_gap_of_each_bin() -> None:
    """Two at .8 of which one is right: a gap of .3."""
    figures = evaluate.measure([outcome(True, 0.8, right=True), outcome(True, 0.8, right=False)])
    assert figures["ECE"] == pytest.approx(0.3)


def test_nothing_to_measure_is_none() -> None:
    """An empty run has no shares."""
    figures = evaluate.measure([])
    assert figures["questions"] == 0
    assert all(value is None for name, value in figures.items() if name in {"quote@1", "MRR@10", "ECE", "p50 ms"})


def test_holding_documents_out_makes_their_questions_unanswerable(labelled: Path, tmp_path: Path) -> None:
    """Every second group goes; the question about it has no answer any more."""
    kept = evaluate.hold_out(labelled, evaluate.read_questions(labelled), "group", tmp_path / "half")
    assert [q.answerable for q in kept] == [True, False, False]
    assert [json.loads(line)["id"] for line in (tmp_path / "half/documents.jsonl").read_text("utf-8").splitlines()] == [
        "a"
    ]
    with pytest.raises(PathError, match="no field 'article'"):
        evaluate.hold_out(labelled, [], "article", tmp_path / "half")


def test_a_sample_is_evenly_spread(labelled: Path) -> None:
    """So many at the most."""
    questions = evaluate.read_questions(labelled)
    assert [q.id for q in evaluate.sample(questions, 2)] == ["1", "2"]
    assert evaluate.sample(questions, 9) == questions
    assert questions[1].history[1] == {"role": "assistant", "content": "By the sea."}
    assert evaluate.without_history(questions)[1].history == ()


def test_a_folder_that_is_no_set_is_named(labelled: Path, write: Callable[[str, str], Path]) -> None:
    """The missing file, or the bad line, is in the message."""
    with pytest.raises(PathError, match=r"there is no documents\.jsonl"):
        evaluate.read_questions(write("other/x.txt", "").parent)
    (labelled / "questions.jsonl").write_text('{"id": "1"}\n', "utf-8")
    with pytest.raises(PathError, match=r"questions\.jsonl, line 1"):
        evaluate.read_questions(labelled)
