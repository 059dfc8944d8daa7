"""An electronic book is its pages in the order of its spine."""

import io
import zipfile
from pathlib import Path

import pytest

from corpus.errors import DamagedDocumentError, EmptyDocumentError, ProtectedDocumentError
from corpus.formats.book import read
from corpus.records import Document, File, Limits

HERE = File("/books/my_book.epub", Path("/books/my_book.epub"), 1, 0)
CONTAINER = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>{}</rootfiles></container>'


def make_book(pages: dict[str, str], title: str = "On Towers", **extra: str) -> bytes:
    items = "".join(
        f'<item id="i{at}" href="{name}" media-type="application/xhtml+xml"/>' for at, name in enumerate(pages)
    )
    spine = "".join(f'<itemref idref="i{at}"/>' for at in reversed(range(len(pages))))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>{title}</dc:title></metadata><manifest>{items}"
        '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
        '<item id="css" href="a.css" media-type="text/css"/></manifest>'
        f'<spine><itemref idref="nav"/><itemref idref="css"/><itemref idref="lost"/>{spine}</spine></package>'
    )
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER.format('<rootfile full-path="OPS/book.opf"/>'),
        "OPS/book.opf": package,
        "OPS/nav.xhtml": "<html><body><p>Contents</p></body></html>",
        **{f"OPS/{name.replace('%20', ' ').split('#')[0]}": page for name, page in pages.items() if page},
        **{name.replace("__", "/"): content for name, content in extra.items()},
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def read_book(raw: bytes) -> Document:
    (document,) = read(HERE, raw, Limits())
    return document


def test_pages_come_in_the_order_of_the_spine_with_their_headings():
    document = read_book(
        make_book(
            {
                "two%20b.xhtml#top": "<html><body><h1>Two</h1><p>Wood.</p></body></html>",
                "one.xhtml": "<html><head><title>One</title></head><body><p>Stone.</p></body></html>",
                "gone.xhtml": "",
            }
        )
    )
    assert document.text == "Stone.\n\nTwo\n\nWood."
    assert [(section.title, section.start, section.body) for section in document.sections] == [
        ("One", 0, 0),
        ("Two", 8, 13),
    ]
    assert (document.title, document.format) == ("On Towers", "epub")


def test_a_book_without_a_title_or_words():
    assert read_book(make_book({"a.xhtml": "<p>Words.</p>"}, title=" ")).title == "my book"
    with pytest.raises(EmptyDocumentError):
        read_book(make_book({"a.xhtml": "<p></p>", "b.xhtml": " "}))


def test_locked_and_damaged_books():
    with pytest.raises(ProtectedDocumentError, match="locked by its seller"):
        read_book(make_book({}, **{"META-INF__rights.xml": "<rights/>"}))
    with pytest.raises(DamagedDocumentError, match="names no package"):
        read_book(make_book({}, **{"META-INF__container.xml": CONTAINER.format("")}))
    elsewhere = CONTAINER.format('<rootfile full-path="elsewhere.opf"/>')
    with pytest.raises(DamagedDocumentError, match=r"elsewhere\.opf cannot be read"):
        read_book(make_book({}, **{"META-INF__container.xml": elsewhere}))
    with pytest.raises(DamagedDocumentError, match=r"container\.xml"):
        read_book(make_book({}, **{"META-INF__container.xml": "no XML at all"}))
