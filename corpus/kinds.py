"""What kind of document a file is: its first bytes count for more than its suffix."""

import codecs
import re

from corpus.decode import looks_wide
from corpus.errors import DamagedDocumentError, ProtectedDocumentError, UnsupportedFormatError
from corpus.records import File, Limits

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
_PAGE_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
# First bytes that tell a kind, whatever the suffix says.
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")  # the stream's name, MS-OFFCRYPTO 1.3.3
_OFFICE_PARTS = {"word/": "docx", "ppt/": "pptx", "xl/": "xlsx"}
_MOST_CONTROLS = 0.05
_SAVE_AS = "save it as DOCX or PDF"


def kind_of(file: File, raw: bytes, limits: Limits) -> str:
    """Return the name of the reader that a file needs.

    Args:
        file: for its suffix.
        raw: its bytes.
        limits: for an archive, which is looked into.

    Raises:
        DocumentError: no reader knows it, or it needs a password.
    """
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
        raise DamagedDocumentError(
            f"it is no {file.path.suffix[1:].upper()}: its first bytes are {start[:8]!r}; get a fresh copy"
        )
    controls = _control_share(start)
    if by_suffix and controls > _MOST_CONTROLS:
        raise DamagedDocumentError(f"it is no text: {controls:.0%} of its first bytes are control characters")
    if by_suffix:
        return by_suffix
    if controls > _MOST_CONTROLS or (controls and b"\0" in start):
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


def _control_share(start: bytes) -> float:
    """Return the fraction of control characters, of which text has next to none; NUL bytes of UTF-16 don't count."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or looks_wide(start):
        return 0.0
    return sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in start) / len(start)
