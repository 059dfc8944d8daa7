"""XLSX: a section for each sheet, a line for each row."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from corpus.errors import DamagedDocumentError
from corpus.formats.archive import open_archive
from corpus.formats.draft import Draft
from corpus.formats.rows import as_lines
from corpus.formats.titles import choose_title
from corpus.records import Document, File, Limits

_ROWS_IN_BLOCK = 50


def read(file: File, raw: bytes, limits: Limits) -> tuple[Document, ...]:
    """Read a workbook: the values that were last calculated, not the formulas."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    open_archive(raw, limits).close()
    draft = Draft(limits)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of what it cannot show: extensions, styles, validation
        try:
            book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        except (InvalidFileException, KeyError, ValueError, TypeError, SyntaxError, zipfile.BadZipFile) as error:
            raise DamagedDocumentError(f"it is damaged ({error}); open it in Excel and save a fresh copy") from error
        try:
            for number, sheet in enumerate(book.worksheets, 1):
                draft.page(number)
                draft.section(sheet.title, 1)
                lines = as_lines(_cells(sheet))
                for start in range(0, len(lines), _ROWS_IN_BLOCK):
                    draft.block("\n".join(lines[start : start + _ROWS_IN_BLOCK]))
            title = choose_title(file, book.properties.title)
        finally:
            book.close()
    return (draft.document(file, title, "xlsx", empty="none of its sheets holds a value"),)


def _cells(sheet: Any) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # files lie about them, up to a million empty rows
    for row in sheet.iter_rows(values_only=True):
        yield [_text(value) for value in row]


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.15g}"
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)
