"""The parent's handle of a reading process: start it, ask it, watch the clock, bury it.

Parent and child speak JSON, a line a message, over pipes; never pickle, for the child reads hostile files.
The child's side is `corpus.sandboxed`.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Timer

from corpus.read import memory_reason
from corpus.records import Failure, File, Limits
from corpus.sandboxed import Answer, Reading, pack_limits, pack_request, unpack_answer
from corpus.views import Image, Seen, Sheets, View

_STOPPED = "the reading was stopped"
_NONSENSE = "its reader said something else than it was asked"
# Threads reserve address space, which is limited, and a reader needs none.
_FEW_THREADS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
# The child finds the same packages as its parent, and nothing in the folder that it happens to be started in.
_START = "import sys; sys.path[:] = sys.argv[1:]; from corpus.sandboxed import serve; serve()"


class Child:
    """A process that reads; it is started when it is first needed, and again after it has died.

    Args:
        limits: what one file may cost.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._lock = Lock()

    def close(self) -> None:
        """End the process for good, in the midst of a reading if need be."""
        with self._lock:
            self._closed = True
            self._end()

    def read(self, file: File) -> Reading:
        """Return a file's documents, or the reason why it has none."""
        result = self._ask(file, pack_request(file))
        return result if isinstance(result, tuple | Failure) else Failure(file.source, _NONSENSE)

    def look(self, file: File, view: View) -> Seen | Failure:
        """Return what is asked of a file's pages, or the reason why they cannot be shown."""
        result = self._ask(file, pack_request(file, view))
        return result if isinstance(result, Sheets | Image | Failure) else Failure(file.source, _NONSENSE)

    def _ask(self, file: File, request: bytes) -> Reading | Seen:
        process = self._ready()
        if process is None:
            return Failure(file.source, _STOPPED)
        overrun = Event()

        def stop() -> None:
            overrun.set()
            process.kill()

        timer = Timer(self._limits.wall_seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            answer = self._exchange(process, request)
        finally:
            timer.cancel()
        if answer is None or answer.leaving:
            with self._lock:
                closed = self._closed
                self._end()
        if answer is None:
            reason = _STOPPED if closed else self._post_mortem(process.returncode, overran=overrun.is_set())
            return Failure(file.source, reason)
        return answer.result

    def _ready(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._process is None and not self._closed:
                self._process = _start(self._limits)
            return self._process

    def _exchange(self, process: subprocess.Popen[bytes], request: bytes) -> Answer | None:
        """Return the child's answer, or None if it has died or talks nonsense."""
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(request)
            process.stdin.flush()
            return unpack_answer(process.stdout.readline(_longest_line(self._limits)))
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def _post_mortem(self, status: int, *, overran: bool) -> str:
        if overran:
            limit = self._limits.wall_seconds
            return f"it took longer than {limit} seconds to read, the limit; split it into smaller files"
        if status == -getattr(signal, "SIGXCPU", 24):
            limit = self._limits.cpu_seconds
            return f"it took more than {limit} seconds of processor time, the limit; split it into smaller files"
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        return f"its reader crashed ({how}): it is damaged, or {memory_reason(self._limits)}"

    def _end(self) -> None:
        """Kill the process and free what it holds; the pipes close after it has died, when nobody can be reading."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    with suppress(OSError):  # a request that the child has not taken cannot be flushed any more
                        pipe.close()


def _start(limits: Limits) -> subprocess.Popen[bytes]:
    package = str(Path(__file__).resolve().parents[1])
    paths = [path for path in sys.path if path]
    process = subprocess.Popen(  # noqa: S603 (our own interpreter and code; no file's name is an argument)
        [sys.executable, "-I", "-c", _START, *paths, *([] if package in paths else [package])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **_FEW_THREADS},
        start_new_session=True,  # Ctrl-C reaches the parent alone, which ends its children
    )
    with suppress(OSError):  # one that dies at once is noticed with its first file
        if process.stdin:
            process.stdin.write(pack_limits(limits))
    return process


def _longest_line(limits: Limits) -> int:
    """Return the bytes that an answer may have: JSON's escapes take 12 for a character at most."""
    return 12 * limits.text_characters + 64 * 2**20
