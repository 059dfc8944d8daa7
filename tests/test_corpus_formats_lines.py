"""JSON Lines and CSV: many documents in a file, or one table."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.decode import normalise
from corpus.errors import DamagedDocumentError, DocumentLimitError, EmptyDocumentError
from corpus.formats.lines import read_csv, read_jsonl
from corpus.formats.rows import as_lines
from corpus.records import File, Limits, Section

HERE = File("/sets/notes.jsonl", Path("/sets/notes.jsonl"), 1, 0)
TABLE = File("/sets/my_table.csv", Path("/sets/my_table.csv"), 1, 0)


def lines(*rows: object) -> bytes:
    return b"\n".join(json.dumps(row).encode() for row in rows)


def test_a_line_is_a_document():
    documents = read_jsonl(
        HERE, lines({"id": "a/1", "title": "On  Towers", "text": "# Stone\n\nWords."}, {"text": "More."}), Limits()
    )
    assert [(d.source, d.title, d.text, d.format) for d in documents] == [
        ("/sets/notes.jsonl#a/1", "On Towers", "# Stone\n\nWords.", "jsonl"),
        ("/sets/notes.jsonl#line-2", "line-2", "More.", "jsonl"),
    ]
    assert documents[0].sections == (Section("Stone", 1, 0, 9),)


@pytest.mark.parametrize(
    "given",
    [
        [[0, 6, 1, "Stone"], [15, 99, 1, "Wood"]],
        [[15, 15, 1, "b"], [0, 0, 1, "a"]],
        [[0, 6, "Stone"]],
        [[0, 6.5, 1, "a"]],
        [[0, 6, 1, 7]],
        3,
        [4],
    ],
)
def test_sections_may_be_given(given: object):
    text = "Stone\n\nWords.\n\nWood\n\nMore."
    (document,) = read_jsonl(
        HERE, lines({"text": text, "sections": [[0, 7, 1, "Stone"], [15, 21, 2, "Wood"]]}), Limits()
    )
    assert document.sections == (Section("Stone", 1, 0, 7), Section("Wood", 2, 15, 21))
    (document,) = read_jsonl(HERE, lines({"text": text, "sections": given}), Limits())
    assert document.sections == ()


@given(st.text().filter(lambda text: text.strip()))
def test_a_text_is_kept_code_point_for_code_point(text: str):
    (document,) = read_jsonl(HERE, lines({"id": 1, "text": text}), Limits()) if normalise(text).strip() else (None,)
    if document:
        assert document.text == normalise(text)


def test_bad_lines_are_noted_and_the_good_ones_read():
    rows = (
        {"text": "Good."},
        {"words": "none"},
        [1],
        {"text": " "},
        {"id": 1, "text": "Too."},
        {"id": "1", "text": "Two."},
    )
    raw = lines(*rows)
    first, second = read_jsonl(HERE, raw + b'\n\n{"text": \n' + b"[" * 100_000, Limits())
    assert first.notes == (
        'lines 2, 3 without a "text" that is a string: left out',
        "line 4 without text: left out",
        "line 6 with the id of an earlier one: left out",
        "lines 8, 9 not valid JSON: left out",
    )
    assert second.notes == ()


def test_many_bad_lines_are_counted():
    first, *_ = read_jsonl(HERE, lines({"text": "Good."}) + b"\nx" * 9, Limits())
    assert first.notes == ("lines 2, 3, 4, 5, 6 and 4 more not valid JSON: left out",)


def test_no_good_line_is_an_error_that_says_what_is_needed():
    with pytest.raises(DamagedDocumentError, match=r'line 1 not valid JSON: left out.*each line needs "text"'):
        read_jsonl(HERE, b"x", Limits())
    with pytest.raises(EmptyDocumentError):
        read_jsonl(HERE, lines({"text": ""}), Limits())
    with pytest.raises(EmptyDocumentError):
        read_jsonl(HERE, b"\n\n", Limits())


def test_all_texts_together_are_limited():
    with pytest.raises(DocumentLimitError):
        read_jsonl(HERE, lines({"text": "x" * 60}, {"text": "y" * 60}), Limits(text_characters=100))


def test_csv_with_a_text_and_an_id_is_a_document_a_row():
    raw = 'ID,Title,Text\n7,On Towers,"Words,\r\nand more."\n8,,Other.\n9\n\n'
    first, second = read_csv(TABLE, raw.encode(), Limits())
    assert (first.source, first.title, first.text) == ("/sets/my_table.csv#7", "On Towers", "Words,\nand more.")
    assert (second.source, second.title, second.format) == ("/sets/my_table.csv#8", "8", "csv")
    assert first.notes == ("line 4 with too few columns: left out",)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_any_other_csv_is_a_table_whose_rows_can_be_understood_alone(separator: str):
    raw = "\n".join(separator.join(row) for row in (("Name", "Age"), ("Ada", "36"), ("", "12"), ("Eve", "7")))
    (document,) = read_csv(TABLE, raw.encode(), Limits())
    assert document.text == "Name: Ada | Age: 36\nAge: 12\nName: Eve | Age: 7"
    assert document.title == "my table"


def test_quotes_and_other_separators_inside_cells_do_no_harm():
    raw = 'id;text\n1;"He said ""no"", twice; then left"\n2;Plain, with a comma, and more\n3;x'
    documents = read_csv(TABLE, raw.encode(), Limits())
    assert [document.text for document in documents] == [
        'He said "no", twice; then left',
        "Plain, with a comma, and more",
        "x",
    ]


def test_a_csv_of_one_column():
    (document,) = read_csv(TABLE, b"Only words\nand more words\n", Limits())
    assert document.text == "Only words\nand more words"
    (tabbed,) = read_csv(TABLE, b"a\tb\n", Limits())
    assert tabbed.text == "a | b"


def test_a_csv_that_is_none():
    with pytest.raises(EmptyDocumentError):
        read_csv(TABLE, b"\n\n", Limits())


def test_a_long_table_is_cut_into_blocks():
    raw = "Name,Age\n" + "Ada,36\n" * 120
    (document,) = read_csv(TABLE, raw.encode(), Limits())
    assert [len(block.split("\n")) for block in document.text.split("\n\n")] == [50, 50, 20]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["A:", "B"], ["1", "2", "3"]], ["A: 1 | B: 2 | 3"]),
        ([["Report"], ["", ""], ["A", "B"], ["Europe", ""], ["", "1"]], ["Report", "Europe", "B: 1"]),
        ([["1", "2"], ["3", "4"]], ["1 | 2", "3 | 4"]),
        ([["A", "A"], ["3", "4"]], ["A | A", "3 | 4"]),
        ([["A", "B"]], ["A | B"]),
        ([], []),
    ],
)
def test_rows(rows: list[list[str]], expected: list[str]):
    assert as_lines(rows) == expected
