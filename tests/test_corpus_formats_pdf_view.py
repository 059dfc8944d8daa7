"""Pages as they are printed: pictures, and rectangles that lie on the quoted words."""

import io
import random
from collections import Counter
from contextlib import closing
from ctypes import c_double
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from pdf_maker import column, make_pdf
from PIL import Image as Pillow

from corpus.errors import DamagedDocumentError, DocumentLimitError
from corpus.formats import pdf_view
from corpus.formats.finding import fold
from corpus.formats.pdf import read
from corpus.formats.pdf_view import lines_of, look
from corpus.passages import split_passages
from corpus.records import Document, Failure, File, Limits
from corpus.sandbox import Sandbox
from corpus.views import Image, Layout, Mark, Picture, Rectangle, Sheet, Sheets

MESSY = Path(__file__).parents[2] / "shared/data/messy/files"
WIDTH, HEIGHT = 400, 600  # points; the page of `make_pdf`
SAMPLE = 40  # sentences of one file
LINES = ("The harbour was dredged in 1932 and a quay", "was built. Ships wait outside of it until noon.")


def kept(folder: Path, raw: bytes) -> tuple[File, Document]:
    path = folder / "a.pdf"
    path.write_bytes(raw)
    file = File(str(path), path, len(raw), 0)
    (document,) = read(file, raw, Limits())
    return file, document


def marks_for(document: Document, start: int, end: int) -> tuple[Mark, ...]:
    return tuple(
        Mark(page.number, document.text[page.start : page.end], first - page.start, last - page.start)
        for page in document.pages
        if (first := max(start, page.start)) < (last := min(end, page.end))
    )


def seen(file: File, document: Document, words: str, last: int = 1) -> Sheets:
    start = document.text.index(words)
    sheets = look(file, Layout(1, last, marks_for(document, start, start + len(words))))
    assert isinstance(sheets, Sheets)
    return sheets


def picture(file: File, page: int) -> Pillow.Image:
    image = look(file, Picture(page))
    assert isinstance(image, Image)
    return Pillow.open(io.BytesIO(image.png)).convert("L")


def ink(image: Pillow.Image, place: Rectangle) -> int:
    """Return the number of dark pixels within a place."""
    box = (place.left, place.top, place.left + place.width, place.top + place.height)
    scaled = [round(part * whole) for part, whole in zip(box, image.size * 2, strict=True)]
    return sum(image.crop(tuple(scaled)).histogram()[:128])


def test_rectangles_lie_on_the_lines_of_the_quote(tmp_path: Path):
    file, document = kept(tmp_path, make_pdf([column(*LINES, size=10)]))
    sheets = seen(file, document, "The harbour was dredged in 1932 and a quay was built.")
    assert sheets.count == 1
    (sheet,) = sheets.sheets
    assert (sheet.number, sheet.width, sheet.height) == (1, WIDTH, HEIGHT)
    first, second = sheet.marks
    # base lines at 500 and 488 points, letters of 10 points from x = 50
    for mark, base in ((first, 500), (second, 488)):
        assert mark.left * WIDTH == pytest.approx(50, abs=1)
        assert mark.top * HEIGHT < HEIGHT - base - 7
        assert (mark.top + mark.height) * HEIGHT > HEIGHT - base
        assert mark.height * HEIGHT == pytest.approx(11, abs=3)
    assert first.width > 3 * second.width > 0


def test_all_ink_of_the_quote_is_under_the_rectangles_and_no_other(tmp_path: Path):
    quoted = "The harbour was dredged in 1932 and a quay was built."
    file, document = kept(tmp_path, make_pdf([column(*LINES, size=10)]))
    only, _ = kept(tmp_path, make_pdf([[*column(LINES[0], "was built.", size=10)]]))
    alone = ink(picture(only, 1), Rectangle(0, 0, 1, 1))
    file, document = kept(tmp_path, make_pdf([column(*LINES, size=10)]))
    marks = seen(file, document, quoted).sheets[0].marks
    image = picture(file, 1)
    assert sum(ink(image, mark) for mark in marks) == pytest.approx(alone, rel=0.02)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", ["", " /CropBox [30 100 390 580]"])
def test_rectangles_follow_a_page_that_is_turned_or_cropped(tmp_path: Path, turn: int, crop: str):
    def turned(lines: tuple[str, ...]) -> bytes:
        return make_pdf([column(*lines)]).replace(
            b"/MediaBox [0 0 400 600]", f"/MediaBox [0 0 400 600] /Rotate {turn}{crop}".encode()
        )

    file, document = kept(tmp_path, turned(LINES))
    marks = seen(file, document, "Ships wait outside of it until noon.").sheets[0].marks
    image = picture(file, 1)
    all_ink = ink(image, Rectangle(0, 0, 1, 1))
    in_marks = sum(ink(image, mark) for mark in marks)
    without, _ = kept(tmp_path, turned((LINES[0], "was built.")))
    assert in_marks == pytest.approx(all_ink - ink(picture(without, 1), Rectangle(0, 0, 1, 1)), rel=0.03)


def test_a_quote_over_two_pages_is_marked_on_both(tmp_path: Path):
    first = column("The harbour was dredged in 1932 and the quay was built of stone that", "came from the")
    file, document = kept(tmp_path, make_pdf([first, column("northern islands by ship.")]))
    one, two = seen(
        file, document, "the quay was built of stone that came from the northern islands by ship.", 9
    ).sheets
    assert [len(one.marks), len(two.marks)] == [2, 1]


def test_words_cited_with_the_page_beside_theirs_are_marked_where_they_are(tmp_path: Path):
    """A paragraph that the reader moved behind a figure at the top of the next page is stored with that page."""
    file, _ = kept(tmp_path, make_pdf([column("The tower is 93 metres high."), column("Grape shot.")]))
    text = "Grape shot. The tower is 93 metres high."
    sheets = look(file, Layout(1, 2, (Mark(2, text, 12, len(text)),)))
    assert isinstance(sheets, Sheets)
    assert [len(sheet.marks) for sheet in sheets.sheets] == [1, 0]


def test_columns_are_marked_apart(tmp_path: Path):
    left, right = column("The tower was built in the", "year of the"), column("great flood.", "More.", x=220)
    file, document = kept(tmp_path, make_pdf([[*left, *right]]))
    marks = seen(file, document, "The tower was built in the year of the great flood.").sheets[0].marks
    assert [round(mark.left * WIDTH / 10) for mark in marks] == [5, 5, 22]
    assert max(mark.width for mark in marks) * WIDTH < 150


def test_characters_become_lines():
    """Two on a line that touch, one far to the right, one below."""
    boxes = [(0, 0, 5, 10), (5, 1, 9, 9), (60, 0, 65, 10), (0, 12, 5, 22)]
    assert lines_of(boxes) == [(0, 0, 9, 10), (60, 0, 65, 10), (0, 12, 5, 22)]


def test_characters_become_a_line_that_runs_downwards():
    assert lines_of([(0, 0, 10, 10), (1, 10, 9, 20), (0, 20, 10, 30), (0, 30, 10, 40), (20, 0, 30, 10)]) == [
        (0, 0, 10, 40),
        (20, 0, 30, 10),
    ]


def test_pages_asked_for_beyond_the_end_are_left_out(tmp_path: Path):
    file, _ = kept(tmp_path, make_pdf([column(f"Page of the letter {letter}.") for letter in "ABC"]))
    sheets = look(file, Layout(2, 99))
    assert isinstance(sheets, Sheets)
    assert (sheets.count, [sheet.number for sheet in sheets.sheets]) == (3, [2, 3])


def test_a_page_is_drawn_twice_as_fine_and_a_poster_coarser(tmp_path: Path):
    file, _ = kept(tmp_path, make_pdf([column("A tower.")]))
    assert picture(file, 1).size == (2 * WIDTH, 2 * HEIGHT)
    poster = make_pdf([column("A tower.")]).replace(b"[0 0 400 600]", b"[0 0 9000 9999]")
    file, _ = kept(tmp_path, poster)
    width, height = picture(file, 1).size
    assert 0.99 < width * height / 6_000_000 < 1.01


@pytest.mark.parametrize("page", [0, 2, 99])
def test_a_page_that_is_not_there(tmp_path: Path, page: int):
    file, _ = kept(tmp_path, make_pdf([column("A tower.")]))
    with pytest.raises(DamagedDocumentError, match=rf"no page {page}; its pages are 1 to 1"):
        look(file, Picture(page))


def test_a_file_that_cannot_be_opened(tmp_path: Path):
    path = tmp_path / "a.pdf"
    file = File(str(path), path, 1, 0)
    with pytest.raises(DamagedDocumentError, match="cannot be shown"):
        look(file, Picture(1))
    path.write_text("no PDF")
    with pytest.raises(DamagedDocumentError, match="cannot be shown"):
        look(file, Picture(1))


def test_a_broken_page_is_an_empty_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file, _ = kept(tmp_path, make_pdf([column("A tower.")]))

    def fail(*_: object) -> None:
        raise pypdfium2.PdfiumError("broken")

    monkeypatch.setattr(pypdfium2.PdfDocument, "get_page_size", fail)
    sheets = look(file, Layout(1, 1))
    assert isinstance(sheets, Sheets)
    assert (sheets.sheets[0].width, sheets.sheets[0].height) == (595.0, 842.0)


def test_a_page_that_needs_too_much_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file, _ = kept(tmp_path, make_pdf([column("A tower.")]))

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(pdf_view, "_picture", fail)
    with pytest.raises(DocumentLimitError, match="more memory"):
        look(file, Picture(1))


def test_a_view_crosses_the_pipe_unchanged(tmp_path: Path):
    file, document = kept(tmp_path, make_pdf([column(*LINES)]))
    view = Layout(1, 1, marks_for(document, 0, 30))
    with Sandbox(Limits()) as sandbox:
        assert sandbox.look(file, view) == look(file, view)
        assert sandbox.look(file, Picture(1)) == look(file, Picture(1))
        assert sandbox.look(file, Picture(7)) == Failure(file.source, "it has no page 7; its pages are 1 to 1")
        ((_, reading),) = sandbox.read([file])  # one process does both
        assert reading == (replace(document, source=file.source),)


def test_a_mark_has_words():
    with pytest.raises(ValueError, match=r"no words at 3\.\.3"):
        Mark(1, "abc", 3, 3)


@pytest.mark.parametrize(
    "name",
    [
        "arabic-rtl.pdf",
        "big-table.pdf",
        "empty-password-r5.pdf",
        "geotopo-117-pages-de.pdf",
        "google-doc.pdf",
        "minimal.pdf",
        "ocr-layer-hyphenated.pdf",
        "tracemonkey-paper.pdf",
        "vertical-japanese.pdf",
        "zen-corrupted.pdf",
    ],
)
def test_the_rectangles_of_real_documents_hold_the_quoted_words(name: str):
    """What PDFium itself reads within a sentence's rectangles is that sentence, letter for letter."""
    path = MESSY / name
    if not path.exists():
        pytest.skip("the messy files are not at hand (../shared/data/messy)")
    raw = path.read_bytes()
    file = File(str(path), path, len(raw), 0)
    (document,) = read(file, raw, Limits())
    passages = split_passages(document, lambda texts: [len(text.split()) for text in texts], 150)
    sentences = [sentence for passage in passages for sentence in passage.sentences]
    wanted = missing = excess = 0
    for span in random.Random(7).sample(sentences, min(SAMPLE, len(sentences))):
        letters = Counter(fold(document.text[span.start : span.end]).letters)
        sheets = look(file, Layout(1, len(document.pages), marks_for(document, span.start, span.end)))
        assert isinstance(sheets, Sheets)
        places = [(sheet, mark) for sheet in sheets.sheets for mark in sheet.marks]
        wanted += letters.total()
        missing += (letters - Counter(fold("".join(text_in(path, *place) for place in places)).letters)).total()
        excess += (Counter(fold("".join(text_in(path, *place, 0.3) for place in places)).letters) - letters).total()
    assert wanted
    assert missing <= 0.02 * wanted
    assert excess <= 0.02 * wanted


def text_in(path: Path, sheet: Sheet, mark: Rectangle, narrowed: float = 0.0) -> str:
    """Return what PDFium reads in a place of a page, or in the heart of it: letters that touch it count."""
    off = narrowed * min(mark.width * sheet.width, mark.height * sheet.height)
    left, right = mark.left + off / sheet.width, mark.left + mark.width - off / sheet.width
    top, bottom = mark.top + off / sheet.height, mark.top + mark.height - off / sheet.height
    grid = 1_000_000
    x, y = c_double(), c_double()
    corners = []
    with (
        pypdfium2.PdfDocument(path) as pdf,
        closing(pdf[sheet.number - 1]) as page,
        closing(page.get_textpage()) as words,
    ):
        for across, down in ((left, top), (right, bottom)):
            pypdfium2.raw.FPDF_DeviceToPage(page, 0, 0, grid, grid, 0, round(across * grid), round(down * grid), x, y)
            corners.append((x.value, y.value))
        (ax, ay), (bx, by) = corners
        return words.get_text_bounded(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
