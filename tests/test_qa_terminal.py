"""What people read in a terminal."""

import io
import time
from pathlib import Path

import pytest
from rich.console import Console
from test_qa_records import quote

from corpus.records import Failure
from index.sync import Progress, SyncReport
from qa import cite, terminal
from qa.records import Answer, DocumentRecord, Hit


def answer(confidence: float, *, answered: bool = True, understood: str = "When?") -> Answer:
    return Answer("When?", understood, answered, confidence, (quote(confidence=confidence),))


def test_how_sure_an_answer_is_decides_its_first_line() -> None:
    """Sure: the quote itself; less sure: "may"; not answered: that."""
    assert terminal.answer_text(answer(0.9), 80).startswith("“It opened")
    assert terminal.answer_text(answer(0.6), 80).startswith("This may answer it:\n\n“It opened")
    assert terminal.answer_text(answer(0.1, answered=False), 80).startswith("The documents don't seem to answer this.")
    assert terminal.answer_text(answer(0.9, understood="Who? When?"), 80).startswith("Searched for: Who? When?\n\n“")


def test_text_fits_the_terminal() -> None:
    """No line is wider than asked for; words stay whole."""
    long = quote(text="word " * 40 + "end.", start=0, end=204)
    text = terminal.answer_text(Answer("?", "what? " * 20, True, 0.9, (long,)), 40)
    assert max(map(len, text.splitlines())) <= 40
    hit = Hit("word " * 40, "/a/b.txt", "Title", 2, None, 0, 200, 0.5)
    assert max(map(len, terminal.hits_text([hit], 40, "what? " * 20).splitlines())) <= 40


def test_hostile_names_and_texts_cannot_steer_the_terminal() -> None:
    """Escape sequences are shown, not obeyed; neither is rich's markup."""
    hostile = quote(text="\x1b]0;owned\x07", title="\x1b[2J", start=0, end=10)
    assert "\x1b" not in terminal.answer_text(Answer("?", "?", True, 0.9, (hostile,)), 80)
    console = Console(file=io.StringIO(), width=200)
    documents = [DocumentRecord("/a/[red]x\x1b[2J.txt", "[bold]T", "text", None, 1, "2026-01-01", ())]
    for part in terminal.status_tables(documents, [Failure("/b/y", "[blink]no")], Path("/index")):
        console.print(part)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "[red]x" in shown
    assert "[bold]T" in shown
    assert "[blink]no" in shown
    assert "\x1b" not in shown


def test_an_empty_index_has_no_tables() -> None:
    """Only the sums."""
    (only,) = terminal.status_tables([], [], Path("/index"))
    assert "0 documents, 0 passages, 0 not read" in only.plain


def test_a_run_is_told_in_a_few_lines() -> None:
    """Counts, failures with reasons, and where the index is."""
    report = SyncReport(added=["a", "b"], removed=["c"], unchanged=4, passages=1200)
    text = terminal.sync_text(report, [Failure("/x.pdf", "it is damaged")], Path("/index"))
    assert text.splitlines() == [
        "2 added, 1 removed, 4 unchanged; 1,200 passages read.",
        "1 could not be read:",
        "  /x.pdf: it is damaged",
        "The index is in /index",
    ]


def test_progress_away_from_a_terminal_is_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing for what is quick, a line for what takes long."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    out = io.StringIO()
    with terminal.showing_progress(Console(file=out)) as show:
        show(Progress("looking"))
        show(Progress("reading", 1, 9, 10))
        assert out.getvalue() == ""
        now[0] = 11.0
        show(Progress("reading", 2, 9, 1_234))
    assert out.getvalue().strip() == "Reading, 1,234 passages, 2 of 9 files"


def test_progress_on_a_terminal_is_a_bar() -> None:
    """It is gone when the work is done."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=80)
    with terminal.showing_progress(console) as show:
        show(Progress("reading", 1, 9, 10))
    with terminal.counting(console, "Asking") as told:
        told(1, 2)
    assert "Reading" in out.getvalue()
    assert "Asking" in out.getvalue()


def test_a_quote_that_differs_is_announced() -> None:
    """On the terminal and in `print`, both sides are shown."""
    both = Answer("?", "?", True, 0.9, (quote(), quote(text="y" * 18)), differing=(1,))
    assert cite.DIFFERENT in terminal.answer_text(both, 80)
    assert cite.DIFFERENT in str(both)
    assert str(both).index("y" * 18) > str(both).index(cite.DIFFERENT)


def test_the_lines_of_a_list_stay_lines() -> None:
    """A quote of several lines is wrapped line by line."""
    text = "Bring:\n\n- a coat\n- shoes"
    shown = terminal.answer_text(Answer("?", "?", True, 0.9, (quote(text=text, start=0, end=len(text)),)), 80)
    assert "“Bring:\n\n- a coat\n- shoes”" in shown
