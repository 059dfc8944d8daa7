"""Plain text stays as it is; a section begins only where a line can be nothing but a heading."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.decode import normalise
from corpus.errors import EmptyDocumentError
from corpus.formats.draft import Draft
from corpus.formats.plain import find_sections, read
from corpus.formats.titles import choose_title
from corpus.records import File, Limits, Page, Section

HERE = File("/notes/my_notes.txt", Path("/notes/my_notes.txt"), 1, 0)


def titles(text: str) -> list[tuple[int, str]]:
    return [(section.level, section.title) for section in find_sections(text)]


def test_the_authors_line_breaks_stay():
    text = "  One line.\nAnother.\n\n\n\tA third.  \n"
    (document,) = read(HERE, text.encode(), Limits())
    assert document.text == text
    assert document.title == "my notes"
    assert document.sections == ()


def test_a_heading_at_the_top_is_the_title():
    (document,) = read(HERE, b"\nThe Harbour\n===========\n\nIt was dredged.\n", Limits())
    assert document.title == "The Harbour"
    assert document.sections == (Section("The Harbour", 1, 1, 26),)
    assert document.text[26:] == "It was dredged.\n"


def test_nothing_but_white_space_is_no_document():
    with pytest.raises(EmptyDocumentError):
        read(HERE, b" \n\t\n", Limits())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Title\n=====\ntext", [(1, "Title")]),
        ("Title\n-----\n\ntext", [(2, "Title")]),
        ("=====\nTitle\n=====\n\ntext", [(1, "Title")]),
        ("Deeper\n~~~~~~\ntext", [(3, "Deeper")]),
        ("Deepest\n+++++++\ntext", [(5, "Deepest")]),
        ("# One\n\n## Two ##\n\ntext", [(1, "One"), (2, "Two")]),
        ("Chapter 3. The Sea\n\ntext", [(1, "Chapter 3. The Sea")]),
        ("APPENDIX B\n\ntext", [(1, "APPENDIX B")]),
        ("3.2 Moving parts\n\ntext", [(2, "3.2 Moving parts")]),
        ("1.2.3. What is it?\n\ntext", [(3, "1.2.3. What is it?")]),
        (f"5. Conveying Copies with this Notice.\n\n  {'Prose ' * 10}", [(1, "5. Conveying Copies with this Notice.")]),
        ("text\n\nTHE LONG ROAD\n\ntext", [(2, "THE LONG ROAD")]),
    ],
)
def test_headings(text: str, expected: list[tuple[int, str]]):
    assert titles(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "A short line\n\ntext",
        "text before\nTitle\n=====\ntext",  # underlines the last line of a paragraph
        "Dear Ann,\n---------\ntext",
        "A long line that a dash of three\n---\ntext",
        "He left.\n\n***\n\nShe stayed.",
        "Name   Age\n----   ---\nAda    36",
        "a | b\n-----\nc | d",
        "------\n------\n",
        "# a comment\nline = 1",
        "#hashtag\n\ntext",
        "3.5 million people came.\n\ntext",
        "3.5 million people\n\ntext",
        "----------\n$ make chat\n----------",
        "1. Annual Report\n\n2. Budget Plan\n\n3. Minutes",
        f"1. Open the lid\n\n{'Prose ' * 10}",
        f"1. Vote\n{'Prose ' * 10}",
        f"5. An\n\n{'Prose ' * 10}",
        "1. Preheat the oven\n\n2. Bake",
        "Chapter and verse\n\ntext",
        "Part of the problem was money\n\ntext",
        "NATO\n\ntext",
        "WE WON.\n\ntext",
        "THE LONG ROAD\nHOME\n\ntext",
        "A" * 101 + "\n\ntext",
        "1984\n\ntext",
        "",
    ],
)
def test_ordinary_lines_are_no_headings(text: str):
    assert titles(text) == []


def test_a_section_begins_at_its_line_and_its_body_at_the_text():
    text = "before\n\n  CHAPTER II\n\n\nThe text.\n"
    (section,) = find_sections(text)
    assert text[section.start :].startswith("  CHAPTER II")
    assert text[section.body :] == "The text.\n"


@given(st.text(st.sampled_from("AB a.\n=-#1 ")))
def test_sections_are_in_order_and_inside_the_text(text: str):
    last = 0
    for section in find_sections(text):
        assert last <= section.start < section.body <= len(text)
        assert section.title in text[section.start : section.body]
        last = section.body


# Titles, and documents in the making.


@pytest.mark.parametrize(
    "meaningless", ["", None, "untitled", "Microsoft Word - x.doc", "report.pdf", "42", "--", "x" * 201]
)
def test_a_title_that_says_nothing_is_passed_over(meaningless: str | None):
    assert choose_title(HERE, meaningless, "The\n Harbour ") == "The Harbour"
    assert choose_title(HERE, meaningless) == "my notes"


def test_a_file_without_a_name_is_called_by_its_source():
    assert choose_title(File("mail:1", Path("_"), 1, 0)) == "mail:1"


def test_a_draft_keeps_blocks_pages_and_sections_in_their_places():
    draft = Draft(Limits())
    draft.page(1)
    draft.heading("On\u00a0 towers", 1)
    draft.block(" The  tower\n\n\nis high. ")
    draft.block("  ")
    draft.heading(" ", 1)
    draft.page(2)
    draft.page(3)
    draft.section("Costs", 2)
    draft.section("", 2)
    draft.block("It was")
    draft.page(4)
    draft.carry_on("dear.")
    draft.verbatim("if x:\n    y  \n\n")
    draft.section("Empty", 1)
    document = draft.document(HERE, "t", "pdf")
    assert document.text == "On towers\n\nThe tower\nis high.\n\nIt was dear.\n\nif x:\n    y"
    assert document.sections == (
        Section("On towers", 1, 0, 11),
        Section("Costs", 2, 31, 31),
        Section("Empty", 1, 56, 56),
    )
    assert document.pages == (Page(1, 0, 29), Page(2, 29, 29), Page(3, 31, 37), Page(4, 38, 56))
    assert [document.page_at(at) for at in (0, 30, 31, 36, 38, 50)] == [1, 2, 3, 3, 4, 4]


STEPS = st.lists(st.tuples(st.sampled_from(["block", "heading", "section", "page", "carry_on", "verbatim"]), st.text()))


@given(STEPS)
def test_a_draft_keeps_the_conventions_whatever_is_added(steps: list[tuple[str, str]]):
    draft = Draft(Limits())
    for number, (step, text) in enumerate(steps, 1):
        if step == "page":
            draft.page(number)
        elif step in {"heading", "section"}:
            getattr(draft, step)(text, 1)
        else:
            getattr(draft, step)(text)
    try:
        document = draft.document(HERE, "t", "pdf")
    except EmptyDocumentError:
        return
    assert "\n\n\n" not in document.text
    assert document.text == normalise(document.text)
    assert all(first.end <= second.start for first, second in pairwise(document.pages))
    assert all(first.body <= second.start for first, second in pairwise(document.sections))
    for section in document.sections:
        assert section.body <= len(document.text)
        assert section.start == section.body or document.text[section.start :].startswith(section.title)


def test_a_draft_that_carries_on_from_nothing_begins():
    draft = Draft(Limits())
    draft.carry_on("Words.")
    assert draft.document(HERE, "t", "pdf").text == "Words."
