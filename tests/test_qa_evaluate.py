"""Figures on labelled sets, each worked out by hand."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import WordEncoder
from test_qa_records import quote

from corpus.errors import PathError, SettingError
from qa import Chatbot, baseline, evaluate, figures, plots
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
     "history": [{"speaker": "user", "text": "Where is the harbour?"}, {"speaker": "agent", "text": "By the sea."}],
     "standalone_rewrite": "In which year was the harbour dredged?"},
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
    question = Question("1", "?", {"a": 1}, (("a", 0, "1889" if right else "1066"),), answerable)
    quotes = (quote(source="/s/documents.jsonl#a", confidence=confidence),)
    return Outcome(question, Answer("?", "?", confidence >= 0.5, confidence, quotes), ranking, True, 0.010)


def test_a_run_from_files_to_figures(labelled: Path, encoder: WordEncoder, tmp_path: Path) -> None:
    """Two questions of three are answered from the right document, every quote is verbatim."""
    told: list[tuple[int, int]] = []
    with Chatbot.open(labelled / "documents.jsonl", index=tmp_path / "index", encoder=encoder) as bot:
        questions = evaluate.read_questions(labelled)
        outcomes = list(evaluate.run(bot, questions, lambda *n: told.append(n)))
    found = figures.measure(outcomes)
    assert found["quote@1"] == found["passage hit@1"] == found["MRR@10"] == found["verbatim"] == 1.0
    assert (found["questions"], found["with a gold answer"], found["unanswerable"]) == (3, 2, 1)
    assert found["AUROC answerable"] == 1.0
    assert found["follow-ups hit@5"] == found["  asked alone"] == found["  as the set rewrites"] == 1.0
    assert told[-1] == (3, 3)


def test_a_quote_is_right_if_it_holds_the_answer_or_lies_in_it() -> None:
    """In the right document, by words or by place."""
    q = quote(source="/s/documents.jsonl#a")
    assert evaluate.holds(q, ("a", -1, "1889"))
    assert evaluate.holds(q, ("a", -1, "They say: It opened in 1889. And more."))
    assert evaluate.holds(q, ("a", 5, "x" * 30))
    assert not evaluate.holds(q, ("a", 25, "x" * 30))
    assert not evaluate.holds(q, ("a", -1, "x" * 60))
    assert not evaluate.holds(q, ("b", -1, "1889"))


def test_shares_are_counted() -> None:
    """Of four answerable questions, three right and two answered; of two others, one refused."""
    outcomes = [outcome(True, c, r) for c, r in ((0.9, True), (0.8, True), (0.3, True), (0.2, False))]
    outcomes += [outcome(False, 0.6, right=True), outcome(False, 0.1, right=False)]
    found = figures.measure(outcomes)
    assert found["quote@1"] == found["quote@3"] == 0.75
    assert found["answered, of answerable"] == 0.5
    assert found["refused, of unanswerable"] == 0.5
    assert found["AUROC answerable"] == 6 / 8  # of the eight pairs, .6 beats .3 and .2
    assert found["let through at 95% kept"] == 0.5  # the cut is .215
    assert found["quote characters"] == 18
    assert found["p50 ms"] == pytest.approx(10)


def test_rank_counts_documents() -> None:
    """First, second, absent: hit@1 is 1/3, MRR is (1 + 1/2 + 0) / 3."""
    rankings = [("a", "b"), ("b", "a"), ("b", "c")]
    found = figures.measure([outcome(True, 0.9, right=True, ranking=ranking) for ranking in rankings])
    assert found["passage hit@1"] == pytest.approx(1 / 3)
    assert found["passage hit@5"] == pytest.approx(2 / 3)
    assert found["MRR@10"] == pytest.approx(0.5)


def test_calibration_error_is_the_gap_of_each_bin() -> None:
    """Two at .8 of which one is right: a gap of .3."""
    found = figures.measure([outcome(True, 0.8, right=True), outcome(True, 0.8, right=False)])
    assert found["ECE"] == pytest.approx(0.3)


def test_reliability_is_counted_by_bins() -> None:
    """Of four bins, the last has two questions at .8 and .9, one of them right; the second one at .3, wrong."""
    sure = [outcome(True, c, right=r) for c, r in ((0.8, True), (0.9, False), (0.3, False))]
    confidence, right, counts = figures.reliability(sure, bins=4)
    assert counts.tolist() == [0, 1, 0, 2]
    assert (confidence[3], right[3]) == (pytest.approx(0.85), 0.5)
    assert (confidence[1], right[1]) == (pytest.approx(0.3), 0)


def test_risk_rises_as_less_sure_questions_are_answered() -> None:
    """Right, then two equally sure of which one is wrong, then an unanswerable one: 0, 1/4, 1/3, 1/2."""
    run = [outcome(True, 0.9, right=True), outcome(True, 0.5, right=False), outcome(True, 0.5, right=True)]
    run.append(outcome(False, 0.2, right=True))
    coverage, risk = figures.risk_coverage(run)
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert risk.tolist() == pytest.approx([0, 0.25, 1 / 3, 0.5])
    assert figures.measure(run)["AURC"] == pytest.approx((0.25 + 1 / 3 + 0.5) / 4)


def test_a_picture_is_drawn_of_what_can_be_judged(tmp_path: Path) -> None:
    """A PNG by the set's name, whatever characters that has; none where nothing can be judged."""
    run = [outcome(True, 0.9, right=True), outcome(True, 0.2, right=False)]
    picture = plots.save_plot("my/set, half", run, tmp_path / "new")
    assert picture == tmp_path / "new" / "my-set--half.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    nobody_knows = replace(run[0], question=replace(run[0].question, answers=()))
    assert plots.save_plot("none", [nobody_knows], tmp_path) is None
    (tmp_path / "file").write_text("")
    with pytest.raises(PathError, match=r"cannot be written: .*; name another folder"):
        plots.save_plot("set", run, tmp_path / "file")


def test_without_the_extra_pictures_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a question is asked."""
    monkeypatch.setattr(plots, "find_spec", lambda name: None)
    with pytest.raises(SettingError, match=r"pip install 'pullquote\[plots\]'"):
        plots.check_can_plot()


def test_the_baseline_is_the_nearest_sentence(labelled: Path, encoder: WordEncoder, tmp_path: Path) -> None:
    """By cosine alone: the same passages, the same figures, no calibration."""
    told: list[tuple[int, int]] = []
    with Chatbot.open(labelled / "documents.jsonl", index=tmp_path / "index", encoder=encoder) as bot:
        questions = evaluate.read_questions(labelled)
        outcomes = list(baseline.run(bot.index_folder, bot.encoder, questions, lambda *n: told.append(n)))
        quoted = outcomes[0].answer.quotes[0]
        assert bot.text(quoted.source)[quoted.start : quoted.end] == quoted.text == "The tower is 93 metres high."
    found = figures.measure(outcomes, calibrated=False)
    assert found["quote@1"] == found["passage hit@1"] == 1.0
    assert found["ECE"] is found["p50 ms"] is found["verbatim"] is found["answered, of answerable"] is None
    assert told[-1] == (8, 8)  # two passages, three sentences, three questions


def test_nothing_to_measure_is_none() -> None:
    """An empty run has no shares."""
    found = figures.measure([])
    assert found["questions"] == 0
    assert all(value is None for name, value in found.items() if name in {"quote@1", "MRR@10", "ECE", "p50 ms"})


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


def test_a_folder_that_is_no_set_is_named(labelled: Path, write: Callable[[str, str], Path]) -> None:
    """The missing file, or the bad line, is in the message."""
    with pytest.raises(PathError, match=r"there is no documents\.jsonl"):
        evaluate.read_questions(write("other/x.txt", "").parent)
    (labelled / "questions.jsonl").write_text('{"id": "1"}\n', "utf-8")
    with pytest.raises(PathError, match=r"questions\.jsonl, line 1"):
        evaluate.read_questions(labelled)
