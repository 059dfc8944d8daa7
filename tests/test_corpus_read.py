"""A file's kind is told from its bytes and its suffix, and whatever goes wrong is an error of the project's tree."""

import io
import zipfile
from pathlib import Path

import pytest

import corpus
from corpus import kinds, read
from corpus.errors import (
    DamagedDocumentError,
    DocumentError,
    DocumentLimitError,
    EmptyDocumentError,
    ProtectedDocumentError,
    UnsupportedFormatError,
)
from corpus.formats.archive import open_archive
from corpus.read import SUFFIXES, read_file
from corpus.records import Document, File, Limits

LIMITS = Limits()
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def file_of(folder: Path, name: str, raw: bytes) -> File:
    path = folder / name
    path.write_bytes(raw)
    return File(str(path), path, len(raw), 0)


def read_bytes(folder: Path, name: str, raw: bytes, limits: Limits = LIMITS) -> tuple[Document, ...]:
    return read_file(file_of(folder, name, raw), limits)


def archive_of(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_every_suffix_has_a_reader():
    assert tuple(sorted(kinds._KINDS)) == SUFFIXES
    assert set(kinds._KINDS.values()) == set(read._READERS)
    for kind in read._READERS:
        assert callable(read._reader(kind))


def test_the_public_names_are_there():
    assert all(hasattr(corpus, name) for name in corpus.__all__)


@pytest.mark.parametrize("name", ["notes", "notes.xyz", "notes.TXT"])
def test_text_without_a_known_suffix_is_read_as_text(tmp_path: Path, name: str):
    (document,) = read_bytes(tmp_path, name, b"The tower is 93 metres high.")
    assert document.text == "The tower is 93 metres high."
    assert document.format == "text"


def test_text_in_utf16_with_a_mark_is_no_binary_file(tmp_path: Path):
    (document,) = read_bytes(tmp_path, "notes", "The tower.".encode("utf-16"))
    assert document.text == "The tower."


@pytest.mark.parametrize("name", ["page", "page.pdf", "page.docx"])
def test_a_web_page_is_known_by_its_beginning(tmp_path: Path, name: str):
    raw = b"<?xml version='1.0'?><!-- saved --><!DOCTYPE html><html><body><p>Open from 9 to 5.</p></body></html>"
    (document,) = read_bytes(tmp_path, name, raw)
    assert (document.text, document.format) == ("Open from 9 to 5.", "html")


def test_a_suffix_that_the_bytes_belie_is_an_error_with_both(tmp_path: Path):
    with pytest.raises(DamagedDocumentError, match=r"it is no PDF: its first bytes are b'just wor'"):
        read_bytes(tmp_path, "a.pdf", b"just words")


def test_a_pdf_and_a_book_are_known_by_their_bytes(tmp_path: Path):
    with pytest.raises(DamagedDocumentError, match="print it to a new PDF"):
        read_bytes(tmp_path, "a", b"%PDF-1.7 and nothing else")
    with pytest.raises(DamagedDocumentError, match="names no package"):
        read_bytes(tmp_path, "b.zip", archive_of(**{"META-INF/container.xml": b"<container/>"}))


def test_an_archive_is_known_by_what_is_in_it(tmp_path: Path):
    with pytest.raises(UnsupportedFormatError, match="unpack it and give the folder"):
        read_bytes(tmp_path, "a.docx", archive_of(**{"a.txt": b"x"}))
    with pytest.raises(UnsupportedFormatError, match="OpenDocument files are not read; save it as DOCX or PDF"):
        read_bytes(tmp_path, "a.odt", archive_of(mimetype=b"application/vnd.oasis.opendocument.text"))
    with pytest.raises(DamagedDocumentError):
        read_bytes(tmp_path, "a.zip", archive_of(**{"word/document.xml": b"<broken"}))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (OLD_OFFICE + bytes(600), "the Office format of before 2007; save it as DOCX, PPTX or XLSX"),
        (b"{\\rtf1 words}", "RTF is not read; save it as DOCX or PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), r"no reader for \.bin files; those for \.csv, \.docm"),
        (bytes(range(1, 9)) * 10, r"no reader for \.bin files"),
    ],
)
def test_what_is_not_read_says_what_to_do(tmp_path: Path, raw: bytes, reason: str):
    with pytest.raises(UnsupportedFormatError, match=reason):
        read_bytes(tmp_path, "a.bin", raw)


def test_a_nameless_binary_file_is_not_read(tmp_path: Path):
    with pytest.raises(UnsupportedFormatError, match="no reader for this kind"):
        read_bytes(tmp_path, "a", b"\0" * 10)


def test_bytes_that_are_no_text_are_not_read_as_text(tmp_path: Path):
    with pytest.raises(DamagedDocumentError, match="10% of its first bytes are control characters"):
        read_bytes(tmp_path, "a.txt", b"\0\x01" + b"x" * 18)
    assert read_bytes(tmp_path, "b.txt", b"\0" + b"x" * 30)[0].text == " " + "x" * 30
    assert read_bytes(tmp_path, "c.txt", "Wide words.".encode("utf-16-le"))[0].text == "Wide words."


def test_an_encrypted_office_file_needs_a_password(tmp_path: Path):
    raw = OLD_OFFICE + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(ProtectedDocumentError, match="save a copy without one"):
        read_bytes(tmp_path, "a.docx", raw)


def test_an_empty_file_and_a_missing_one(tmp_path: Path):
    with pytest.raises(EmptyDocumentError, match="0 bytes"):
        read_bytes(tmp_path, "a.txt", b"")
    with pytest.raises(DocumentError, match=r"cannot be opened .No such file"):
        read_file(File("x", tmp_path / "gone.txt", 1, 0), Limits())


def test_a_file_that_has_grown_past_the_limit(tmp_path: Path):
    with pytest.raises(DocumentLimitError, match=r"more than 1\.0 MB, the limit"):
        read_bytes(tmp_path, "a.txt", b"x" * (2**20 + 1), Limits(file_bytes=2**20))


def test_too_much_text(tmp_path: Path):
    with pytest.raises(DocumentLimitError, match="more than 1,000 characters of text, the limit"):
        read_bytes(tmp_path, "a.txt", b"x" * 1001, Limits(text_characters=1000))
    with pytest.raises(DocumentLimitError, match="more than 1,000 characters of text, the limit"):
        read_bytes(tmp_path, "a.html", b"<p>" + b"x" * 1001, Limits(text_characters=1000))


@pytest.mark.parametrize(
    ("raised", "expected", "reason"),
    [
        (MemoryError(), DocumentLimitError, "it needs more than 2,048 MB of memory, the limit"),
        (ZeroDivisionError("by zero"), DamagedDocumentError, "unusual form .ZeroDivisionError: by zero"),
        (RecursionError("deep"), DamagedDocumentError, "RecursionError"),
    ],
)
def test_what_a_library_raises_is_translated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: Exception, expected: type[Exception], reason: str
):
    def fail(kind: str) -> object:
        raise raised

    monkeypatch.setattr(read, "_reader", fail)
    with pytest.raises(expected, match=reason):
        read_bytes(tmp_path, "a.txt", b"x")


# Archives are looked at before they are unpacked.


def test_an_archive_with_too_many_members():
    raw = archive_of(**{f"{number}.txt": b"" for number in range(11)})
    with pytest.raises(DocumentLimitError, match="11 members; the limit is 10"):
        open_archive(raw, Limits(unpacked_entries=10))


def test_an_archive_that_unpacks_to_too_much():
    raw = archive_of(**{"a.xml": bytes(3 * 2**20)})
    with pytest.raises(DocumentLimitError, match="it would unpack to 3 MB; the limit is 2 MB"):
        open_archive(raw, Limits(unpacked_bytes=2 * 2**20))


def test_an_archive_that_is_packed_too_well():
    raw = archive_of(**{"a.xml": bytes(30 * 2**20)})
    with pytest.raises(DocumentLimitError, match="the limit is 400 times"):
        open_archive(raw, Limits())


def test_a_small_archive_may_be_packed_well():
    with open_archive(archive_of(**{"a.xml": bytes(2**20)}), Limits()) as archive:
        assert archive.namelist() == ["a.xml"]


def test_an_archive_that_is_cut_short_and_one_that_is_encrypted():
    raw = archive_of(**{"a.xml": b"words"})
    with pytest.raises(DamagedDocumentError, match="cut short"):
        open_archive(raw[: len(raw) // 2], Limits())
    encrypted = bytearray(raw)
    encrypted[raw.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ProtectedDocumentError, match="only with a password"):
        open_archive(bytes(encrypted), Limits())
