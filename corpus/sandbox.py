"""Files are read in child processes, which may be stopped, starved or killed without harm to the others."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from corpus.child import Child
from corpus.errors import SettingError
from corpus.records import Failure, File, Limits
from corpus.sandboxed import Reading
from corpus.views import Seen, View

_AHEAD = 2  # files for each worker that are read before they are asked for


class Sandbox:
    """Reads files in child processes, under limits.

    Args:
        limits: what one file may cost.
        workers: child processes, at least one.
    """

    def __init__(self, limits: Limits, workers: int = 1) -> None:
        if workers < 1:
            raise SettingError(f"reading needs at least 1 worker, not {workers}")
        self._workers = workers
        self._idle: SimpleQueue[Child] = SimpleQueue()
        self._children = [Child(limits) for _ in range(workers)]
        for child in self._children:
            self._idle.put(child)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="sandbox")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the children; a reading under way becomes a failure."""
        for child in self._children:
            child.close()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def read(self, files: Iterable[File]) -> Iterator[tuple[File, Reading]]:
        """Read files in their order, a few ahead of the one that is asked for.

        Args:
            files: taken from lazily.

        Yields:
            each file, with its documents or the reason why it has none.
        """
        ahead: deque[tuple[File, Future[Reading]]] = deque()
        try:
            for file in files:
                ahead.append((file, self._threads.submit(self._one, file)))
                if len(ahead) > self._workers * _AHEAD:
                    first, future = ahead.popleft()
                    yield first, future.result()
            while ahead:
                first, future = ahead.popleft()
                yield first, future.result()
        finally:
            for _, future in ahead:
                future.cancel()

    def look(self, file: File, view: View) -> Seen | Failure:
        """Return what is asked of a PDF file's pages, or the reason why they cannot be shown.

        Args:
            file: to be shown.
            view: what to show of it.
        """
        child = self._idle.get()
        try:
            return child.look(file, view)
        finally:
            self._idle.put(child)

    def _one(self, file: File) -> Reading:
        child = self._idle.get()
        try:
            return child.read(file)
        finally:
            self._idle.put(child)
