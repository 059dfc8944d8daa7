"""What we wrote ourselves becomes labelled sets."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from qa.cite import NOT_ANSWERED
from qa.evaluate import read_questions
from qa.training import read_rows, write_rows, written

MANUAL = """# A manual of the pump

## Cleaning the filter

The filter is cleaned with warm water, once a month at least. It is dried before it is put back into its place.

## Replacing a worn seal

Loosen the four screws on the cover with the key that is provided. Take the old seal out with a blunt tool only.
"""

BRIDGE = "The bridge was built in 1871. It was widened twice."
MILL = "The mill burned down in 1902."
TOWN = {"id": "town", "title": "A town", "text": f"Nothing is asked about this.\n{BRIDGE}\n{MILL}"}


def folder(at: Path, questions: Sequence[Mapping[str, Any]], conversations: Sequence[Any] = ()) -> str:
    """A folder of what somebody wrote: one document, questions, conversations to measure with."""
    at.mkdir()
    write_rows(at / "documents.jsonl", [TOWN])
    write_rows(at / "questions.jsonl", questions)
    write_rows(at / "conversations.jsonl", [{"use": "measure", "turns": turns} for turns in conversations])
    return str(at)


def test_questions_stand_beside_their_passages(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Only those for the use that is named; answers are exact slices, and what has none is unanswerable."""
    rows = [
        {
            "use": "train",
            "passage": written.digest(BRIDGE),
            "questions": [["When was the bridge built?", [[0, 29]]], ["Who built the bridge?", []]],
        },
        {"use": "train", "passage": written.digest("Nobody has this passage."), "questions": [["Who has it?", []]]},
        {"use": "measure", "passage": written.digest(MILL), "questions": [["Did the mill burn down?", [[0, 29]]]]},
    ]
    out = tmp_path / "out"
    written.main(["--use", "train", "--out", str(out), "--written", folder(tmp_path / "written", rows)])
    (document,) = read_rows(out / "documents.jsonl")
    assert document["text"] == BRIDGE
    built, builder = read_questions(out)
    ((name, start, text),) = built.answers
    assert (name, document["text"][start : start + len(text)]) == (document["id"], "The bridge was built in 1871.")
    assert builder.answerable is False
    assert "2 of 3 questions over 1 documents" in capfd.readouterr().err


def test_a_manual_is_cut_as_its_headings_are(tmp_path: Path) -> None:
    """Sections without their headings; the second of them is not asked about here, but stands in the same block."""
    manual = tmp_path / "pump"
    manual.mkdir()
    (manual / "pump.md").write_text(MANUAL, "utf-8")
    (manual / "without headings.txt").write_text("This is a line of English about the filter of a pump.\n", "utf-8")
    ((passage,), _) = [row["text"].split("\n") for row in written.sources([manual])]
    row = {"use": "measure", "passage": written.digest(passage), "questions": [["How is it cleaned?", [[0, 61]]]]}
    out = tmp_path / "out"
    own = folder(tmp_path / "written", [row])
    written.main([str(manual), "--use", "measure", "--out", str(out), "--written", own])
    (asked,) = read_questions(out)
    assert asked.answers[0][2] == "The filter is cleaned with warm water, once a month at least."


def test_a_document_as_it_was_read_keeps_everything(tmp_path: Path) -> None:
    """Its passages are runs of blocks, headings and code among them; the whole of its text is searched."""
    manual = tmp_path / "pump.md"
    code = "pump --flow 3\n\n" + "x" * written.RUN_CHARACTERS
    manual.write_text(f"{MANUAL}\n    {code}\n\n## After that\n\nThe cover is closed again.\n", "utf-8")
    (document,) = written.headings.documents([manual])
    first, last = [document.text[a:b] for a, b in written.runs(document.text)]
    assert first.startswith("A manual of the pump")
    assert first.endswith("x")
    assert last == "After that\n\nThe cover is closed again."
    start = last.index("The cover")
    row = {"use": "train", "passage": written.digest(last), "questions": [["And the cover?", [[start, len(last)]]]]}
    out, own = tmp_path / "out", folder(tmp_path / "written", [row])
    written.main(["--as-read", str(manual), "--use", "train", "--out", str(out), "--written", own])
    (asked,) = read_questions(out)
    assert asked.answers[0][2] == "The cover is closed again."
    assert [row["text"] for row in read_rows(out / "documents.jsonl")] == [document.text]
    (again,) = written.headings.documents([out / "documents.jsonl"])
    assert again.sections == document.sections


def test_a_conversation_becomes_follow_ups(tmp_path: Path) -> None:
    """Each with the questions before it and the sentences that answered them, or that nothing did."""
    start = TOWN["text"].index(BRIDGE)
    turns = [
        {"question": "When was the bridge built?", "answers": [[start, start + 29]], "alone": "When?"},
        {"question": "By whom?", "answers": [], "alone": "Who built the bridge?"},
        {"question": "Widened?", "answers": [[start + 30, start + 51]], "alone": "Was the bridge widened?"},
    ]
    out = tmp_path / "out"
    own = folder(tmp_path / "written", [], [[{"document": "town", **turn} for turn in turns]])
    written.main(["--use", "measure", "--conversations", "--out", str(out), "--written", own])
    builder, widened = read_questions(out)
    assert (builder.answerable, builder.answers) == (False, ())
    assert (widened.text, widened.rewrite) == ("Widened?", "Was the bridge widened?")
    assert widened.answers == (("town", start + 30, "It was widened twice."),)
    assert widened.history == (
        {"role": "user", "content": "When was the bridge built?"},
        {"role": "assistant", "content": "The bridge was built in 1871."},
        {"role": "user", "content": "By whom?"},
        {"role": "assistant", "content": NOT_ANSWERED},
    )


def test_a_conversation_over_passages_is_placed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The document has the passages that are talked of; a conversation of which one is not found is left out."""
    water = {"id": "water", "title": "Water", "text": f"Nothing is asked about this.\n{MILL}\n{BRIDGE}"}
    (tmp_path / "other").mkdir()
    write_rows(tmp_path / "other" / "documents.jsonl", [water])

    def turn(passage: str, question: str, *answers: list[int]) -> dict[str, Any]:
        return {"question": question, "passage": written.digest(passage), "answers": answers, "alone": question}

    talk = [turn(MILL, "Did it burn?", [0, 29]), turn(BRIDGE, "Widened?", [30, 51]), turn(BRIDGE, "By whom?")]
    lost = [turn(MILL, "Did it burn?", [0, 29]), turn("Nobody has this.", "And then?")]
    out = tmp_path / "out"
    own = folder(tmp_path / "written", [], [talk, lost])
    which = ["--use", "measure", "--conversations", "--written", own]
    written.main([str(tmp_path / "other"), *which, "--out", str(out)])
    (document,) = read_rows(out / "documents.jsonl")
    assert document["text"] == f"{MILL}\n{BRIDGE}"
    widened, builder = read_questions(out)
    ((name, start, text),) = widened.answers
    assert (name, document["text"][start : start + len(text)]) == (document["id"], "It was widened twice.")
    assert (builder.answerable, builder.text) == (False, "By whom?")
    assert "2 of 3 questions over 1 documents" in capfd.readouterr().err


def test_the_packaged_questions_are_whole() -> None:
    """Each passage once for each use, no empty question, ranges in order; two in five have no answer."""
    rows = read_rows(written.WRITTEN / "questions.jsonl")
    assert max(Counter((row["use"], row["passage"]) for row in rows).values()) == 1
    assert {row["use"] for row in rows} == set(written.USES)
    asked = [(question, ranges) for row in rows for question, ranges in row["questions"]]
    assert all(question and question == question.strip() for question, _ in asked)
    assert all(0 <= a < b for _, ranges in asked for a, b in ranges)
    assert 0.35 < sum(not ranges for _, ranges in asked) / len(asked) < 0.6


@pytest.mark.parametrize(
    "what",
    [*(["--use", use] for use in written.USES), *(["--conversations", "--use", use] for use in ("train", "measure"))],
)
def test_our_own_documents_make_labelled_sets(what: list[str], tmp_path: Path) -> None:
    """Every answer is an exact slice of its document."""
    written.main([*what, "--out", str(tmp_path)])
    texts = {row["id"]: row["text"] for row in read_rows(tmp_path / "documents.jsonl")}
    asked = read_questions(tmp_path)
    assert len(asked) > 450
    assert all(texts[d][start : start + len(text)] == text for q in asked for d, start, text in q.answers)


def test_the_packaged_conversations_are_whole() -> None:
    """Every turn is over a passage, or over a document of our own at places that it has.

    The first is answered; over our own documents all that are to measure with.
    """
    texts = {row["id"]: row["text"] for row in read_rows(written.WRITTEN / "documents.jsonl")}
    rows = read_rows(written.WRITTEN / "conversations.jsonl")
    turns = [turn for row in rows for turn in row["turns"]]
    assert all(turn["question"] and turn["alone"] for turn in turns)
    assert {row["use"] for row in rows} == set(written.USES)
    assert all(len(turn["passage"]) == written.DIGITS for turn in turns if "document" not in turn)
    assert all(0 <= a < b for turn in turns for a, b in turn["answers"])
    assert all(b <= len(texts[turn["document"]]) for turn in turns if "document" in turn for _, b in turn["answers"])
    measured = [turn for row in rows if row["use"] == "measure" for turn in row["turns"]]
    assert all(turn["answers"] for turn in measured if "document" in turn)
    assert all(row["turns"][0]["answers"] for row in rows)
