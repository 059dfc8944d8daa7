"""Make an index equal to the files: added, changed, moved, removed."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from corpus.language import detect_language
from corpus.passages import split_passages
from corpus.records import Document, Failure, File, Limits, Passage
from corpus.sandbox import Sandbox
from corpus.walk import walk
from index.catalog import Catalog
from index.encoder import Encoder
from index.knowledge import language_note
from index.late import TokenMatrix
from index.records import IndexedPassage, context_line

_PASSAGES_AT_ONCE = 256  # of one transaction, at least, while there are files left; bounds what a crash costs
_PASSAGES_IN_ONE_GO = 64  # of the encoder, between two reports of progress


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an indexing run is.

    Args:
        stage: "looking" while the folders are walked, "reading" while files are read and encoded, "finishing".
        done: files dealt with.
        total: files to deal with; 0 while that is not known.
        passages: passages encoded so far.
        source: the file at hand, or empty.
    """

    stage: str
    done: int = 0
    total: int = 0
    passages: int = 0
    source: str = ""


OnProgress = Callable[[Progress], None]


@dataclass(slots=True)
class SyncReport:
    """What an indexing run did: sources, in the order in which they were dealt with."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    unchanged: int = 0
    passages: int = 0

    @property
    def read(self) -> int:
        """Number of files that were opened by a reader."""
        return len(self.added) + len(self.changed) + len(self.failed)


class Synchroniser:
    """Makes a catalog equal to its roots. Only the index's one writer may run it.

    Args:
        catalog: the truth.
        encoder: of the model that the catalog was made with.
        limits: what one file may cost.
        passage_tokens: length of a passage, in the model's tokens.
        progress: is told how far the run is.
    """

    def __init__(
        self, catalog: Catalog, encoder: Encoder, limits: Limits, passage_tokens: int, progress: OnProgress
    ) -> None:
        self._catalog = catalog
        self._encoder = encoder
        self._limits = limits
        self._passage_tokens = passage_tokens
        self._progress = progress
        self._now = Progress("reading")

    def run(self, again: bool | AbstractSet[str] = False) -> SyncReport:
        """Deal with every file under the roots, and forget the files that are gone.

        Args:
            again: read every file, changed or not; or the files of these sources.
        """
        report = SyncReport()
        found, failures = self._look()
        self._read(self._compare(found, failures, report, again), report)
        return report

    def _look(self) -> tuple[dict[str, File], dict[str, Failure]]:
        """Walk the roots. A root that is gone is no error here: its files have vanished."""
        self._progress(Progress("looking"))
        found: dict[str, File] = {}
        failures: dict[str, Failure] = {}
        excluded = self._catalog.excluded
        roots = [Path(root) for root in self._catalog.roots]
        for item in walk([root for root in roots if root.exists()], self._limits):
            if any(is_within(item.source, source) for source in excluded):
                continue
            if isinstance(item, File):
                found[item.source] = item
                if len(found) % 500 == 0:
                    self._progress(Progress("looking", done=len(found)))
            else:
                failures[item.source] = item
        return found, failures

    def _compare(
        self, found: dict[str, File], failures: dict[str, Failure], report: SyncReport, again: bool | AbstractSet[str]
    ) -> list[tuple[File, str]]:
        """Deal with all that needs no reading; return the files to read, each with the digest of its content."""
        known = self._catalog.files
        gone = [source for source in known if source not in found and source not in failures]
        gone_by_hash = {known[source].hash: source for source in gone if known[source].hash}
        to_read: list[tuple[File, str]] = []
        touched: list[File] = []
        moved: list[tuple[str, File]] = []
        for file in found.values():
            before = known.get(file.source)
            doubted = again if isinstance(again, bool) else file.source in again
            if before and (before.size, before.modified_ns) == (file.size, file.modified_ns) and not doubted:
                report.unchanged += 1
                continue
            digest = _digest(file.path)
            if before and digest and before.hash == digest and not doubted:
                touched.append(file)
                report.unchanged += 1
            elif before is None and digest in gone_by_hash:
                moved.append((gone_by_hash.pop(digest), file))
                report.moved.append(file.source)
            else:
                to_read.append((file, digest))
        moved_away = {old for old, _ in moved}
        report.removed.extend(source for source in gone if source not in moved_away)
        new_failures = set(failures.values()) - set(self._catalog.failures)
        report.failed.extend(sorted(failure.source for failure in new_failures))
        if touched or moved or report.removed or new_failures:
            with self._catalog.changing():
                for file in touched:
                    self._catalog.touch_file(file)
                for old, file in moved:
                    self._catalog.move_file(old, file)
                for failure in new_failures:
                    self._catalog.add_failure(failure)
                self._catalog.remove_files(report.removed)
        return to_read

    def _read(self, to_read: Sequence[tuple[File, str]], report: SyncReport) -> None:
        """Read files in child processes, encode their passages, and keep them, some files to a transaction."""
        known = self._catalog.files
        digests = {file.source: digest for file, digest in to_read}
        pending: list[tuple[File, list[tuple[Document, list[IndexedPassage]]]]] = []
        waiting = 0
        with Sandbox(self._limits) as sandbox:
            for done, (file, result) in enumerate(sandbox.read([file for file, _ in to_read])):
                self._now = Progress("reading", done, len(to_read), report.passages, file.source)
                self._progress(self._now)
                documents = result if isinstance(result, Failure) else self._indexed(file, result, report)
                if isinstance(documents, Failure):
                    with self._catalog.changing():
                        self._catalog.add_failure(documents, file.size, file.modified_ns)
                    report.failed.append(file.source)
                    continue
                pending.append((file, documents))
                (report.changed if file.source in known else report.added).append(file.source)
                waiting += sum(len(passages) for _, passages in documents)
                if waiting >= _PASSAGES_AT_ONCE:
                    self._keep(pending, digests)
                    pending, waiting = [], 0
        self._keep(pending, digests)
        if to_read:
            self._progress(Progress("finishing", len(to_read), len(to_read), report.passages))

    def _indexed(
        self, file: File, documents: Iterable[Document], report: SyncReport
    ) -> list[tuple[Document, list[IndexedPassage]]] | Failure:
        """Return a file's documents with their encoded passages; a Failure if none of them has a sentence."""
        excluded = self._catalog.excluded
        wanted = [self._in_language(document) for document in documents if document.source not in excluded]
        indexed: list[list[IndexedPassage]] = [[] for _ in wanted]
        passages = ((number, passage) for number, document in enumerate(wanted) for passage in self._split(document))
        # Documents of a passage each, such as a file of JSON lines has, go through the model together.
        while chosen := list(islice(passages, _PASSAGES_IN_ONE_GO)):
            encoded = self._encode([(wanted[number], passage) for number, passage in chosen])
            for (number, _), result in zip(chosen, encoded, strict=True):
                indexed[number].append(result)
            report.passages += len(chosen)
            self._progress(replace(self._now, passages=report.passages))
        results = [(document, found) for document, found in zip(wanted, indexed, strict=True) if found]
        if wanted and not results:
            return Failure(file.source, "it holds no sentence to quote")
        return results

    def _in_language(self, document: Document) -> Document:
        """Return a document with its language, and with a note where the model does not know that."""
        language = detect_language(document.text)
        note = language_note(language, self._encoder)
        return replace(document, language=language, notes=(*document.notes, *([note] if note else [])))

    def _split(self, document: Document) -> list[Passage]:
        room = min(self._passage_tokens, self._encoder.passage_room)
        return split_passages(document, self._encoder.count_tokens, room)

    def _encode(self, passages: Sequence[tuple[Document, Passage]]) -> Iterator[IndexedPassage]:
        encoded = self._encoder.encode_passages(
            [document.text[passage.start : passage.end] for document, passage in passages],
            [context_line(document.title, passage.headings) + "\n" for document, passage in passages],
        )
        for (_, passage), vectors in zip(passages, encoded, strict=True):
            tokens = TokenMatrix.pack(vectors, passage.start, passage.sentences)
            yield IndexedPassage(passage, vectors.vector, tokens)

    def _keep(
        self,
        files: Sequence[tuple[File, Sequence[tuple[Document, Sequence[IndexedPassage]]]]],
        digests: dict[str, str],
    ) -> None:
        if files:
            with self._catalog.changing():
                for file, documents in files:
                    self._catalog.add_file(file, digests[file.source], documents)


def is_within(source: str, place: str) -> bool:
    """Tell whether a source is a place (a document, a file, a folder) or stands inside it."""
    return source == place or source.startswith((place.rstrip("/") + "/", place + "#"))


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file's content; empty when it cannot be opened (the reader will say why)."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
