"""Changes to the index are made one after another, tell how far they are, and can be stopped."""

import logging
import threading
from collections.abc import Iterator

import pytest

from corpus.errors import IndexLockedError
from index.sync import OnProgress, Progress, SyncReport
from qa.page.progress import duration, progress_panel, report_text
from qa.page.work import STOPPED, UNEXPECTED, Work, WorkState


@pytest.fixture
def work() -> Iterator[Work]:
    work = Work()
    yield work
    work.close()


def finished(work: Work, count: int) -> WorkState:
    """Wait until so many changes are done with."""
    done = threading.Event()
    for _ in range(500):
        if work.state().finished >= count:
            return work.state()
        done.wait(0.01)
    raise AssertionError("the work was not done")


def test_changes_are_made_in_their_order_and_say_what_they_did(work: Work) -> None:
    go, made = threading.Event(), []

    def job(number: int) -> str:
        go.wait(5)
        made.append(number)
        return f"made {number}"

    for number in (1, 2):
        work.start(f"making {number}", lambda told, number=number: job(number))
    while not work.state().name:
        pass
    assert (work.state().name, work.state().waiting, work.state().outcome) == ("making 1", 1, "")
    go.set()
    state = finished(work, 2)
    assert (made, state.outcome, state.failed, state.name, state.waiting) == ([1, 2], "made 2", False, "", 0)


def test_an_error_is_told_and_the_next_change_is_made(work: Work, caplog: pytest.LogCaptureFixture) -> None:
    def locked(told: OnProgress) -> str:
        raise IndexLockedError("process 7 has been writing; wait")

    def broken(told: OnProgress) -> str:
        raise ZeroDivisionError("secret")

    work.start("a", locked)
    state = finished(work, 1)
    assert (state.outcome, state.failed) == ("Process 7 has been writing; wait.", True)
    with caplog.at_level(logging.ERROR):
        work.start("b", broken)
        assert finished(work, 2).outcome == UNEXPECTED
    assert "secret" in caplog.text
    work.start("c", lambda told: "fine")
    assert finished(work, 3).failed is False


def test_a_change_is_stopped_when_it_next_says_how_far_it_is(work: Work) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def endless(told: OnProgress) -> str:
        told(Progress("reading", 1, 4, 9, "/a/b.txt"))
        begun.set()
        stopped.wait(5)
        told(Progress("reading", 2, 4))
        return "never"

    work.stop()  # nothing to stop
    work.start("reading", endless)
    assert begun.wait(5)
    assert work.state().progress == Progress("reading", 1, 4, 9, "/a/b.txt")
    left = work.state().seconds_left
    assert left is not None
    assert left >= 0
    work.stop()
    stopped.set()
    assert finished(work, 1).outcome == STOPPED
    work.start("next", lambda told: told(Progress("reading", 1, 2)) or "done")
    assert finished(work, 2).outcome == "done"


def test_what_is_closed_stops_and_does_not_begin_anew() -> None:
    work, begun, made = Work(), threading.Event(), []

    def endless(told: OnProgress) -> str:
        begun.set()
        while True:
            told(Progress("reading", 1, 2))

    work.start("endless", endless)
    work.start("never", lambda told: made.append(1) or "")
    assert begun.wait(5)
    work.close()
    assert work.state().outcome == STOPPED
    assert made == []


def state(name: str = "Reading <x>", progress: Progress | None = None, **changed: object) -> WorkState:
    values = {"seconds": 10.0, "waiting": 0, "outcome": "", "failed": False, "finished": 0, **changed}
    return WorkState(name, progress or Progress("looking"), **values)


def test_progress_is_counts_and_the_time_that_is_left() -> None:
    shown = progress_panel(state(progress=Progress("reading", 2, 6, 1234, "/home/a<b>.pdf"), waiting=1))
    assert "Reading &lt;x&gt;" in shown
    assert "2 of 6 files, 1,234 passages, about 20 s left, 1 more to come" in shown
    assert '<progress max="6" value="2">' in shown
    assert "<bdi>a&lt;b&gt;.pdf</bdi>" in shown


@pytest.mark.parametrize(
    ("progress", "told"),
    [
        (Progress("looking"), "<p>looking for files</p>"),
        (Progress("looking", 500), "looking for files, 500 found"),
        (Progress("reading", 0, 3, 12), "<p>0 of 3 files, 12 passages</p>"),
        (Progress("finishing", 3, 3, 12), "writing the index"),
    ],
)
def test_each_stage_has_its_words(progress: Progress, told: str) -> None:
    assert told in progress_panel(state(progress=progress))


def test_what_was_done_stays_and_nothing_is_nothing() -> None:
    assert progress_panel(state("")) == ""
    assert "Waiting" in progress_panel(state("", waiting=2))
    assert "<p>a &lt;b&gt;</p>" in progress_panel(state("", outcome="a <b>"))
    assert "pq-problem" in progress_panel(state("", outcome="a", failed=True))


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.2, "1 s"), (59, "59 s"), (61, "1 min"), (3540, "59 min"), (5400, "1 h 30 min")]
)
def test_a_time_is_told_as_people_tell_it(seconds: float, told: str) -> None:
    assert duration(seconds) == told


def test_a_report_is_a_sentence() -> None:
    assert report_text(SyncReport(unchanged=3)) == "Done: every file is as it was."
    report = SyncReport(["a", "b"], ["c"], ["d"], ["e"], ["f"])
    assert report_text(report) == (
        "Done: 2 files added, 1 file read again, 1 file moved, 1 file gone, 1 file could not be read (see below)."
    )
