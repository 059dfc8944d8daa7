"""A file to its documents: suffix and first bytes say which reader, and every error is one of the project's tree."""

import importlib
import re
from collections.abc import Callable
from typing import cast

from corpus.errors import (
    DamagedDocumentError,
    DocumentError,
    DocumentLimitError,
    EmptyDocumentError,
    ProtectedDocumentError,
    PullquoteError,
    UnsupportedFormatError,
)
from corpus.records import Document, File, Limits

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
_KINDS = {
    ".txt": "plain",
    ".text": "plain",
    ".rst": "plain",
    ".log": "plain",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".docm": "docx",
    ".pptx": "pptx",
    ".pptm": "pptx",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".epub": "epub",
    ".eml": "mail",
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
SUFFIXES: tuple[str, ...] = tuple(sorted(_KINDS))

_SNIFFED_BYTES = 4096
_PAGE_START = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
# First bytes that tell a kind, whatever the suffix says.
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")  # the stream's name, MS-OFFCRYPTO 1.3.3
_OFFICE_PARTS = {"word/": "docx", "ppt/": "pptx", "xl/": "xlsx"}
_SAVE_AS = "save it as DOCX or PDF"


def read_file(file: File, limits: Limits) -> tuple[Document, ...]:
    """Read the documents of one file.

    Args:
        file: the file, as it was found.
        limits: what it may cost; memory and time are the sandbox's to hold.

    Returns:
        one document, or several where the file is a collection (JSON Lines, CSV with an id and a text).

    Raises:
        DocumentError: it cannot be read. The message is the reason alone; who reports it puts the file's name beside it.
    """
    try:
        raw = _load(file, limits)
        kind = _kind(file, raw, limits)
        return _reader(kind)(file, raw, limits)
    except PullquoteError:
        raise
    except MemoryError as error:
        raise DocumentLimitError(memory_reason(limits)) from error
    except Exception as error:  # noqa: BLE001 (a hostile file can raise anything, and must not stop the others)
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
        raise DocumentError(f"it cannot be opened ({error.strerror}); check that it is there and its permissions") from error
    if len(raw) > limits.file_bytes:
        raise DocumentLimitError(
            f"it has more than {limits.file_bytes / 2**20:,.1f} MB, the limit; split it into smaller files"
        )
    if not raw:
        raise EmptyDocumentError("it is empty (0 bytes)")
    return raw


def _reader(kind: str) -> _Reader:
    module, function = _READERS[kind].split(":")
    return cast(_Reader, getattr(importlib.import_module(module), function))


def _kind(file: File, raw: bytes, limits: Limits) -> str:
    """Tell a file's kind; its first bytes count for more than its suffix."""
    start = raw[:_SNIFFED_BYTES]
    by_suffix = _KINDS.get(file.path.suffix.lower())
    if b"%PDF-" in start[:1024] and by_suffix in {None, "pdf"}:
        return "pdf"
    if start.startswith(_ZIP):
        return _kind_of_archive(raw, limits)
    if start.startswith(_OLD_OFFICE):
        if _ENCRYPTED_PACKAGE in raw:
            raise ProtectedDocumentError("it opens only with a password; save a copy without one")
        raise UnsupportedFormatError("it is in the Office format of before 2007; save it as DOCX, PPTX or XLSX")
    if start.startswith(b"{\\rtf"):
        raise UnsupportedFormatError(f"RTF is not read; {_SAVE_AS}")
    if by_suffix in {"docx", "pptx", "xlsx", "epub", "pdf"} or (by_suffix is None and _PAGE_START.match(start)):
        if _PAGE_START.match(start):
            return "html"
        raise DamagedDocumentError(f"it is no {file.path.suffix[1:].upper()}: its first bytes are {start[:8]!r}; get a fresh copy")
    if by_suffix:
        return by_suffix
    if _looks_binary(start):
        name = f"{file.path.suffix} files" if file.path.suffix else "this kind of file"
        raise UnsupportedFormatError(f"no reader for {name}; those for {', '.join(SUFFIXES)} and plain text are there")
    return "plain"


def _kind_of_archive(raw: bytes, limits: Limits) -> str:
    from corpus.formats.archive import open_archive

    with open_archive(raw, limits) as archive:
        names = archive.namelist()
        kind = archive.read("mimetype")[:100].decode("ascii", "replace").strip() if "mimetype" in names else ""
    if kind == "application/epub+zip" or "META-INF/container.xml" in names:
        return "epub"
    if kind.startswith("application/vnd.oasis.opendocument"):
        raise UnsupportedFormatError(f"OpenDocument files are not read; {_SAVE_AS}")
    for folder, office in _OFFICE_PARTS.items():
        if any(name.startswith(folder) for name in names):
            return office
    raise UnsupportedFormatError("it is an archive; unpack it and give the folder")


def _looks_binary(start: bytes) -> bool:
    """Tell text from other bytes: text has no NUL (but for UTF-16, which has a mark) and few control characters."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in start)
    return b"\0" in start or controls * 20 > len(start)
