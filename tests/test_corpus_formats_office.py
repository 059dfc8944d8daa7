"""Word, PowerPoint and Excel files are read as they look, in their order."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from pptx.util import Inches

from corpus.errors import DamagedDocumentError, DocumentLimitError, EmptyDocumentError
from corpus.formats import sheet, slides, word
from corpus.records import Document, File, Limits

LIMITS = Limits()
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def save(made: Any) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def read_word(made: Any) -> Document:
    (document,) = word.read(File("/a/my_letter.docx", Path("/a/my_letter.docx"), 1, 0), save(made), LIMITS)
    return document


def read_slides(made: Any, limits: Limits = LIMITS) -> Document:
    (document,) = slides.read(File("/a/my_show.pptx", Path("/a/my_show.pptx"), 1, 0), save(made), limits)
    return document


def read_sheet(made: Any) -> Document:
    (document,) = sheet.read(File("/a/my_sums.xlsx", Path("/a/my_sums.xlsx"), 1, 0), save(made), LIMITS)
    return document


def without(raw: bytes, member: str) -> bytes:
    """Return an archive with one member broken."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<broken" if name == member else old.read(name))
    return stream.getvalue()


def a_letter() -> Any:
    made = docx.Document()
    made.core_properties.title = ""
    return made


def insert(made: Any, xml: str) -> None:
    made.element.body.insert(len(made.element.body) - 1, parse_xml(xml))


def paragraph_xml(inside: str) -> str:
    return f'<w:p {nsdecls("w", "m")} xmlns:mc="{MC}">{inside}</w:p>'


# Word


def test_word_paragraphs_lists_and_tables_keep_their_order():
    made = a_letter()
    made.add_heading("On Towers", 0)
    made.add_paragraph("Before the table.")
    table = made.add_table(2, 2)
    for cell, text in zip((c for row in table.rows for c in row.cells), ("Name", "Age", "Ada", "36"), strict=True):
        cell.text = text
    made.add_heading("Stone", 1)
    for item in ("one", "", "two"):
        insert(
            made, paragraph_xml(f'<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>{item}</w:t></w:r>')
        )
    made.add_paragraph("After.")
    document = read_word(made)
    assert document.text == "On Towers\n\nBefore the table.\n\nName | Age\nAda | 36\n\nStone\n\none\ntwo\n\nAfter."
    assert [(section.title, section.level) for section in document.sections] == [("On Towers", 1), ("Stone", 1)]
    assert (document.title, document.format) == ("On Towers", "docx")


def test_word_titles_come_from_the_properties_first():
    made = a_letter()
    made.add_paragraph("Words.")
    assert read_word(made).title == "my letter"
    made.core_properties.title = "On Towers"
    assert read_word(made).title == "On Towers"


def test_word_insertions_are_kept_and_deletions_dropped():
    made = a_letter()
    insert(
        made,
        paragraph_xml(
            "<w:r><w:t xml:space='preserve'>A </w:t></w:r><w:ins><w:r><w:t>new</w:t></w:r></w:ins>"
            "<w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom>"
            "<w:r><w:tab/><w:t>tower</w:t><w:noBreakHyphen/><w:t>top</w:t><w:br/><w:t>line</w:t>"
            "<w:br w:type='page'/><w:t>page</w:t><w:instrText>PAGE</w:instrText></w:r>"
            "<m:oMath><m:r><m:t>=x</m:t></m:r></m:oMath>"
        ),
    )
    assert read_word(made).text == "A new tower\u2011top\nline page=x"


def test_word_content_controls_and_text_boxes_are_read_once():
    made = a_letter()
    insert(
        made,
        f"<w:sdt {nsdecls('w')}><w:sdtPr/><w:sdtContent>"
        "<w:p><w:r><w:t>Controlled.</w:t></w:r></w:p></w:sdtContent></w:sdt>",
    )
    box = "<w:txbxContent><w:p><w:r><w:t>Boxed.</w:t></w:r></w:p></w:txbxContent>"
    insert(
        made,
        paragraph_xml(
            "<w:r><w:t>Around.</w:t></w:r><w:r><mc:AlternateContent>"
            f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
        ),
    )
    assert read_word(made).text == "Controlled.\n\nAround.\n\nBoxed."


def test_word_headings_are_known_by_outline_level_too():
    made = a_letter()
    style = made.styles.add_style("House Style", 1)
    style.base_style = made.styles["Heading 2"]
    made.add_paragraph("Of a style of its own", style="House Style")
    insert(made, paragraph_xml('<w:pPr><w:outlineLvl w:val="2"/></w:pPr><w:r><w:t>Outlined</w:t></w:r>'))
    insert(made, paragraph_xml('<w:pPr><w:outlineLvl w:val="9"/></w:pPr><w:r><w:t>Body text</w:t></w:r>'))
    made.add_heading("", 1)
    document = read_word(made)
    assert [(section.title, section.level) for section in document.sections] == [
        ("Of a style of its own", 2),
        ("Outlined", 3),
    ]
    assert document.text.endswith("Body text")


def test_word_nested_tables_and_tables_of_one_column():
    made = a_letter()
    outer = made.add_table(1, 2)
    outer.cell(0, 0).text = "Left"
    inner = outer.cell(0, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "in", "side"
    made.add_paragraph("Between.")
    boxed = made.add_table(2, 1)
    boxed.cell(0, 0).text = "A long remark."
    boxed.cell(1, 0).text = "And another."
    assert read_word(made).text == "Left | in side\n\nBetween.\n\nA long remark.\n\nAnd another."


def test_word_footnotes_stand_at_the_end():
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    made = a_letter()
    made.add_paragraph("Words.").add_run().add_break(WD_BREAK.PAGE)
    xml = (
        f"<w:footnotes {nsdecls('w')}><w:footnote w:type='separator'><w:p><w:r><w:t>---</w:t></w:r></w:p></w:footnote>"
        "<w:footnote><w:p><w:r><w:t>A note.</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    part = Part(PackURI("/word/footnotes.xml"), "application/xml", xml.encode(), made.part.package)
    made.part.relate_to(part, word._NOTES)
    assert read_word(made).text == "Words.\n\nA note."


def test_word_external_entities_are_not_read(tmp_path: Path):
    (tmp_path / "secret").write_text("hidden words")
    made = a_letter()
    made.add_paragraph("Secret: PLACE")
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(save(made))) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                declared = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]><w:document'.encode()
                content = content.replace(b"<w:document", declared, 1).replace(b"PLACE", b"&e;")
            new.writestr(name, content)
    (document,) = word.read(File("x", Path("x.docx"), 1, 0), stream.getvalue(), LIMITS)
    assert "hidden" not in document.text


def test_word_empty_and_damaged():
    with pytest.raises(EmptyDocumentError):
        read_word(a_letter())
    with pytest.raises(DamagedDocumentError, match="open it in Word and save a fresh copy"):
        word.read(File("x", Path("x.docx"), 1, 0), without(save(a_letter()), "word/document.xml"), LIMITS)


# PowerPoint


def a_slide(show: Any, title: str = "", body: str = "") -> Any:
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = title
    slide.placeholders[1].text = body
    return slide


def test_slides_are_pages_with_sections_and_notes():
    show = pptx.Presentation()
    first = a_slide(show, "On Towers", "They are high.\nThey are old.")
    first.notes_slide.notes_text_frame.text = "Say it slowly."
    a_slide(show, "", "No title here.")
    document = read_slides(show)
    assert document.text == "On Towers\n\nThey are high.\nThey are old.\n\nSay it slowly.\n\nNo title here."
    assert [(page.number, document.text[page.start :][:3]) for page in document.pages] == [(1, "On "), (2, "No ")]
    assert [section.title for section in document.sections] == ["On Towers"]
    assert document.title == "On Towers"


def test_shapes_come_in_reading_order_with_groups_and_tables():
    show = pptx.Presentation()
    slide = a_slide(show, "Order")
    for left, top, text in ((5, 5, "low"), (5, 3, "right"), (1, 3, "left")):
        slide.shapes.add_textbox(Inches(left), Inches(top), Inches(1), Inches(1)).text_frame.text = text
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(6), Inches(1), Inches(1)).text_frame.text = "in\va group"
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(7), Inches(2), Inches(1)).table
    for cell, text in zip(table.iter_cells(), ("Name", "Age", "Ada", "36"), strict=True):
        cell.text = text
    assert read_slides(show).text == "Order\n\nleft\n\nright\n\nlow\n\nin a group\n\nName | Age\nAda | 36"


def test_slide_numbers_and_footers_are_left_out():
    show = pptx.Presentation()
    slide = a_slide(show, "Title", "Words.")
    layout_number = next(
        p for p in show.slide_layouts[1].placeholders if p.placeholder_format.type.name == "SLIDE_NUMBER"
    )
    slide.shapes._spTree.append(layout_number._element)
    slide.shapes[-1].text_frame.text = "77"
    assert "77" not in read_slides(show).text


def test_shows_without_text_say_why():
    with pytest.raises(EmptyDocumentError, match="it has no slides"):
        read_slides(pptx.Presentation())
    show = pptx.Presentation()
    show.slides.add_slide(show.slide_layouts[6])
    with pytest.raises(EmptyDocumentError, match="none of its slides holds text"):
        read_slides(show)


def test_a_show_that_is_too_long_or_damaged():
    show = pptx.Presentation()
    a_slide(show, "One")
    a_slide(show, "Two")
    with pytest.raises(DocumentLimitError, match="more than 1 pages, slides or sheets"):
        read_slides(show, Limits(pages=1))
    raw = without(save(show), "ppt/presentation.xml")
    with pytest.raises(DamagedDocumentError, match="open it in PowerPoint"):
        slides.read(File("x", Path("x.pptx"), 1, 0), raw, LIMITS)


# Excel


def a_book(*sheets: tuple[str, list[list[Any]]]) -> Any:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    return made


def test_sheets_are_sections_and_rows_lines_that_stand_alone():
    document = read_sheet(
        a_book(
            ("People", [["Name", "Born", "Member"], ["Ada", date(1815, 12, 10), True], ["Bob", None, False]]),
            (
                "Sums",
                [
                    ["Item", "Price", "At"],
                    ["Rope", 0.1 + 0.2, time(9, 30)],
                    [
                        "Oil",
                        7,
                        datetime(2026, 2, 1, 10, 5),  # noqa: DTZ001 (a sheet has no time zones)
                    ],
                ],
            ),
        )
    )
    assert document.text == (
        "Name: Ada | Born: 1815-12-10 | Member: yes\nName: Bob | Member: no\n\n"
        "Item: Rope | Price: 0.3 | At: 09:30:00\nItem: Oil | Price: 7 | At: 2026-02-01 10:05"
    )
    assert [(section.title, section.start, section.body) for section in document.sections] == [
        ("People", 0, 0),
        ("Sums", document.text.index("Item"), document.text.index("Item")),
    ]
    assert [page.number for page in document.pages] == [1, 2]
    assert (document.title, document.format) == ("my sums", "xlsx")


def test_a_long_sheet_is_cut_into_blocks():
    document = read_sheet(a_book(("S", [["A", "B"], *([number, "x"] for number in range(120))])))
    assert [len(block.split("\n")) for block in document.text.split("\n\n")] == [50, 50, 20]


def test_a_book_without_values_and_a_damaged_one():
    with pytest.raises(EmptyDocumentError, match="none of its sheets holds a value"):
        read_sheet(a_book(("S", [])))
    raw = without(save(a_book(("S", [["x"]]))), "xl/workbook.xml")
    with pytest.raises(DamagedDocumentError, match="open it in Excel"):
        sheet.read(File("x", Path("x.xlsx"), 1, 0), raw, LIMITS)


@pytest.mark.parametrize("read", [word.read, slides.read, sheet.read])
def test_a_bomb_is_not_unpacked(read: Callable[..., object]):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(30 * 2**20))
    with pytest.raises(DocumentLimitError):
        read(File("x", Path("x"), 1, 0), stream.getvalue(), LIMITS)
