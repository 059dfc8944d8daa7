"""Markdown loses its marks and keeps its words, headings and lines."""

from pathlib import Path

import pytest

from corpus.errors import EmptyDocumentError
from corpus.formats.markdown import read
from corpus.records import Document, File, Limits, Section

HERE = File("/notes/my_notes.md", Path("/notes/my_notes.md"), 1, 0)


def read_text(text: str) -> Document:
    (document,) = read(HERE, text.encode(), Limits())
    return document


def test_front_matter_gives_the_title_and_is_no_text():
    document = read_text("---\ntitle: On Towers\ndate: 2024-05-01\nauthor: Ada\n---\n\n# Stone\n\nWords.\n")
    assert document.title == "On Towers"
    assert document.text == "Stone\n\nWords."
    assert document.notes == ("date: 2024-05-01", "author: Ada")
    assert document.sections == (Section("Stone", 1, 0, 7),)


@pytest.mark.parametrize("matter", ["a: [1", "- a list", "when: 2024-99-99"])
def test_what_only_looks_like_front_matter_stays(matter: str):
    assert "Words." in read_text(f"---\n{matter}\n---\n\nWords.").text


def test_the_first_heading_is_the_title_else_the_file_name():
    assert read_text("Words.\n\n## On *towers*\n\nMore.").title == "On towers"
    assert read_text("Words.").title == "my notes"


def test_marks_inside_a_paragraph_are_taken_off():
    text = "Some **bold**, *soft* and ~~gone~~ words, a [link](http://x.y), `code`, ![a tower](t.png)"
    assert (
        read_text(f"{text} and <b>HTML</b> &amp; so").text
        == "Some bold, soft and gone words, a link, code, a tower and HTML & so"
    )


def test_wrapped_lines_are_joined_and_meant_breaks_kept():
    assert read_text("One line\nand another.  \nA third<br>and a fourth.").text == (
        "One line and another.\nA third\nand a fourth."
    )


def test_a_list_is_one_block_with_an_item_a_line():
    assert read_text("Before.\n\n- one\n  - nested\n- two\n\n  more of two\n\n1. first\n2. second\n\nAfter.").text == (
        "Before.\n\none\nnested\ntwo\nmore of two\n\nfirst\nsecond\n\nAfter."
    )


def test_a_table_is_a_row_a_line():
    assert read_text("| Name | Age |\n|---|---|\n| *Ada* | 36 |\n| Bob |  |\n\nAfter.").text == (
        "Name | Age\nAda | 36\nBob | \n\nAfter.".replace("| \n", "|\n")
    )


def test_code_keeps_its_lines_and_blanks():
    text = "Before\n\n```python\ndef f():\n\n    return  1\n```\n\n    indented\n\n- item\n\n      in a list\n"
    assert read_text(text).text == "Before\n\ndef f():\n    return  1\n\nindented\n\nitem\n\nin a list"


def test_html_and_quotations_are_read():
    assert read_text("<div>Some <b>words</b><script>x()</script></div>\n\n> quoted\n> words\n\n<!-- no -->").text == (
        "Some words\n\nquoted words"
    )


def test_headings_of_both_kinds_and_in_lists():
    document = read_text("One\n===\n\nText.\n\nTwo\n---\n\n- # Three\n  item")
    assert [(section.title, section.level) for section in document.sections] == [("One", 1), ("Two", 2), ("Three", 1)]


def test_deep_nesting_ends():
    assert "x" in read_text("> " * 5000 + "x\n\nx").text


def test_nothing_to_read():
    with pytest.raises(EmptyDocumentError):
        read_text("---\ntitle: x\n---\n\n<!-- nothing -->\n")
