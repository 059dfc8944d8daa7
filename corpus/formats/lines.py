"""JSON Lines and CSV: many documents in one file, or one table."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from corpus.decode import Decoded, decode, normalise
from corpus.errors import DamagedDocumentError, EmptyDocumentError
from corpus.formats.draft import Draft, check_length
from corpus.formats.plain import find_sections
from corpus.formats.rows import as_lines
from corpus.formats.titles import choose_title, one_line
from corpus.records import Document, File, Limits, Section

_LISTED = 5  # line numbers that a note names
_DELIMITERS = ",;\t|"
_SAMPLE = 10_000  # characters
_ROWS_IN_BLOCK = 50
_NEEDED = 'each line needs "text", and may have "id" and "title"'


class _Collection:
    """The documents of one file, with what was wrong with the others."""

    def __init__(self, file: File, limits: Limits, kind: str, notes: tuple[str, ...]) -> None:
        self._file, self._limits, self._kind, self._notes = file, limits, kind, notes
        self._rows: list[tuple[str, str, str, tuple[Section, ...]]] = []
        self._ids: set[str] = set()
        self._characters = 0
        self._faults: dict[str, list[int]] = {}

    def add(self, number: int, name: str, title: str, given: str, sections: tuple[Section, ...] = ()) -> None:
        """Add a document, unless it is empty or its id is taken. Sections that do not fit its text are found."""
        text = normalise(given)
        if not text.strip():
            self.fault(number, "without text")
        elif name in self._ids:
            self.fault(number, "with the id of an earlier one")
        else:
            self._ids.add(name)
            self._characters += len(text)
            check_length(self._characters, self._limits)
            fits = sections and text == given and sections[-1].body <= len(text)
            self._rows.append((name, title, text, sections if fits else find_sections(text)))

    def fault(self, number: int, what: str) -> None:
        self._faults.setdefault(what, []).append(number)

    def documents(self) -> tuple[Document, ...]:
        """Return the documents, the first of them with the notes on the file.

        Raises:
            DamagedDocumentError: there is none, and something was wrong.
            EmptyDocumentError: there is none.
        """
        notes = tuple(f"{_lines(numbers)} {what}: left out" for what, numbers in self._faults.items())
        if not self._rows:
            if set(self._faults) - {"without text"}:
                raise DamagedDocumentError(f"none of its lines is a document ({'; '.join(notes)}); {_NEEDED}")
            raise EmptyDocumentError("it holds no text")
        return tuple(
            Document(
                source=f"{self._file.source}#{name}",
                title=one_line(title) or name,
                text=text,
                format=self._kind,
                sections=sections,
                notes=self._notes + notes if at == 0 else (),
            )
            for at, (name, title, text, sections) in enumerate(self._rows)
        )


def read_jsonl(file: File, raw: bytes, limits: Limits) -> tuple[Document, ...]:
    """Read JSON Lines: a document a line.

    Beside `text`, `id` and `title` it may have `sections`: `[start, body, level, title]` for each, as a `Section` has
    them, in the order of the text. What is no such list is as good as none.
    """
    decoded = decode(raw)
    collection = _Collection(file, limits, "jsonl", decoded.notes)
    for number, line in enumerate(decoded.text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            collection.fault(number, "not valid JSON")
            continue
        text = row.get("text") if isinstance(row, dict) else None
        if isinstance(text, str):
            name, title = _name(row.get("id"), number), str(row.get("title") or "")
            collection.add(number, name, title, text, _sections(row.get("sections")))
        else:
            collection.fault(number, 'without a "text" that is a string')
    return collection.documents()


def _sections(given: object) -> tuple[Section, ...]:
    try:
        sections = tuple(Section(one_line(title), level, start, body) for start, body, level, title in given)  # type: ignore[attr-defined]
        whole = all(type(number) is int for s in sections for number in (s.level, s.start, s.body))
        rising = all(one.start <= one.body <= other.start for one, other in pairwise(sections))
    except (AttributeError, TypeError, ValueError):
        return ()
    return sections if whole and rising else ()


def read_csv(file: File, raw: bytes, limits: Limits) -> tuple[Document, ...]:
    """Read CSV: a document a row where it has a column `text` and a column `id` or `title`; else one document."""
    decoded = decode(raw)
    check_length(len(decoded.text), limits)
    rows = _rows(decoded)
    header = next(rows, [])
    columns = {name.strip().lower(): at for at, name in enumerate(header)}
    if "text" in columns and columns.keys() & {"id", "title"}:
        return _collection(file, limits, decoded, columns, rows)
    draft = Draft(limits)
    lines = as_lines(_all(header, rows))
    for start in range(0, len(lines), _ROWS_IN_BLOCK):
        draft.block("\n".join(lines[start : start + _ROWS_IN_BLOCK]))
    return (draft.document(file, choose_title(file), "csv", decoded.notes),)


def _collection(
    file: File, limits: Limits, decoded: Decoded, columns: dict[str, int], rows: Iterable[list[str]]
) -> tuple[Document, ...]:
    collection = _Collection(file, limits, "csv", decoded.notes)
    for number, row in enumerate(rows, 2):
        cells = {name: row[at] for name, at in columns.items() if at < len(row)}
        if "text" in cells:
            collection.add(number, _name(cells.get("id"), number), cells.get("title", ""), cells["text"])
        elif any(map(str.strip, row)):
            collection.fault(number, "with too few columns")
    return collection.documents()


def _rows(decoded: Decoded) -> Iterator[list[str]]:
    csv.field_size_limit(2**31 - 1)  # the size of the whole file is limited already
    return csv.reader(io.StringIO(decoded.text, newline=""), delimiter=_delimiter(decoded.text))


def _delimiter(text: str) -> str:
    """Return the separator that makes the most rows of a beginning equally wide, then the widest.

    The standard library's Sniffer guesses quotes as well, wrongly where the beginning has none, and can take minutes.
    """
    sample = text[:_SAMPLE].rpartition("\n")[0] or text[:_SAMPLE]

    def score(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row)
        width, rows = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
        return (rows, width) if width > 1 else (0, 0)

    return max(_DELIMITERS, key=score)


def _all(header: list[str], rows: Iterable[list[str]]) -> Iterator[list[str]]:
    yield header
    yield from rows


def _name(given: object, number: int) -> str:
    return one_line(str(given)) if given not in {None, ""} else f"line-{number}"


def _lines(numbers: list[int]) -> str:
    listed = ", ".join(map(str, numbers[:_LISTED]))
    more = f" and {len(numbers) - _LISTED} more" if len(numbers) > _LISTED else ""
    return f"{'line' if len(numbers) == 1 else 'lines'} {listed}{more}"
