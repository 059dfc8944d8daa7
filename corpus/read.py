"""A file to its documents, and every error to one of the project's tree."""

import importlib
from collections.abc import Callable
from typing import cast

from corpus.errors import (
    DamagedDocumentError,
    DocumentError,
    DocumentLimitError,
    EmptyDocumentError,
    PullquoteError,
)
from corpus.kinds import SUFFIXES, kind_of
from corpus.records import Document, File, Limits

__all__ = ["SUFFIXES", "memory_reason", "read_file"]

_Reader = Callable[[File, bytes, Limits], tuple[Document, ...]]

# Each kind of file: where its reader is.
_READERS = {
    "plain": "corpus.formats.plain:read",
    "markdown": "corpus.formats.markdown:read",
    "html": "corpus.formats.web:read",
    "pdf": "corpus.formats.pdf:read",
    "docx": "corpus.formats.word:read",
    "pptx": "corpus.formats.slides:read",
    "xlsx": "corpus.formats.sheet:read",
    "epub": "corpus.formats.book:read",
    "mail": "corpus.formats.mail:read",
    "csv": "corpus.formats.lines:read_csv",
    "jsonl": "corpus.formats.lines:read_jsonl",
}


def read_file(file: File, limits: Limits) -> tuple[Document, ...]:
    """Read the documents of one file.

    Args:
        file: the file, as it was found.
        limits: what it may cost; memory and time are the sandbox's to hold.

    Returns:
        one document, or several where the file is a collection (JSON Lines, CSV with an id and a text).

    Raises:
        DocumentError: it cannot be read; the message is the reason alone, beside which goes the file's name.
    """
    try:
        raw = _load(file, limits)
        kind = kind_of(file, raw, limits)
        return _reader(kind)(file, raw, limits)
    except PullquoteError:
        raise
    except MemoryError as error:
        raise DocumentLimitError(memory_reason(limits)) from error
    except Exception as error:  # a hostile file can raise anything, and must not stop the others
        raise DamagedDocumentError(
            f"its contents are damaged or in an unusual form ({type(error).__name__}: {str(error)[:200]}); "
            "open it in its own program and save a fresh copy"
        ) from error


def memory_reason(limits: Limits) -> str:
    """Return what to say of a file that needs more memory than it may have."""
    return f"it needs more than {limits.memory_bytes / 2**20:,.0f} MB of memory, the limit; split it into smaller files"


def _load(file: File, limits: Limits) -> bytes:
    try:
        with file.path.open("rb") as stream:
            raw = stream.read(limits.file_bytes + 1)
    except OSError as error:
        raise DocumentError(
            f"it cannot be opened ({error.strerror}); check that it is there and its permissions"
        ) from error
    if len(raw) > limits.file_bytes:
        raise DocumentLimitError(
            f"it has more than {limits.file_bytes / 2**20:,.1f} MB, the limit; split it into smaller files"
        )
    if not raw:
        raise EmptyDocumentError("it is empty (0 bytes)")
    return raw


def _reader(kind: str) -> _Reader:
    module, function = _READERS[kind].split(":")
    return cast("_Reader", getattr(importlib.import_module(module), function))
