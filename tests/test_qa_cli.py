"""The command: what goes to stdout, what to stderr, and the exit codes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PieceEncoder, WordEncoder, hear_ctrl_c
from test_qa_evaluate import labelled  # noqa: F401 - a fixture

import qa.chatbot
from qa.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process, on the small encoder and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(qa.chatbot, "_encoder", lambda model: WordEncoder())

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


def test_an_answer_goes_to_stdout_with_exit_code_0(run: Run, folder: Path) -> None:
    """The quote comes first, then its citation and how sure it is; stderr stays empty."""
    code, out, err = run("ask", "How high is the tower?", folder, "--threshold", 0.1)
    assert code == 0
    assert "“The tower is 93 metres high.”\n  — The tower (tower.md), " in out
    assert err == ""


def test_no_answer_has_exit_code_1(run: Run, folder: Path) -> None:
    """The closest passages are shown as such."""
    code, out, _ = run("ask", "Whither goest thou?", folder)
    assert code == 1
    assert out.startswith("The documents don't seem to answer this. The closest passages:\n\n“")


def test_json_is_the_answer_as_a_record(run: Run, folder: Path) -> None:
    """`--json` prints `Answer.to_dict()`."""
    code, out, _ = run("ask", "How high is the tower?", folder, "--json", "--threshold", 0.1)
    record = json.loads(out)
    assert code == 0
    assert record["answered"] is True
    assert record["quotes"][0]["text"] == "The tower is 93 metres high."


def test_an_answer_is_explained_beneath_it(run: Run, folder: Path) -> None:
    """`--explain` adds a table of at most 80 columns; with `--json` a record beside the answer's."""
    ask = ("ask", "How high is the tower?", folder, "--threshold", 0.1)
    _, plain, _ = run(*ask)
    code, out, _ = run(*ask, "--explain")
    assert code == 0
    assert out.startswith(f"{plain}\nQuestion: How high is the tower?\nAnswered: ")
    assert max(map(len, out.removeprefix(plain).splitlines())) <= 80
    answer, record = json.loads(run(*ask, "--json")[1]), json.loads(run(*ask, "--json", "--explain")[1])
    explained = record.pop("explanation")
    assert record == answer
    assert explained["threshold"] == 0.1
    assert explained["quotes"][0]["quote"] == answer["quotes"][0]


def test_search_lists_passages(run: Run, folder: Path) -> None:
    """Ranked, with their places; `-k` of them."""
    code, out, _ = run("search", "harbour dredged", folder, "-k", 1)
    assert code == 0
    assert out.startswith("1. harbour (harbour.txt)")
    assert "The harbour was dredged in 1932." in out
    assert len(json.loads(run("search", "harbour dredged", folder, "--json")[1])) == 3


def test_what_was_searched_for_is_told(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not what was typed: a word was misspelled."""
    monkeypatch.setattr(qa.chatbot, "_encoder", lambda model: PieceEncoder())
    asked, meant = "When was the harbour drdged?", "Searched for: When was the harbour dredged?\n\n"
    for command in ("ask", "search"):
        assert run(command, asked, folder)[1].startswith(meant)
        assert "Searched for" not in run(command, '"drdged" harbour', folder)[1]


def test_index_tells_what_it_did(run: Run, folder: Path, tmp_path: Path) -> None:
    """Added, then unchanged, then removed, then read again."""
    where = ("--index", tmp_path / "index")
    assert run("index", folder, *where)[1].startswith("3 added, 0 unchanged; 3 passages read.")
    assert run("index", folder, *where)[1].startswith("3 unchanged; 0 passages read.")
    assert run("index", *where, "--remove", folder / "tower.md")[1].startswith("1 removed, 2 unchanged")
    record = json.loads(run("index", *where, "--again", "--json")[1])
    assert len(record["changed"]) == 2
    assert record["index"] == str(tmp_path / "index")


def test_status_lists_documents_and_failures(run: Run, folder: Path) -> None:
    """What could not be read is there with its reason."""
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    code, out, _ = run("status", folder)
    assert code == 0
    assert "3 documents, 3 passages, 1 not read" in out
    assert "broken.pdf" in out
    assert "damaged" in out
    record = json.loads(run("status", folder, "--json")[1])
    assert len(record["documents"]) == 3
    assert record["failures"][0]["source"].endswith("broken.pdf")


def test_evaluate_prints_a_table_or_json(run: Run, labelled: Path) -> None:  # noqa: F811
    """One column a run; held out, the second question has no answer."""
    code, out, _ = run("evaluate", labelled)
    assert code == 0
    assert "quote@1" in out
    figures = json.loads(run("evaluate", labelled, "--hold-out", "group", "--limit", 3, "--baseline", "--json")[1])
    assert list(figures) == ["set", "set, baseline", "set, half", "set, half, baseline"]
    assert [run["unanswerable"] for run in figures.values()] == [1, 1, 2, 2]
    code, _, err = run("evaluate", labelled, "--hold-out", "article")
    assert (code, "no set have a field 'article'" in err) == (2, True)


def test_evaluate_among_other_documents(run: Run, labelled: Path, folder: Path) -> None:  # noqa: F811
    """They are in the index that was asked; a path that is none costs nothing."""
    figures = json.loads(run("evaluate", labelled, "--hold-out", "group", "--among", folder, "--json")[1])
    assert list(figures) == ["set, among others", "set, half, among others"]
    asked = json.loads(run("status", labelled / "documents.jsonl", folder, "--json")[1])
    assert {Path(document["source"]).name for document in asked["documents"]} >= {"tower.md", "harbour.txt"}
    assert len(asked["documents"]) > 3
    code, _, err = run("evaluate", labelled, "--among", folder / "nothing")
    assert (code, "nothing does not exist" in err) == (2, True)


def test_what_is_held_out_is_not_among_the_others(run: Run, labelled: Path, tmp_path: Path) -> None:  # noqa: F811
    """Though the half is asked in a copy of the whole set's index."""
    other = tmp_path / "other.txt"
    other.write_text("The mill grinds rye.", "utf-8")
    figures = json.loads(run("evaluate", labelled, "--hold-out", "group", "--among", other, "--json")[1])
    whole, half = figures.values()
    assert (whole["unanswerable"], whole["answered, of answerable"]) == (1, 1.0)
    assert (half["unanswerable"], half["refused, of unanswerable"]) == (2, 1.0)


def test_evaluate_shows_what_was_measured_before_it_was_interrupted(
    run: Run,
    labelled: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The baseline is interrupted; the run before it is in the table. With nothing measured there is none."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("qa.baseline.run", interrupted)
    code, out, err = run("evaluate", labelled, "--baseline", "--json")
    assert (code, list(json.loads(out))) == (130, ["set"])
    assert "these sets were measured before" in err
    monkeypatch.setattr("qa.evaluate.run", interrupted)
    code, out, err = run("evaluate", labelled)
    assert (code, out) == (130, "")
    assert "interrupted" in err


def test_evaluate_draws(run: Run, labelled: Path, tmp_path: Path) -> None:  # noqa: F811
    """A picture a set, named on stdout; sets of one name go by their paths."""
    twin = tmp_path / "twin" / "set"
    shutil.copytree(labelled, twin)
    code, out, _ = run("evaluate", labelled, twin, "--plots", tmp_path / "pictures")
    assert code == 0
    assert str(twin) in out
    drawn = [line.removeprefix("drawn: ") for line in out.splitlines() if line.startswith("drawn: ")]
    assert sorted(drawn) == sorted(str(path) for path in (tmp_path / "pictures").iterdir())
    assert len(drawn) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ask", ""), "the question is empty"),
        (("ask", "x" * 2001), "2,001 characters"),
        (("ask", "x", "/no/such/path"), "/no/such/path does not exist"),
        (("ask", "x", ""), "an empty path was given"),
        (("ask", "x", "--threshold", "2"), "threshold is 2.0"),
        (("search", "x", "-k", "0"), "k is 0"),
        (("index", "--remove", "nothing"), "no document 'nothing'"),
        (("evaluate", "/no/such/path"), "no labelled set"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(run: Run, arguments: tuple[str, ...], message: str) -> None:
    """Value, limit and remedy on stderr, nothing on stdout, no traceback."""
    code, out, err = run(*arguments)
    assert code == 2
    assert out == ""
    assert message in err
    assert err.count("\n") == 1


def test_an_empty_folder_is_bad_input(run: Run, tmp_path: Path) -> None:
    """For `index` as for `ask`: there is nothing to read, and the folder is named."""
    (tmp_path / "empty").mkdir()
    for command in (("index",), ("ask", "Who?"), ("status",)):
        code, _, err = run(*command, tmp_path / "empty")
        assert code == 2
        assert f"there are no documents in {tmp_path / 'empty'}" in err


def test_wrong_usage_has_exit_code_2(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown command, or none."""
    for arguments in (("fly",), ()):
        with pytest.raises(SystemExit) as error:
            run(*arguments)
        assert error.value.code == 2
    assert "usage: pullquote" in capsys.readouterr().err


def test_an_interruption_says_that_the_index_is_sound(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is exit code 130 and one line."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(qa.chatbot.Chatbot, "open", interrupt)
    code, out, err = run("ask", "x")
    assert (code, out, err.count("\n")) == (130, "", 1)


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` has examples and the exit codes, and every command has a line."""
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    assert 'pullquote ask "Who signed the Partnership for Peace document?"' in out
    assert "exit codes: 0 answered" in out
    assert all(f"\n    {name} " in out for name in ("chat", "ask", "search", "index", "status", "evaluate"))


def test_ctrl_c_while_indexing_leaves_a_sound_index(tmp_path: Path) -> None:
    """A real process, the real model, a real signal: the next run goes on, and its answers are right."""
    folder = tmp_path / "papers"
    folder.mkdir()
    for number in range(600):
        (folder / f"{number:03}.txt").write_text(f"Room {number} holds {number * 7} chairs. " * 20, "utf-8")
    command = [sys.executable, "-m", "qa", "index", str(folder), "--index", str(tmp_path / "index")]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=hear_ctrl_c
    )
    catalog = tmp_path / "index" / "catalog.sqlite-wal"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not (catalog.exists() and catalog.stat().st_size > 500_000):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, (out, err)
    assert "Traceback" not in err
    again = subprocess.run(
        [sys.executable, "-m", "qa", "ask", "How many chairs does room 123 hold?", *command[4:]],
        capture_output=True, text=True, timeout=300, check=False, env=os.environ,
    )  # fmt: skip
    assert "Room 123 holds 861 chairs." in again.stdout, again.stderr


def test_only_asks_chosen_documents(run: Run, folder: Path) -> None:
    """`--only`, more than once, names documents or folders of the index, for `ask` and `search`."""
    code, out, _ = run("search", "tower", folder, "--only", folder / "harbour.txt", "--json")
    assert (code, [Path(hit["source"]).name for hit in json.loads(out)]) == (0, ["harbour.txt"])
    more = ("--only", folder / "harbour.txt", "--only", folder / "museum.html")
    _, out, _ = run("ask", "How high is the tower?", folder, *more, "--json")
    assert {Path(quote["source"]).name for quote in json.loads(out)["quotes"]} == {"harbour.txt", "museum.html"}
    code, out, err = run("ask", "How high is the tower?", folder, "--only", "nowhere.txt")
    assert (code, out) == (2, "")
    assert "no document 'nowhere.txt' in the index" in err
