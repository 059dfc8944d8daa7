"""Labelled questions become follow-ups of one another."""

import json
from pathlib import Path

import pytest

from qa.evaluate import read_questions
from qa.training.conversations import main, with_pronoun

TOWN = "Ardala has 900 people. It lies by the sea. Its mayor is Ida Berg. She was born in Benmor. It has a mill."
OTHER = "Corvey is a village. Nobody lives in Corvey."


def labelled(folder: Path, *questions: tuple[str, str, str]) -> None:
    """Write a set whose questions are (document, question, answer)."""
    texts = {"town": TOWN, "other": OTHER}
    rows = [
        {
            "id": str(number),
            "question": question,
            "document_id": [document],
            "answers": [{"text": answer, "start": texts[document].index(answer), "document_id": document}],
            "answerable": True,
        }
        for number, (document, question, answer) in enumerate(questions)
    ]
    documents = [{"id": name, "title": name, "text": text} for name, text in texts.items()]
    for name, lines in (("documents", documents), ("questions", rows)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def test_a_name_that_was_spoken_of_becomes_a_pronoun(tmp_path: Path) -> None:
    """In an earlier question or in its answer; not in one about another document."""
    labelled(
        tmp_path,
        ("other", "What is Corvey?", "a village"),
        ("town", "How many people has Ardala?", "900"),
        ("town", "Where is Ardala?", "by the sea"),
        ("town", "Who is its mayor?", "Ida Berg"),
        ("town", "Where was Ida Berg born?", "Benmor"),
        ("town", "Who lives in Corvey?", "mill"),
    )
    main([str(tmp_path), "--out", str(tmp_path / "out")])
    found = {question.id: question for question in read_questions(tmp_path / "out")}
    assert {name: (question.text, question.rewrite) for name, question in found.items()} == {
        "2": ("Where is it?", "Where is Ardala?"),
        "4": ("Where was it born?", "Where was Ida Berg born?"),
    }
    assert found["2"].history == (
        {"role": "user", "content": "How many people has Ardala?"},
        {"role": "assistant", "content": "Ardala has 900 people."},
    )
    assert found["4"].history[1]["content"] == "Its mayor is Ida Berg."


def test_a_conversation_may_have_a_turn_between(tmp_path: Path) -> None:
    """Where the name stands in two earlier questions, only the first of them says it."""
    labelled(
        tmp_path,
        ("town", "How many people has Ardala?", "900"),
        ("town", "Who is the mayor of Ardala?", "Ida Berg"),
        ("town", "What else has Ardala?", "a mill"),
    )
    main([str(tmp_path), "--out", str(tmp_path / "out")])
    last = next(question for question in read_questions(tmp_path / "out") if question.id == "2")
    said = [message["content"] for message in last.history if message["role"] == "user"]
    assert sum("Ardala" in text for text in said) == 1
    assert said[1] in {"How many people has it?", "Who is the mayor of it?"}


def test_a_field_that_no_document_has_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is written."""
    labelled(tmp_path, ("town", "How many people has Ardala?", "900"))
    with pytest.raises(SystemExit):
        main([str(tmp_path), "--out", str(tmp_path / "out"), "--group", "article"])
    assert "have no field 'article'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("question", "name", "text", "made"),
    [
        ("When did Berg die?", "Berg", "He lived long; his son", "When did he die?"),
        ("Who wrote to Berg?", "Berg", "He lived long; his son", "Who wrote to him?"),
        ("What was Berg's house?", "Berg", "her house", "What was her house?"),
        ("What is the Grand Canal?", "Grand Canal", "", "What is it?"),
        ("Who lives in the Amazon forest?", "Amazon", "", None),
        ("Did Berg know of Berg?", "Berg", "", None),
        ("Where is Bergen?", "Berg", "", None),
    ],
)
def test_a_pronoun_stands_where_a_name_stood(question: str, name: str, text: str, made: str | None) -> None:
    """By what surrounds it, never for a part of a longer name."""
    assert with_pronoun(question, name, text) == made
