"""PDF: pages, with their lines put back together into paragraphs."""

import ctypes
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from corpus.errors import DamagedDocumentError, DocumentLimitError, ProtectedDocumentError
from corpus.formats.draft import Draft
from corpus.formats.headings import Outline, mark_headings, printed_title
from corpus.formats.paragraphs import paragraphs
from corpus.formats.printed import Line, Paragraph
from corpus.formats.running import without_running_heads
from corpus.formats.titles import choose_title, one_line
from corpus.formats.wording import by_page, vocabulary
from corpus.records import Document, File, Limits

_SCANNED = (
    "it has no text: its pages are pictures, or blank; a scan needs OCR first (ocrmypdf, say), then give it again"
)
# PDFium's sign for a hyphen that it takes for a break inside a word; the line end after it is left out.
_SOFT_HYPHEN = "\ufffe"
_LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
)
# A bitmap font of TeX's maps nothing to Unicode. What it has in the places of control characters is known by TeX's T1
# encoding (Ferguson, TUGboat 11(4), 1990); what touches no word there may be a bracket of mathematics.
_CORK = dict(zip("\x10\x11\x12\x13\x14\x15\x16\x1b\x1c\x1d\x1e\x1f", "“”„«»–—ﬀﬁﬂﬃﬄ", strict=True))
_CODE = re.compile(r"[\x10-\x16\x1b-\x1f](?=\w)|(?<=[\w.,;:!?)])[\x10-\x16\x1b-\x1f]")
# TeX prints some accents as letters of their own, before the one that they belong to.
_ACCENT = re.compile("([\u00a8\u00b4\u02da\u02c7])([A-Za-z\u0131])")
_COMBINING = {"\u00a8": "\u0308", "\u00b4": "\u0301", "\u02da": "\u030a", "\u02c7": "\u030c"}
_ACCENTED = frozenset("äëïöüÿÄËÏÖÜáéíóúýÁÉÍÓÚÝćńśźĆŃŚŹåÅůŮčďěňřšťžČĎĚŇŘŠŤŽ")
_BOLD_WEIGHT = 600


def read(file: File, raw: bytes, limits: Limits) -> tuple[Document, ...]:
    """Read a PDF file."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise ProtectedDocumentError("it opens only with a password; save a copy without one") from error
        raise DamagedDocumentError(f"it is damaged ({error}); get a fresh copy, or print it to a new PDF") from error
    try:
        count = len(pdf)
        if count > limits.pages:
            raise DocumentLimitError(
                f"it has {count:,} pages; the limit is {limits.pages:,}; split it into smaller files"
            )
        pages, unread = _pages(pdf, count)
        outline = _outline(pdf)
        metadata = pdf.get_metadata_dict()
    finally:
        pdf.close()
    found = paragraphs(without_running_heads(pages))
    mark_headings(found, outline)
    draft = Draft(limits)
    _write(found, count, draft)
    notes = (f"pages that could not be read: {', '.join(map(str, unread))}",) if unread else ()
    title = choose_title(file, metadata.get("Title"), printed_title(found))
    return (draft.document(file, title, "pdf", notes, empty=_SCANNED),)


def _pages(pdf: Any, count: int) -> tuple[list[list[Line]], list[int]]:
    """Return the lines of every page, and the numbers of the pages that are broken."""
    import pypdfium2

    pages: list[list[Line]] = []
    unread: list[int] = []
    for at in range(count):
        try:
            page = pdf[at]
            text_page = page.get_textpage()
        except pypdfium2.PdfiumError:
            pages.append([])
            unread.append(at + 1)
            continue
        try:
            pages.append(list(_lines(text_page, at + 1)))
        finally:
            text_page.close()
            page.close()
    return pages, unread


def _lines(text_page: Any, number: int) -> Iterator[Line]:
    import pypdfium2.raw as c

    text = text_page.get_text_range()
    box, flags = c.FS_RECTF(), ctypes.c_int()
    name = ctypes.create_string_buffer(256)
    wide = not text.isascii() and max(text) > "\uffff"

    def character(at: int) -> int:
        units = len(text[:at].encode("utf-16-le", "surrogatepass")) // 2 if wide else at
        index: int = c.FPDFText_GetCharIndexFromTextIndex(text_page, units)
        return index

    def place(at: int) -> tuple[float, float, float, float]:
        index = character(at)
        if index < 0 or not c.FPDFText_GetLooseCharBox(text_page, index, box):
            return 0.0, 0.0, 0.0, 0.0
        return box.left, box.bottom, box.right, box.top

    def bold(at: int) -> bool:
        index = character(at)
        if c.FPDFText_GetFontWeight(text_page, index) >= _BOLD_WEIGHT:
            return True
        c.FPDFText_GetFontInfo(text_page, index, name, 256, flags)
        return any(word in name.value.lower() for word in (b"bold", b"black", b"heavy", b"medi"))

    def mapped(found: re.Match[str]) -> str:
        index = character(found.start())
        bitmaps = not c.FPDFText_GetFontInfo(text_page, index, name, 256, flags) or not name.value
        return _CORK[found[0]] if bitmaps else found[0]

    text = _CODE.sub(mapped, text)
    start = 0
    for line in _split(text):
        words = line.rstrip("\r\n" + _SOFT_HYPHEN).rstrip()
        if words.strip():
            first = start + len(words) - len(words.lstrip())
            last = start + len(words) - 1
            left, bottom, _, top = place(first)
            _, last_bottom, right, last_top = place(last)
            if last_top - last_bottom > top - bottom:  # the line begins with something raised or small
                bottom, top = last_bottom, last_top
            yield Line(
                text=one_line(_ACCENT.sub(_accented, words.translate(_LIGATURES))),
                page=number,
                left=left,
                right=right,
                bottom=bottom,
                top=top,
                bold=bold(first) and bold(last),
                broken=line.endswith(_SOFT_HYPHEN),
            )
        start += len(line)


def _accented(found: re.Match[str]) -> str:
    letter = unicodedata.normalize("NFC", found[2].replace("\u0131", "i") + _COMBINING[found[1]])
    return letter if letter in _ACCENTED else found[0]


def _split(text: str) -> Iterator[str]:
    """Yield lines with their ends; a broken word's sign ends a line as well."""
    for line in text.split("\n"):
        *broken, rest = line.split(_SOFT_HYPHEN)
        for piece in broken:
            yield piece + _SOFT_HYPHEN
        yield rest + "\n"


def _outline(pdf: Any) -> Outline:
    """Return the bookmarks as (page, level, title), pages from 1, as far as they are sound."""
    import pypdfium2

    entries: Outline = []
    with suppress(pypdfium2.PdfiumError):
        for entry in pdf.get_toc(max_depth=10):
            target = entry.get_dest()
            page = target.get_index() if target else None
            if page is not None:
                entries.append((page + 1, entry.level + 1, one_line(entry.get_title())))
    return entries


def _write(found: list[Paragraph], count: int, draft: Draft) -> None:
    known = vocabulary(found)
    written = 0

    def turn_to(number: int) -> None:
        nonlocal written
        while written < number:
            written += 1
            draft.page(written)

    for paragraph in found:
        pieces = by_page(paragraph, known)
        if paragraph.level:
            turn_to(paragraph.page)
            draft.heading(" ".join(text for _, text in pieces), paragraph.level)
            continue
        for at, (number, text) in enumerate(pieces):
            turn_to(number)
            if at:
                draft.carry_on(text)
            else:
                draft.block(text)
    turn_to(count)
