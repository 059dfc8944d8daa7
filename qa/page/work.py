"""Changes to the index, one after another, beside the questions that are being answered."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass

from corpus.errors import PullquoteError
from index.sync import OnProgress, Progress

_log = logging.getLogger(__name__)

UNEXPECTED = "Something went wrong in here; the terminal says what happened. What was read until then is kept."
STOPPED = "Stopped. What was read until then is kept; “Check all files” goes on from there."

Job = Callable[[OnProgress], str]
"""Makes a change, tells how far it is, and returns in a sentence what it did."""


@dataclass(frozen=True, slots=True)
class WorkState:
    """How the work stands.

    Args:
        name: what is being done; empty when nothing is.
        progress: how far it is.
        seconds: since files began to be read.
        waiting: changes that come after it.
        outcome: what the last change did, or why it could not.
        failed: whether it could not.
        finished: number of changes that are done with.
    """

    name: str
    progress: Progress
    seconds: float
    waiting: int
    outcome: str
    failed: bool
    finished: int

    @property
    def seconds_left(self) -> float | None:
        """How long it will go on if the other files are like those so far; None while there is nothing to tell by."""
        done, total = self.progress.done, self.progress.total
        return self.seconds / done * (total - done) if self.name and done and total else None


class Work:
    """Makes changes in a thread of its own. Safe to use from several threads; `close` it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "pullquote-work")
        self._stopping = threading.Event()
        self._closed = False
        self._name = ""
        self._progress = Progress("looking")
        self._reading_since = 0.0
        self._waiting = 0
        self._outcome, self._failed, self._finished = "", False, 0

    def start(self, name: str, job: Job) -> None:
        """Make a change as soon as those before it are made.

        Args:
            name: what it is, for people: "Reading 3 files".
            job: makes it.
        """
        with self._lock:
            self._waiting += 1
        self._thread.submit(self._run, name, job)

    def state(self) -> WorkState:
        """Return how the work stands."""
        with self._lock:
            seconds = time.monotonic() - self._reading_since if self._reading_since else 0.0
            return WorkState(
                self._name, self._progress, seconds, self._waiting, self._outcome, self._failed, self._finished
            )

    def stop(self) -> None:
        """Stop the change that is being made, as soon as it next says how far it is."""
        with self._lock:
            if self._name:
                self._stopping.set()

    def close(self) -> None:
        """Stop, make no further change, and wait until that is so."""
        self._closed = True
        self.stop()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _run(self, name: str, job: Job) -> None:
        with self._lock:
            self._waiting -= 1
            self._name, self._progress, self._reading_since = name, Progress("looking"), 0.0
            self._stopping.clear()
        outcome, failed = self._outcome_of(job)
        with self._lock:
            self._name, self._outcome, self._failed = "", outcome, failed
            self._finished += 1

    def _outcome_of(self, job: Job) -> tuple[str, bool]:
        try:
            return job(self._told), False
        except CancelledError:
            return STOPPED, False
        except PullquoteError as error:
            message = str(error)
            return f"{message[:1].upper()}{message[1:].rstrip('.')}.", True
        except Exception:  # noqa: BLE001 - the thread must live on, and a person be told
            _log.exception("the index could not be changed")
            return UNEXPECTED, True

    def _told(self, progress: Progress) -> None:
        with self._lock:
            self._progress = progress
            if progress.stage == "reading" and not self._reading_since:
                self._reading_since = time.monotonic()
        # at the very end there is nothing left to stop
        if (self._stopping.is_set() or self._closed) and progress.stage != "finishing":
            raise CancelledError
