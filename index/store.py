"""An index: a folder with the catalog and its views, one writer, many readers."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from filelock import FileLock, Timeout

from corpus.errors import IndexLockedError, IndexMismatchError
from corpus.records import Limits
from index.catalog import Catalog
from index.encoder import Encoder, Floats
from index.files import read_json, write_json
from index.search import Candidate, Searcher, Weights
from index.sync import OnProgress, Synchroniser, SyncReport, is_within
from index.vectors import VectorView
from index.words import WordView


class Index:
    """The index in one folder.

    Args:
        folder: where it is kept; made when it is missing.
        encoder: the model; an index belongs to the model that it was made with.
        limits: what one file may cost.
        passage_tokens: length of a passage, in the model's tokens.
        weights: how much each kind of evidence counts.

    Raises:
        IndexMismatchError: the index was made by another model, another version, or with other passages.
        IndexDamagedError: the catalog cannot be read.
    """

    def __init__(
        self,
        folder: Path,
        encoder: Encoder,
        limits: Limits,
        passage_tokens: int,
        weights: Weights,
    ) -> None:
        self.folder = folder
        self.catalog = Catalog(folder)
        self.encoder = encoder
        self._limits = limits
        self._passage_tokens = passage_tokens
        self._weights = weights
        self._searcher: Searcher | None = None
        self._views: tuple[VectorView, WordView] | None = None
        self._viewing = threading.RLock()
        self._thread_writing = threading.Lock()
        self._writing = FileLock(folder / "lock", thread_local=False)
        try:
            self._check_model()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the catalog; the index cannot be used afterwards."""
        self.catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_model(self) -> None:
        """Refuse an index that was made by another model: its vectors mean something else."""
        made_by = self.catalog.setting("model fingerprint")
        if made_by and made_by != self.encoder.fingerprint:
            name = self.catalog.setting("model")
            raise IndexMismatchError(
                f"the index in {self.folder} was made by the model {name} ({made_by}), and this is "
                f"{self.encoder.name} ({self.encoder.fingerprint}); use that model, or another index folder; after an "
                "update of pullquote, index the documents again in another folder"
            )
        length = self.catalog.setting("passage tokens")
        if length and length != self._passage_tokens:
            raise IndexMismatchError(
                f"the index in {self.folder} has passages of {length} tokens, and {self._passage_tokens} are asked "
                "for; use that length, or another index folder"
            )

    # Writing.

    @contextmanager
    def writing(self, wait_seconds: float) -> Iterator[None]:
        """Be the one writer.

        Args:
            wait_seconds: how long to wait for another writer to finish.

        Raises:
            IndexLockedError: another process is still writing.
        """
        owner = self.folder / "writer.json"
        start = time.monotonic()
        try:  # the file's lock keeps other processes out, the other one this process's threads
            if not self._thread_writing.acquire(timeout=wait_seconds):
                raise Timeout(str(self.folder))
            try:
                self._writing.acquire(timeout=max(0.0, wait_seconds - (time.monotonic() - start)))
            except BaseException:
                self._thread_writing.release()
                raise
        except Timeout:
            process = read_json(owner).get("process", "unknown")
            raise IndexLockedError(
                f"process {process} has been writing to the index in {self.folder} for the last {wait_seconds:.0f} s; "
                "wait until it is done, or end it"
            ) from None
        try:
            write_json(owner, {"process": os.getpid()})
            yield
        finally:
            owner.unlink(missing_ok=True)
            self._writing.release()
            self._thread_writing.release()

    def sync(self, roots: Sequence[str], progress: OnProgress, again: bool | AbstractSet[str] = False) -> SyncReport:
        """Add roots, and make the index equal to all its files; to be called inside `writing`.

        Args:
            roots: absolute paths of files and folders to keep the index equal to, besides those it has.
            progress: is told how far the run is.
            again: read every file, changed or not; or the files of these sources.
        """
        new = [root for root in roots if root not in self.catalog.roots]
        # What was removed on purpose comes back by its own name, or with a folder that is added for the first time.
        asked = [s for s in self.catalog.excluded if any(is_within(root, s) for root in roots)]
        back = asked + [s for s in self.catalog.excluded if any(is_within(s, root) for root in new)]
        if new or back:
            with self.catalog.changing():
                self.catalog.add_roots(new)
                self._let_in(back)
        if not self.catalog.setting("model fingerprint"):
            with self.catalog.changing():
                self.catalog.set_setting("model", self.encoder.name)
                self.catalog.set_setting("model fingerprint", self.encoder.fingerprint)
                self.catalog.set_setting("passage tokens", self._passage_tokens)
                self.catalog.set_setting("dimension", self.encoder.dimension)
        report = Synchroniser(self.catalog, self.encoder, self._limits, self._passage_tokens, progress).run(again)
        self._save_views()
        return report

    def remove(self, source: str) -> list[str]:
        """Forget a document, a file or a folder and keep it out; to be called inside `writing`.

        Args:
            source: as the documents and failures name it.

        Returns:
            the sources that are gone.
        """
        gone = [document.source for document in self.catalog.documents if is_within(document.source, source)]
        files = [name for name in self.catalog.files if is_within(name, source)]
        if gone or files:
            with self.catalog.changing():
                self.catalog.remove_files(files)
                for name in gone:
                    self.catalog.remove_document(name)
                for root in self.catalog.roots:
                    if is_within(root, source):
                        self.catalog.remove_root(root)
                if any(is_within(source, root) for root in self.catalog.roots):
                    self.catalog.exclude(source)
            self._save_views()
        return gone + [name for name in files if name not in gone]

    def restore(self, sources: Sequence[str]) -> None:
        """Undo a `remove`: let documents or files in again, for the next `sync`; to be called inside `writing`."""
        with self.catalog.changing():
            self._let_in(sources)
            roots = self.catalog.roots
            self.catalog.add_roots(s for s in sources if not any(is_within(s, root) for root in roots))

    def _let_in(self, sources: Sequence[str]) -> None:
        """Exclude sources no longer; a file that lacks one of its documents has to be read again for it."""
        self.catalog.include(sources)
        known = self.catalog.files
        for source in sources:
            for end in (at for at, character in enumerate(source) if character == "#"):
                if source[:end] in known:
                    self.catalog.doubt_file(source[:end])

    def _save_views(self) -> None:
        """Bring both views up to the catalog and write them."""
        if self._views is None and not self.catalog.count_passages():
            return
        with self._viewing:
            vectors, words = self._open_views()
            if self._stale(vectors, words):
                vectors.catch_up(self.catalog)
                vectors.save()
                words.catch_up(self.catalog)

    # Reading.

    def search(
        self,
        question: str,
        before: Sequence[str],
        candidates: int,
        sources: Sequence[str] | None = None,
        given: str = "",
    ) -> list[Candidate]:
        """Return the passages that may answer a question, as the index stands now; see `Searcher.search`.

        Args:
            question: words in any language that the model knows.
            before: earlier questions that this one leans on, the last one first.
            candidates: how many passages each of the two searches may propose.
            sources: the documents to search; None for all.
            given: the quote that the last of them was answered with; empty for none.
        """
        only = None if sources is None else self.catalog.passage_ids(sources)
        return self._current().search(question, before, candidates, only, given)

    def corrected(self, question: str) -> str:
        """Return a question without its misspelled words, by the documents as they stand now; see `Speller`."""
        return self._current().corrected(question)

    def missing(self, question: str) -> list[str]:
        """Return the names, numbers and unknown words of a question that no document has; see `Speller.missing`."""
        return self._current().missing(question)

    def vector(self, question: str, before: Sequence[str], given: str = "") -> Floats:
        """Return where a question stands among the passages' vectors; see `Searcher.vector`."""
        return self._current().vector(question, before, given)

    def _current(self) -> Searcher:
        """Return the searcher, its views as new as the catalog."""
        with self._viewing:
            vectors, words = self._open_views()
            if self._stale(vectors, words):
                self._refresh(vectors, words)
        assert self._searcher is not None
        return self._searcher

    def likeness(self, text: str, texts: Sequence[str]) -> list[float]:
        """Return how near in meaning some texts are to another: cosines, -1..1.

        Args:
            text: a few words.
            texts: at least one.
        """
        wanted, *vectors = (self.encoder.encode_question(each).vector for each in (text, *texts))
        return [float(np.dot(vector, wanted)) for vector in vectors]

    def question_language(self, question: str) -> str:
        """Return the language of a question, ISO 639-1; see `Searcher.question_language`."""
        with self._viewing:
            self._open_views()
        assert self._searcher is not None
        return self._searcher.question_language(question)

    def _open_views(self) -> tuple[VectorView, WordView]:
        if self._views is None:
            dimension = self.catalog.setting("dimension") or self.encoder.dimension
            self._views = VectorView(self.folder, dimension), WordView(self.folder)
            self._searcher = Searcher(self.catalog, self.encoder, *self._views, self._weights)
        return self._views

    def _stale(self, vectors: VectorView, words: WordView) -> bool:
        now = (self.catalog.origin, self.catalog.generation)
        return not ((vectors.origin, vectors.generation) == (words.origin, words.generation) == now)

    def _refresh(self, vectors: VectorView, words: WordView) -> None:
        """Move on to the catalog's generation: by another writer's views if it wrote them, else by our own."""
        vectors.catch_up(self.catalog)
        words.reload()
        if self._stale(vectors, words):
            try:
                with self.writing(wait_seconds=0):
                    words.catch_up(self.catalog)
                    vectors.save()
            except IndexLockedError:
                pass  # the writer at work will bring the words up to date; until then the older ones serve
