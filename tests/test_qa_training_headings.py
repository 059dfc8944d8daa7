"""Headings become questions, and the text beneath them the answers."""

import json
from pathlib import Path

from qa.evaluate import read_questions
from qa.training import headings

MANUAL = """# A manual of the pump

## 1.2 Cleaning the filter

The filter is cleaned with warm water, once a month at least. It is dried before it is put back into its place.

## See also

The manual of the valve says more about the valve that belongs to it.

## pump_start()

The pump starts when this function is called, and stops by itself after an hour.

## Replacing a worn seal

Loosen the four screws on the cover with the key that is provided. Take the old seal out with a blunt tool only.
"""

VALVE = """# A manual of the valve

## See also

The manual of the pump says more about the pump that this valve belongs to.
"""

GERMAN = """# Handbuch der Pumpe

## Die Dichtung ersetzen

Lösen Sie die vier Schrauben am Deckel mit dem Schlüssel, der beiliegt. Nehmen Sie die alte Dichtung vorsichtig heraus.
"""


def test_headings_that_ask_something_become_questions(tmp_path: Path) -> None:
    papers, out = tmp_path / "papers", tmp_path / "out"
    papers.mkdir()
    (papers / "pump.md").write_text(MANUAL, "utf-8")
    (papers / "valve.md").write_text(VALVE, "utf-8")
    (papers / "pumpe.md").write_text(GERMAN, "utf-8")
    headings.main([str(papers), "--out", str(out)])
    (document,) = [json.loads(line) for line in (out / "documents.jsonl").read_text("utf-8").splitlines()]
    questions = read_questions(out)
    assert {question.text for question in questions} == {"Cleaning the filter", "Replacing a worn seal"}
    assert len({question.id for question in questions}) == 2
    for question in questions:
        assert question.text not in document["text"]
        for _, start, text in question.answers:
            assert document["text"][start : start + len(text)] == text


def test_a_file_that_cannot_be_read_is_named_and_left_out(tmp_path: Path, capsys) -> None:
    papers, out = tmp_path / "papers", tmp_path / "out"
    papers.mkdir()
    (papers / "pump.md").write_text(MANUAL, "utf-8")
    (papers / "torn.pdf").write_bytes(b"%PDF-1.7 torn")
    headings.main([str(papers), "--out", str(out), "--limit", "1"])
    said = capsys.readouterr().err
    assert "torn.pdf" in said or "damaged" in said
    assert "1 questions over 1 documents" in said
