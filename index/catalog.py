"""The catalog: an SQLite file that holds the truth of an index. Everything else is made from it.

Each change is one transaction and raises the generation by one. A passage remembers the generation it came with, and
the ids of removed passages stay with theirs, so that a view (FAISS, the lexical index) can be caught up from any
earlier generation.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.errors import IndexDamagedError, IndexFolderError, IndexMismatchError, InputError
from corpus.records import Document, Failure, File, Page, Section, Span
from index.encoder import Floats
from index.late import TokenMatrix
from index.records import IndexedPassage, KeptDocument, KnownFile, StoredDocument, StoredPassage
from index.schema import FORMAT_VERSION, SCHEMA

_PASSAGE = """SELECT passage.id, document.source, document.title, passage.start, passage.text, passage.headings,
                     passage.sentences, passage.pages, document.language
              FROM passage JOIN document ON document.id = passage.document"""

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class Catalog:
    """The catalog of the index in one folder; safe to use from several threads.

    Args:
        folder: of the index; made when it is missing.

    Raises:
        IndexDamagedError: the file is not a catalog.
        IndexMismatchError: it was made by another version.
        InputError: the folder cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "catalog.sqlite"
        self._lock = threading.RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None, timeout=30)
        except (OSError, sqlite3.OperationalError) as error:
            raise InputError(f"no index can be kept in {folder} ({error}); choose another folder") from error
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA foreign_keys = ON")
            if self._db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
                self._db.executescript(SCHEMA)
            found = self.setting("format")
        except sqlite3.DatabaseError as error:
            self._db.close()
            if _code(error) in _DAMAGED | {sqlite3.SQLITE_ERROR}:  # the last: a database of something else
                raise self._damaged(error) from error
            raise InputError(f"no index can be kept in {folder} ({error}); choose another folder") from error
        if found != FORMAT_VERSION:
            self._db.close()
            raise IndexMismatchError(
                f"{self.path} has format {found} and this version reads format {FORMAT_VERSION}; "
                "use another folder, or remove this one and index again"
            )

    def close(self) -> None:
        """Close the file; the catalog cannot be used afterwards."""
        with self._lock:
            self._db.close()

    def _damaged(self, error: sqlite3.Error) -> IndexDamagedError:
        folder = self.path.parent
        return IndexDamagedError(
            f"{self.path} cannot be read as an index ({error}); remove the folder {folder} and index again"
        )

    @contextmanager
    def _translating(self) -> Iterator[None]:
        """Hold the lock, and make an error of ours of a damaged file."""
        with self._lock:
            try:
                yield
            except sqlite3.DatabaseError as error:
                if _code(error) in _DAMAGED:
                    raise self._damaged(error) from error
                raise

    def note(self, *statements: tuple[str, tuple[object, ...]]) -> int:
        """Keep what people say of the contents: one short transaction, and no new generation.

        It waits for a batch that is just being written, by this process or another, and holds none up.

        Args:
            statements: SQL, and the values for its question marks.

        Returns:
            how many rows the last statement changed.

        Raises:
            IndexFolderError: the file cannot be written to.
        """
        with self._translating():
            try:
                self._db.execute("BEGIN IMMEDIATE")
                for statement, values in statements:
                    changed = self._db.execute(statement, values).rowcount
                self._db.execute("COMMIT")
            except sqlite3.OperationalError as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise self._unchangeable(error) from error
        return changed

    def rows(self, query: str, *values: object) -> list[Any]:
        """Return the rows of a query."""
        return self._rows(query, *values)

    def _unchangeable(self, error: sqlite3.Error) -> IndexFolderError:
        return IndexFolderError(
            f"{self.path} cannot be changed ({error}); see that the disk has room and the file is writable"
        )

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._translating():
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See the catalog as it is now, whatever another process changes meanwhile."""
        with self._translating():
            self._db.execute("BEGIN")
            try:
                yield
            finally:
                self._db.execute("ROLLBACK")

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Make one transaction of what is done inside, and a new generation; undo all of it on any exception."""
        with self._translating():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("UPDATE setting SET value = value + 1 WHERE name = 'generation'")
                self._db.execute("COMMIT")
            except BaseException as error:
                if self._db.in_transaction:  # a full disk has SQLite undo it before we can
                    self._db.execute("ROLLBACK")
                if isinstance(error, sqlite3.OperationalError):
                    raise self._unchangeable(error) from error
                raise

    # What is known.

    def setting(self, name: str) -> Any:
        """Return a setting's value, or None."""
        rows = self._rows("SELECT value FROM setting WHERE name = ?", name)
        return rows[0][0] if rows else None

    @property
    def generation(self) -> int:
        """Number of changes made so far."""
        return int(self.setting("generation"))

    @property
    def origin(self) -> str:
        """What tells this catalog from one that stood in the folder before it."""
        return str(self.setting("origin"))

    @property
    def roots(self) -> tuple[str, ...]:
        """Files and folders that the index is kept equal to."""
        return tuple(path for (path,) in self._rows("SELECT path FROM root ORDER BY path"))

    @property
    def excluded(self) -> frozenset[str]:
        """Sources that were removed on purpose and stay out."""
        return frozenset(source for (source,) in self._rows("SELECT source FROM excluded"))

    @property
    def files(self) -> dict[str, KnownFile]:
        """Every file that was looked at, by source; one that could not be read has no hash."""
        query = """SELECT source, size, modified_ns, hash FROM file
                   UNION ALL SELECT source, size, modified_ns, '' FROM failure"""
        return {row[0]: KnownFile(*row) for row in self._rows(query)}

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Files that could not be read, and why."""
        return tuple(Failure(*row) for row in self._rows("SELECT source, reason FROM failure ORDER BY source"))

    @property
    def documents(self) -> tuple[StoredDocument, ...]:
        """Every document, by source."""
        query = """SELECT source, title, format, json_array_length(document.pages), count(passage.id), indexed_at,
                          notes, language
                   FROM document LEFT JOIN passage ON passage.document = document.id
                   GROUP BY document.id ORDER BY source"""
        return tuple(_document(row) for row in self._rows(query))

    @property
    def languages(self) -> frozenset[str]:
        """The languages that the documents are in: ISO 639-1, empty for one not known."""
        return frozenset(language for (language,) in self._rows("SELECT DISTINCT language FROM document"))

    @property
    def sources(self) -> tuple[str, ...]:
        """The source of every document, in order."""
        return tuple(source for (source,) in self._rows("SELECT source FROM document ORDER BY source"))

    def origins(self, sources: Sequence[str]) -> dict[str, KnownFile]:
        """Return the file that each of some documents was read from, by the document's source."""
        query = """SELECT document.source, file.source, file.size, file.modified_ns, file.hash
                   FROM document JOIN file ON file.id = document.file
                   WHERE document.source IN (SELECT value FROM json_each(?))"""
        return {row[0]: KnownFile(*row[1:]) for row in self._rows(query, json.dumps(list(sources)))}

    def count_passages(self) -> int:
        """Return the number of passages."""
        return int(self._rows("SELECT count(*) FROM passage")[0][0])

    def text(self, source: str) -> str | None:
        """Return a document's stored text, or None when there is no such document."""
        rows = self._rows("SELECT text FROM document WHERE source = ?", source)
        return rows[0][0] if rows else None

    def headings(self, source: str) -> tuple[str, ...]:
        """Return a document's headings, in order; none when there is no such document."""
        rows = self._rows("SELECT sections FROM document WHERE source = ?", source)
        return tuple(section[0] for section in json.loads(rows[0][0])) if rows else ()

    def document(self, source: str) -> KeptDocument | None:
        """Return a whole document and what is remembered of its file, or None when there is no such document."""
        query = """SELECT document.source, title, text, format, pages, sections, notes, indexed_at,
                          file.source, size, modified_ns, hash
                   FROM document JOIN file ON file.id = document.file WHERE document.source = ?"""
        return next((_kept(row) for row in self._rows(query, source)), None)

    # What search needs.

    def passage_ids(self, sources: Sequence[str] | None = None) -> npt.NDArray[np.int64]:
        """Return the ids of the passages of some documents, or of all, in order."""
        chosen = """WHERE document IN (SELECT document.id FROM json_each(?) AS chosen
                                       JOIN document ON document.source = chosen.value)"""
        if sources is None:
            rows = self._rows("SELECT id FROM passage ORDER BY id")
        else:
            rows = self._rows(f"SELECT id FROM passage {chosen} ORDER BY id", json.dumps(list(sources)))
        return np.array([row[0] for row in rows], np.int64)

    def beginnings(self, ids: Sequence[int], characters: int) -> list[tuple[int, str, str, str, Floats]]:
        """Return id, source, title, first characters and vector, (dimension,) float32, of passages, by id."""
        query = """SELECT passage.id, document.source, document.title, substr(passage.text, 1, ?), vector.vector
                   FROM passage JOIN document ON document.id = passage.document
                   JOIN vector ON vector.passage = passage.id
                   WHERE passage.id IN (SELECT value FROM json_each(?)) ORDER BY passage.id"""
        return [(*row[:4], _floats(row[4])) for row in self._rows(query, characters, json.dumps(list(ids)))]

    def passages(self, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Return passages by id; ids that are gone are left out."""
        rows = self._rows(f"{_PASSAGE} WHERE passage.id IN (SELECT value FROM json_each(?))", json.dumps(list(ids)))
        return {row[0]: _passage(row) for row in rows}

    def vectors(self, ids: Sequence[int]) -> dict[int, tuple[Floats, TokenMatrix]]:
        """Return passages' vectors, (dimension,) float32 each, and their token vectors, by id."""
        query = "SELECT passage, vector, tokens FROM vector WHERE passage IN (SELECT value FROM json_each(?))"
        rows = self._rows(query, json.dumps(list(ids)))
        return {row[0]: (_floats(row[1]), TokenMatrix.from_bytes(row[2])) for row in rows}

    # What the views are made from.

    def removed_since(self, generation: int) -> list[int]:
        """Return the ids of the passages removed after a generation."""
        return [row[0] for row in self._rows("SELECT passage FROM removed WHERE generation > ?", generation)]

    def passages_since(self, generation: int, batch: int = 1_000) -> Iterator[list[StoredPassage]]:
        """Yield the passages added after a generation, in batches, by id."""
        query = f"{_PASSAGE} WHERE passage.generation > ? AND passage.id > ? ORDER BY passage.id LIMIT ?"
        for rows in self._batches(query, generation, batch):
            yield [_passage(row) for row in rows]

    def vectors_since(self, generation: int, batch: int = 10_000) -> Iterator[tuple[list[int], Floats]]:
        """Yield the ids and vectors (n, dimension) of the passages added after a generation, in batches, by id."""
        query = """SELECT vector.passage, vector.vector FROM vector JOIN passage ON passage.id = vector.passage
                   WHERE passage.generation > ? AND passage.id > ? ORDER BY passage.id LIMIT ?"""
        for rows in self._batches(query, generation, batch):
            yield [row[0] for row in rows], np.stack([_floats(row[1]) for row in rows])

    def _batches(self, query: str, generation: int, batch: int) -> Iterator[list[Any]]:
        last = 0
        while rows := self._rows(query, generation, last, batch):
            yield rows
            last = rows[-1][0]

    # What changes; to be called inside `changing`.

    def set_setting(self, name: str, value: str | float) -> None:
        """Keep a setting."""
        self._db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    def add_roots(self, paths: Iterable[str]) -> None:
        """Keep the index equal to these files and folders too."""
        self._db.executemany("INSERT OR IGNORE INTO root VALUES (?)", [(path,) for path in paths])

    def remove_root(self, path: str) -> None:
        """Forget a file or folder."""
        self._db.execute("DELETE FROM root WHERE path = ?", (path,))

    def exclude(self, source: str) -> None:
        """Keep a source out, wherever it is found."""
        self._db.execute("INSERT OR IGNORE INTO excluded VALUES (?)", (source,))

    def include(self, sources: Iterable[str]) -> None:
        """Let sources in again."""
        self._db.executemany("DELETE FROM excluded WHERE source = ?", [(source,) for source in sources])

    def add_file(self, file: File, digest: str, documents: Sequence[tuple[Document, Sequence[IndexedPassage]]]) -> None:
        """Keep a file and its documents; what was known of the file before is replaced."""
        self.remove_files([file.source])
        found = (file.source, file.size, file.modified_ns, digest)
        file_id = self._insert("INSERT INTO file (source, size, modified_ns, hash) VALUES (?, ?, ?, ?)", *found)
        for document, passages in documents:
            document_id = self._insert(
                """INSERT INTO document
                   (file, source, title, format, language, text, pages, sections, notes, indexed_at)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                file_id,
                document.source,
                document.title,
                document.format,
                document.language,
                document.text,
                json.dumps([[page.number, page.start, page.end] for page in document.pages]),
                json.dumps([[part.title, part.level, part.start, part.body] for part in document.sections]),
                json.dumps(document.notes),
                datetime.now(UTC).isoformat(timespec="seconds"),
            )
            for indexed in passages:
                self._add_passage(document_id, document, indexed)

    def _add_passage(self, document_id: int, document: Document, indexed: IndexedPassage) -> None:
        passage = indexed.passage
        pages = [document.page_at(sentence.start) for sentence in passage.sentences] if document.pages else []
        passage_id = self._insert(
            """INSERT INTO passage (generation, document, start, text, headings, sentences, pages)
               SELECT value + 1, ?, ?, ?, ?, ?, ? FROM setting WHERE name = 'generation'""",
            document_id,
            passage.start,
            document.text[passage.start : passage.end],
            json.dumps(passage.headings),
            json.dumps([[sentence.start, sentence.end] for sentence in passage.sentences]),
            json.dumps(pages),
        )
        vector = indexed.vector.astype("<f2").tobytes()
        self._insert("INSERT INTO vector VALUES (?, ?, ?)", passage_id, vector, indexed.tokens.to_bytes())

    def _insert(self, statement: str, *values: object) -> int:
        return int(self._db.execute(statement, values).lastrowid or 0)

    def add_failure(self, failure: Failure, size: int = 0, modified_ns: int = 0) -> None:
        """Remember why a file could not be read; what was known of the file before is gone."""
        self.remove_files([failure.source])
        self._insert("INSERT INTO failure VALUES (?, ?, ?, ?)", failure.source, failure.reason, size, modified_ns)

    def touch_file(self, file: File) -> None:
        """Note that a file has a new time and the content it had."""
        self._db.execute(
            "UPDATE file SET size = ?, modified_ns = ? WHERE source = ?", (file.size, file.modified_ns, file.source)
        )

    def doubt_file(self, source: str) -> None:
        """Have a file read at the next run, changed or not."""
        self._db.execute("UPDATE file SET size = -1, hash = '' WHERE source = ?", (source,))

    def move_file(self, old: str, file: File) -> None:
        """Give a file, and its documents, another name."""
        self.remove_files([file.source])
        self._db.execute("UPDATE file SET source = ? WHERE source = ?", (file.source, old))
        self.touch_file(file)
        self._db.execute(
            """UPDATE document SET source = ? || substr(source, ?)
               WHERE file = (SELECT id FROM file WHERE source = ?)""",
            (file.source, len(old) + 1, file.source),
        )

    def remove_files(self, sources: Iterable[str]) -> None:
        """Forget files, read or not, with their documents."""
        for source in sources:
            self._db.execute("DELETE FROM file WHERE source = ?", (source,))
            self._db.execute("DELETE FROM failure WHERE source = ?", (source,))

    def remove_document(self, source: str) -> bool:
        """Forget one document; its file stays known. Return whether there was one."""
        return self._db.execute("DELETE FROM document WHERE source = ?", (source,)).rowcount > 0


def _code(error: sqlite3.Error) -> int:
    """Return SQLite's primary code of an error; 0 for a mistake that Python's own module found."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _floats(blob: bytes) -> Floats:
    return np.frombuffer(blob, "<f2").astype(np.float32)


def _document(row: Sequence[Any]) -> StoredDocument:
    return StoredDocument(row[0], row[1], row[2], row[3], row[4], row[5], tuple(json.loads(row[6])), row[7])


def _kept(row: Sequence[Any]) -> KeptDocument:
    pages = tuple(Page(*page) for page in json.loads(row[4]))
    sections = tuple(Section(*section) for section in json.loads(row[5]))
    document = Document(row[0], row[1], row[2], row[3], pages, sections, tuple(json.loads(row[6])))
    return KeptDocument(document, KnownFile(*row[8:12]), row[7])


def _passage(row: Sequence[Any]) -> StoredPassage:
    return StoredPassage(
        id=row[0],
        source=row[1],
        title=row[2],
        start=row[3],
        text=row[4],
        headings=tuple(json.loads(row[5])),
        sentences=tuple(Span(*span) for span in json.loads(row[6])),
        pages=tuple(json.loads(row[7])),
        language=row[8],
    )
