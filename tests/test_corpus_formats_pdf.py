"""Pages become paragraphs: lines are joined, broken words mended, running heads dropped, headings found."""

from dataclasses import replace
from pathlib import Path

import pytest
from pdf_maker import Words, column, make_pdf

from corpus.errors import (
    DamagedDocumentError,
    DocumentLimitError,
    EmptyDocumentError,
    ProtectedDocumentError,
)
from corpus.formats.headings import mark_headings
from corpus.formats.paragraphs import paragraphs
from corpus.formats.pdf import read
from corpus.formats.printed import Line, Paragraph
from corpus.formats.running import without_running_heads
from corpus.formats.wording import by_page, vocabulary
from corpus.records import Document, File, Limits

LIMITS = Limits()
HERE = File("/papers/a_paper.pdf", Path("/papers/a_paper.pdf"), 1, 0)


def read_pdf(raw: bytes, limits: Limits = LIMITS) -> Document:
    (document,) = read(HERE, raw, limits)
    return document


def blocks(document: Document) -> list[str]:
    return document.text.split("\n\n")


def test_lines_become_paragraphs_and_pages_keep_their_numbers():
    first = column(
        "The tower was built in the year of the great flood by masons",
        "who had come from the south with nothing but their tools and",
        "stayed.",
        "It is 93 metres high and can be seen from every village of the",
        "valley.",
    )
    document = read_pdf(make_pdf([first, column("The bridge is younger.")], title="On Towers"))
    assert blocks(document) == [
        (
            "The tower was built in the year of the great flood by masons who had come from the south with nothing but "
            "their tools and stayed."
        ),
        "It is 93 metres high and can be seen from every village of the valley.",
        "The bridge is younger.",
    ]
    assert document.title == "On Towers"
    assert document.format == "pdf"
    assert [document.page_at(document.text.index(words)) for words in ("tower", "93", "bridge")] == [1, 1, 2]


def test_a_paragraph_that_goes_on_overleaf_stays_whole_and_knows_both_pages():
    first = column("The harbour was dredged in 1932 and the quay was built of stone that", "came from the")
    document = read_pdf(make_pdf([first, column("northern islands by ship.")]))
    assert document.text.endswith("came from the northern islands by ship.")
    assert document.page_at(document.text.index("came")) == 1
    assert document.page_at(document.text.index("northern")) == 2


def test_a_word_broken_at_a_lines_end_is_mended():
    lines = ("The inhabitants lived in caves that were dug out of the hills by the inhabi-", "tants themselves.")
    document = read_pdf(make_pdf([column(*lines)]))
    assert document.text.endswith("by the inhabitants themselves.")


def test_running_heads_and_page_numbers_are_dropped():
    pages = [
        [
            Words(150, 570, f"{number} A HISTORY OF TOWERS"),
            *column(f"Words of the page that has the letter {letter}, and more."),
            Words(200, 20, f"- {number} -"),
        ]
        for number, letter in zip(range(17, 22), "ABCDE", strict=True)
    ]
    document = read_pdf(make_pdf(pages))
    assert blocks(document) == [
        "17 A HISTORY OF TOWERS",
        *[f"Words of the page that has the letter {letter}, and more." for letter in "ABCDE"],
    ]


def test_headings_are_larger_or_bolder_than_the_text():
    text = column(
        "The tower was built in the year of the great flood by masons",
        "who had come from the south with nothing but their tools.",
        top=470,
    )
    page = [
        *column("A History of Towers", top=560, size=20),
        *column("1.2 Stone", top=500, size=14),
        *text,
        *column("Wood", top=420, bold=True),
        *column("Wood was dear, and the towers that were built of it burned.", top=400),
    ]
    document = read_pdf(make_pdf([page]))
    assert [(section.title, section.level) for section in document.sections] == [
        ("A History of Towers", 1),
        ("1.2 Stone", 2),
        ("Wood", 3),
    ]
    assert document.title == "A History of Towers"
    assert document.headings_at(document.text.index("dear")) == ("A History of Towers", "1.2 Stone", "Wood")


def test_bookmarks_tell_headings_that_look_like_text():
    pages = [
        [
            *column("A few words of an earlier chapter."[number:], top=560),
            *column(f"{number} {name}", top=520),
            *column(f"This page is about {name.lower()} and more.", top=480),
        ]
        for number, name in enumerate(("Stone", "Wood", "Iron"), 1)
    ]
    outline = [("Stone", 0), ("Wood", 1), ("Iron", 2), ("Nowhere", -1)]
    document = read_pdf(make_pdf(pages, outline=outline))
    assert [section.title for section in document.sections] == ["1 Stone", "2 Wood", "3 Iron"]


def test_the_title_is_what_is_printed_largest_on_the_first_page():
    page = [*column("A History of Towers", top=560, size=20), *column("1 Stone", top=520, size=12)]
    text = column("Words of the page about stone and the towers that were built of it.", top=490)
    outline = [("1 Stone", 0)] * 3
    assert read_pdf(make_pdf([[*page, *text]], outline=outline)).title == "A History of Towers"
    assert read_pdf(make_pdf([text, [*page, *text]])).title == "a paper"
    assert read_pdf(make_pdf([[], [*page, *text]])).title == "a paper"


def test_bookmarks_that_are_broken_do_no_harm(monkeypatch: pytest.MonkeyPatch):
    import pypdfium2

    def broken(pdf: object, max_depth: int) -> object:
        raise pypdfium2.PdfiumError("a circle")

    monkeypatch.setattr(pypdfium2.PdfDocument, "get_toc", broken)
    assert read_pdf(make_pdf([column("Words.")])).text == "Words."


def test_accents_and_ligatures_are_put_together():
    document = read_pdf(make_pdf([column("A na\u00a8ive reader, and a \u00a8x that is no letter.")]))
    assert document.text == "A naïve reader, and a \u00a8x that is no letter."


def test_ligatures_and_quotes_of_a_bitmap_font_are_read():
    words = "The \x10coe\x1ecient\x11 di\x1bers signi\x1ccantly from the \x1cxed one\x16in\x1duenced by it."
    mended = "The “coefficient” differs significantly from the fixed one—influenced by it."
    assert read_pdf(make_pdf([[Words(50, 500, words, bitmap=True)]])).text == mended
    assert "“" not in read_pdf(make_pdf([[Words(50, 500, words)]])).text
    bracket = [Words(50, 500, "The sum \x10 of all.", bitmap=True)]
    assert read_pdf(make_pdf([bracket])).text == "The sum of all."


def test_a_page_without_text_keeps_its_number():
    document = read_pdf(make_pdf([column("One."), [], column("Three.")]))
    assert [page.number for page in document.pages] == [1, 2, 3]
    assert document.page_at(document.text.index("Three")) == 3


def test_what_cannot_be_read_says_why():
    with pytest.raises(EmptyDocumentError, match="a scan needs OCR first"):
        read_pdf(make_pdf([[]]))
    with pytest.raises(DamagedDocumentError, match="print it to a new PDF"):
        read_pdf(b"%PDF-1.7\nnothing else")
    with pytest.raises(DocumentLimitError, match="it has 3 pages; the limit is 2"):
        read_pdf(make_pdf([[], [], []]), Limits(pages=2))


def test_a_password_is_asked_for(monkeypatch: pytest.MonkeyPatch):
    import pypdfium2

    def locked(raw: bytes) -> object:
        raise pypdfium2.PdfiumError("Incorrect password", err_code=pypdfium2.raw.FPDF_ERR_PASSWORD)

    monkeypatch.setattr(pypdfium2, "PdfDocument", locked)
    with pytest.raises(ProtectedDocumentError, match="save a copy without one"):
        read_pdf(b"")


def test_a_broken_page_is_noted_and_the_others_read(monkeypatch: pytest.MonkeyPatch):
    import pypdfium2

    get_page = pypdfium2.PdfDocument.__getitem__

    def fail_on_the_first(pdf: pypdfium2.PdfDocument, at: int) -> object:
        if at == 0:
            raise pypdfium2.PdfiumError("Failed to load page.")
        return get_page(pdf, at)

    monkeypatch.setattr(pypdfium2.PdfDocument, "__getitem__", fail_on_the_first)
    document = read_pdf(make_pdf([column("One."), column("Two.")]))
    assert document.text == "Two."
    assert document.notes == ("pages that could not be read: 1",)
    assert document.page_at(0) == 2


# The rules themselves, on lines made by hand: 100 points wide, letters 10 points high, 12 points apart.


def line(text: str, number: int = 0, **places: float) -> Line:
    given = {"left": 0.0, "right": 5.0 * len(text), "bottom": 500.0 - 12 * number, "page": 1, "size": 10.0, **places}
    return Line(
        text,
        int(given["page"]),
        float(given["left"]),
        float(given["right"]),
        float(given["bottom"]),
        float(given["bottom"]) + float(given["size"]),
        bold=bool(given.get("bold", False)),
        broken=bool(given.get("broken", False)),
    )


def joined(*lines: Line) -> list[str]:
    found = paragraphs([lines])
    known = vocabulary(found)
    return [" / ".join(text for _, text in by_page(paragraph, known)) for paragraph in found]


def test_an_indented_line_begins_a_paragraph_but_a_hanging_one_does_not():
    assert joined(
        line("The first paragraph ends with its line.", 0),
        line("The second begins with an indented one", 1, left=15, right=195),
        line("and goes on at the margin of the page.", 2),
    ) == [
        "The first paragraph ends with its line.",
        "The second begins with an indented one and goes on at the margin of the page.",
    ]
    assert joined(
        line("[1] A. Author, A paper on things that", 0),
        line("Hang, in their bibliography", 1, left=15, right=185),
        line("[2] B. Author, a paper on more of the", 2),
    ) == ["[1] A. Author, A paper on things that Hang, in their bibliography [2] B. Author, a paper on more of the"]


def test_items_and_rows_stand_alone():
    assert joined(line("• one thing", 0), line("• and another", 1), line("1) a third", 2)) == [
        "• one thing",
        "• and another",
        "1) a third",
    ]
    rows = ("Alabama 18 23 22 859", "Alaska 209 3 3 191")
    assert joined(*[line(row, at) for at, row in enumerate(rows)]) == list(rows)


def test_what_is_raised_on_a_line_does_not_split_it():
    parts = [
        line("Andreas Gal", 0),
        line("*", 0, left=55.5, right=58, bottom=503, size=6),
        line(", Brendan Eich", 0, left=58, right=128),
        line("and others", 0, left=131, right=180),
    ]
    assert joined(*parts) == ["Andreas Gal*, Brendan Eich and others"]


def test_a_paragraph_goes_on_in_the_next_column():
    assert joined(
        line("This column ends in the midst of", 10),
        line("Saxony, and of a sentence.", 0, left=300, right=460),
    ) == ["This column ends in the midst of Saxony, and of a sentence."]
    assert joined(
        line("This column ends with its sentence.", 10),
        line("another begins.", 0, left=300, right=460),
    ) == ["This column ends with its sentence.", "another begins."]


def test_a_footnote_does_not_interrupt_a_paragraph():
    assert joined(
        line("The text of this page goes on", 0),
        line("1 A note in small letters.", 5, size=7),
        line("overleaf, after the note.", 0, page=2),
    ) == ["1 A note in small letters.", "The text of this page goes on / overleaf, after the note."]


def test_a_figure_does_not_interrupt_a_paragraph():
    text = [line("The text of this column is set to a width", 0), line("and goes on, in the midst of its sentence", 1)]
    figure = [line("Enter", 0, left=300, size=13), line("leave", 6, left=340, size=13)]
    rest = [line("here, after a figure and the words in it,", 9, left=300, right=505)]
    rest.append(line("to its end.", 10, left=300, right=355))
    whole = "The text of this column is set to a width and goes on, in the midst of its sentence here, after a figure"
    assert joined(*text, *figure, *rest) == ["Enter", "leave", f"{whole} and the words in it, to its end."]
    overleaf = [replace(part, page=2) for part in (*figure, *rest)]
    first, *others = joined(*text, *overleaf)
    assert first.replace(" / ", " ") == f"{whole} and the words in it, to its end."
    assert others == ["Enter", "leave"]
    assert len(joined(*text, *figure, rest[1])) == 4  # one line is too little to tell


def test_a_table_at_the_top_of_a_page_does_not_interrupt_a_paragraph():
    whole = "The text of this page is set to a width and goes on, in a sentence, with the"
    assert joined(
        line("The text of this page is set to a width", 9),
        line("and goes on, in a sentence, with the", 10),
        line("Loops Trees Traces Aborts", 0, right=195, page=2),
        line("cube 25 27 29 3", 1, right=195, page=2),
        line("text that stands below a table, to the", 4, right=195, page=2),
        line("end of it.", 5, page=2),
    ) == [
        f"{whole} / text that stands below a table, to the end of it.",
        "Loops Trees Traces Aborts",
        "cube 25 27 29 3",
    ]


def test_lines_of_a_table_of_contents_are_dropped():
    assert joined(line("1.1 Stone . . . . . . . . . . . 12"), line("2 Wood ......... iv", 1)) == []


@pytest.mark.parametrize(
    ("first", "second", "rest", "whole"),
    [
        ("the well-", "known one", "a well-known thing", "the well-known one"),
        ("the inhabi-", "tants", "all inhabitants", "the inhabitants"),
        ("the sud-", "den end", "", "the sudden end"),
        ("a stop-the-", "world pause", "the pause", "a stop-the-world pause"),
        ("a well-docu-", "mented pause", "the pause", "a well-documented pause"),
        ("a thing not-under-", "stood", "under what is understood", "a thing not-understood"),
        ("Jean-", "Paul", "", "Jean-Paul"),
        ("Trace-", "Monkey", "a TraceMonkey", "TraceMonkey"),
        ("Ein-", "und Ausgang", "", "Ein- und Ausgang"),
        ("a B-", "52 bomber", "", "a B-52 bomber"),
        ("co\u00ad", "operate", "co-operate", "cooperate"),
        ("either -", "or", "", "either - or"),
        ("see above-", "(there)", "", "see above- (there)"),
    ],
)
def test_words_at_a_lines_end(first: str, second: str, rest: str, whole: str):
    paragraph = Paragraph([line(first, 0), line(second, 1)])
    known = vocabulary([paragraph, Paragraph([line(rest)])])
    assert by_page(paragraph, known) == [(1, whole)]


def test_a_word_is_not_split_between_pages():
    paragraph = Paragraph([line("very dan", 40, broken=True), line("gerous for use", 0, page=2)])
    assert by_page(paragraph, frozenset()) == [(1, "very dangerous"), (2, "for use")]
    short = Paragraph([line("dan", 40, broken=True), line("gerous", 0, page=2)])
    assert by_page(short, frozenset()) == [(1, "dangerous")]


def test_a_running_head_is_known_though_a_scan_reads_it_differently():
    heads = [
        "THE SIEGE OF VICKSBURG. 49",
        "50 THE SIEGE OF VICKSBURG.",
        "THE SIEGE OP VICKSBURG",
        "THE SIEGE OF VICKSBURG",
    ]
    pages = [
        [
            line(head, 0, page=number),
            *(line(f"text {letter * number}", 5 + row, page=number) for row, letter in enumerate("abcdef")),
        ]
        for number, head in enumerate(heads, 1)
    ]
    kept = without_running_heads(pages)
    assert [page[0].text for page in kept] == [heads[0], "text aa", "text aaa", "text aaaa"]


def test_a_running_head_that_changes_is_known_by_its_page_number():
    heads = ["1.1 STONE 17", "18 CHAPTER 1. TOWERS", "1.2 WOOD 19", "20 CHAPTER 1. BRIDGES"]
    pages = [
        [line(head, 0, page=number), line("text " + "abcd"[number - 1], 9, page=number)]
        for number, head in enumerate(heads, 1)
    ]
    assert [[kept.text for kept in page] for page in without_running_heads(pages)] == [
        ["1.1 STONE 17", "text a"],
        ["text b"],
        ["text c"],
        ["text d"],
    ]


def test_the_number_of_the_only_page_is_dropped_and_another_number_kept():
    assert without_running_heads([[line("words"), line("1", 9)]]) == [[line("words")]]
    assert without_running_heads([[line("words"), line("1984", 9)]]) == [[line("words"), line("1984", 9)]]
    assert without_running_heads([[], []]) == [[], []]


def test_where_most_is_large_nothing_is_a_heading():
    found = [Paragraph([line("Large Words Here", at, size=20 if at % 2 else 10)]) for at in range(8)]
    mark_headings(found, [])
    assert not any(paragraph.level for paragraph in found)
    mark_headings([], [])
