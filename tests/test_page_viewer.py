"""The viewer without a browser: what its routes give out, and what they don't."""

import html
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import WordEncoder
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pdf_maker import column, make_pdf

from qa.chatbot import Chatbot
from qa.page import viewed, viewer
from qa.page.guard import Guard
from qa.page.links import fingerprint, view_link, viewer_link
from qa.page.viewed import CHANGED_SINCE, NOT_FOUND
from qa.page.viewer import FILE_CHANGED, FILE_GONE, GONE, NO_PLACE, PAGES_SHOWN, POLICY, add_viewer
from qa.records import Quote

QUOTED = "The harbour was dredged in 1932."
HOSTILE = "<script>alert(1)</script> & <img src=http://evil.example/a.png onerror=alert(2)> "
PAGES = 30
LINES = 300


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "papers"
    path.mkdir()
    pages = [column(f"Page of the number {number}, and nothing else.") for number in range(1, PAGES + 1)]
    pages[24] = column(QUOTED, "Ships wait outside.")
    (path / "harbour.pdf").write_bytes(make_pdf(pages, title="The harbour"))
    (path / "note.md").write_text(f"# A note\n\n## Depth\n\nIt is deep. {QUOTED}\n\nThe end.\n", "utf-8")
    lines = "\n\n".join(f"Line {number} of many more lines." for number in range(LINES))
    (path / "long.txt").write_text(lines, "utf-8")
    (path / "hostile.txt").write_text(f"{HOSTILE}{QUOTED}", "utf-8")
    (tmp_path / "secret.txt").write_text("Nobody may see this.", "utf-8")
    return path


@pytest.fixture
def bot(folder: Path, tmp_path: Path) -> Iterator[Chatbot]:
    with Chatbot.open(folder, index=tmp_path / "index", encoder=WordEncoder()) as bot:
        yield bot


@pytest.fixture
def client(bot: Chatbot) -> Iterator[TestClient]:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, names=frozenset({"testserver"}))
    add_viewer(app, bot)
    with TestClient(app) as client:
        yield client


def at(bot: Chatbot, path: Path, words: str = QUOTED) -> str:
    """Return the link to words of a document."""
    start = bot.text(str(path)).index(words)
    quote = Quote(words, str(path), "", None, None, start, start + len(words), 0.5, start, start + len(words))
    return view_link(quote)


def test_a_link_names_the_place_and_notices_other_words():
    quote = Quote("It rained.", "/a b/c&d.md", "", None, None, 3, 13, 0.5, 0, 20)
    assert view_link(quote) == f"view?source=%2Fa+b%2Fc%26d.md&start=3&end=13&check={fingerprint('It rained.')}#quote"
    assert viewer_link("a", None, None, page=3) == "view?source=a&page=3"


def test_a_text_is_shown_whole_with_the_quote_marked(client: TestClient, bot: Chatbot, folder: Path):
    response = client.get(at(bot, folder / "note.md"))
    assert response.status_code == 200
    assert response.headers["content-security-policy"] == POLICY
    assert "<h1><bdi>A note</bdi></h1><p><bdi>note.md</bdi></p>" in response.text
    assert '<h3 dir="auto">Depth</h3>' in response.text
    assert f'<p dir="auto">It is deep. <mark id="quote">{QUOTED}</mark></p>' in response.text
    assert "The end.</p>" in response.text


def test_hostile_text_is_shown_as_text(client: TestClient, bot: Chatbot, folder: Path):
    shown = client.get(at(bot, folder / "hostile.txt")).text
    assert "<script" not in shown
    assert "evil.example" in shown
    assert not re.search(r"<img[^>]*evil", shown)
    assert "default-src 'none'" in POLICY
    assert "script-src" not in POLICY


def test_a_printed_page_is_shown_with_its_neighbours_and_the_rectangles(client: TestClient, bot: Chatbot, folder: Path):
    shown = client.get(at(bot, folder / "harbour.pdf")).text
    assert re.findall(r'<figure id="page-(\d+)">', shown) == [str(number) for number in range(23, 31)]
    assert shown.count('<svg viewBox="0 0 1 1"') == shown.count('id="quote"') == 1
    figure = shown[shown.index('id="page-25"') : shown.index('id="page-26"')]
    assert 'id="quote"' in figure
    assert "Page 25 of 30" in figure
    assert '<a href="#page-24">Previous page</a><a href="#page-26">Next page</a>' in figure
    assert f"<mark>{QUOTED}</mark> Ships wait outside." in figure
    assert 'name="at" type="number" min="1" max="30" value="25"' in shown
    before = re.search(r'id="page-23".*?<a href="([^"]+)">Previous page</a>', shown)
    assert before
    earlier = client.get(html.unescape(before[1])).text
    assert re.findall(r'<figure id="page-(\d+)">', earlier)[0] == "22"


def test_a_document_opens_at_its_beginning_without_a_quote(client: TestClient, folder: Path):
    shown = client.get(viewer_link(str(folder / "harbour.pdf"), None, None)).text
    assert shown.count("<figure") == PAGES_SHOWN
    assert "Back to the quote" not in shown
    assert 'value="1"' in shown


def test_a_page_comes_as_a_picture(client: TestClient, bot: Chatbot, folder: Path):
    shown = client.get(at(bot, folder / "harbour.pdf")).text
    source = re.search(r'<img src="([^"]+)" alt="Page 25"', shown)
    assert source
    response = client.get(html.unescape(source[1]))
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/png"
    assert response.content.startswith(b"\x89PNG")
    assert "private" in response.headers["cache-control"]


@pytest.mark.parametrize("source", ["/etc/passwd", "{folder}/../secret.txt", "{folder}", "", "{folder}/note.md\0"])
def test_nothing_but_the_index_can_be_opened(client: TestClient, folder: Path, source: str):
    source = source.format(folder=folder)
    for path in ("view", "view/page"):
        response = client.get(f"/{path}", params={"source": source, "page": "1"})
        assert response.status_code == 404
        assert GONE in response.text
        assert "Nobody" not in response.text


def test_pictures_are_of_pages_of_pdf_documents(client: TestClient, folder: Path):
    for name, page in (("note.md", "1"), ("harbour.pdf", "0"), ("harbour.pdf", "x"), ("harbour.pdf", "31")):
        assert client.get("/view/page", params={"source": str(folder / name), "page": page}).status_code == 404


def test_parts_are_served_and_nothing_beside_them(client: TestClient):
    assert client.get("/view/viewer.css").headers["content-type"].startswith("text/css")
    assert client.get("/view/checking.js").headers["content-type"].startswith("text/javascript")
    for name in ("viewer.py", "..%2Fviewer.py", "%2Fetc%2Fpasswd"):
        assert client.get(f"/view/{name}").status_code == 404


@pytest.mark.parametrize(
    "places", [{"start": "x", "end": "5"}, {"start": "1"}, {"end": "5"}, {"start": "-1", "end": "4"}, {"at": "1e3"}]
)
def test_a_link_that_names_no_place(client: TestClient, folder: Path, places: dict[str, str]):
    response = client.get("/view", params={"source": str(folder / "note.md"), **places})
    assert response.status_code == 400
    assert NO_PLACE in response.text


def test_a_document_that_was_removed_since(client: TestClient, bot: Chatbot, folder: Path):
    link = at(bot, folder / "note.md")
    bot.remove(folder / "note.md")
    response = client.get(link)
    assert response.status_code == 404
    assert GONE in response.text


def test_a_document_that_was_read_again_marks_nothing_else_for_the_quote(
    client: TestClient, bot: Chatbot, folder: Path
):
    link = at(bot, folder / "note.md")
    (folder / "note.md").write_text("# A note\n\nSomething was put before it all, to change each place in the text.\n")
    bot.sync()
    shown = client.get(link).text
    assert CHANGED_SINCE in html.unescape(shown)
    assert "<mark" not in shown


@pytest.mark.parametrize(("start", "end"), [("5", "5"), ("9", "5"), ("0", "999999")])
def test_a_place_outside_the_text_is_told(client: TestClient, folder: Path, start: str, end: str):
    response = client.get("/view", params={"source": str(folder / "note.md"), "start": start, "end": end})
    assert response.status_code == 200
    assert CHANGED_SINCE in html.unescape(response.text)


def test_a_pdf_file_that_is_gone_or_changed_is_shown_as_text(client: TestClient, bot: Chatbot, folder: Path):
    link = at(bot, folder / "harbour.pdf")
    path = folder / "harbour.pdf"
    path.write_bytes(path.read_bytes() + b"\n")
    picture = {"source": str(path), "page": "25"}
    for notice in (FILE_CHANGED, FILE_GONE):
        shown = client.get(link).text
        assert notice in shown
        assert "<figure" not in shown
        assert '<p class="page-number">Page 25</p>' in shown
        assert f'<mark id="quote">{QUOTED}</mark>' in shown
        assert notice in client.get("/view/page", params=picture).text
        path.unlink(missing_ok=True)
    # the number of a page begins the text there
    assert "number 24" not in client.get(f"{viewer_link(str(path), None, None)}&at=26").text


def test_a_pdf_that_cannot_be_drawn_is_shown_as_text(client: TestClient, bot: Chatbot, folder: Path):
    """Its content was damaged behind the back of size and time."""
    path, link = folder / "harbour.pdf", at(bot, folder / "harbour.pdf")
    times = path.stat()
    path.write_bytes(b"x" * times.st_size)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    shown = client.get(link).text
    assert "The pages cannot be drawn: it cannot be shown" in shown
    assert f'<mark id="quote">{QUOTED}</mark>' in shown
    assert client.get("/view/page", params={"source": str(path), "page": "25"}).status_code == 404


def test_a_quote_that_is_not_found_on_its_page_is_marked_in_its_text(
    client: TestClient, bot: Chatbot, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    real = viewer.original

    def other(known: object) -> object:
        """Draw a file in which the quote does not stand."""
        path = folder.parent / "other.pdf"
        path.write_bytes(make_pdf([column("Elsewhere.") for _ in range(PAGES)]))
        file = real(known)  # type: ignore[arg-type]
        return type(file)(file.source, path, file.size, file.modified_ns)

    monkeypatch.setattr(viewer, "original", other)
    shown = client.get(at(bot, folder / "harbour.pdf")).text
    assert NOT_FOUND in html.unescape(shown)
    assert f'<details open><summary>Text of page 25</summary><p dir="auto"><mark id="quote">{QUOTED}</mark>' in shown


def test_a_long_text_is_shown_in_parts(client: TestClient, bot: Chatbot, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(viewed, "PART", 2_000)
    monkeypatch.setattr(viewed, "BEFORE", 200)
    words = "Line 200 of many more lines."
    shown = client.get(at(bot, folder / "long.txt", words)).text
    assert shown.count("<p") < 100
    assert f'<mark id="quote">{words}</mark>' in shown
    seen = set(re.findall(r"Line (\d+) of", shown))
    for label in ("Earlier part", "Later part"):
        link, rounds = shown, 0
        while (found := re.search(rf'<a href="([^"]+)">{label}</a>', link)) and rounds < 30:
            link, rounds = client.get(html.unescape(found[1])).text, rounds + 1
            seen |= set(re.findall(r"Line (\d+) of", link))
    assert len(seen) == LINES


def test_the_theme_of_the_page_is_kept(client: TestClient, bot: Chatbot, folder: Path):
    link = at(bot, folder / "harbour.pdf").replace("#", "&theme=dark#")
    assert '<html lang="en" class="dark">' in client.get(link).text
    assert "theme=dark" in client.get(link).text.partition("<figure")[2]
    assert '<html lang="en">' in client.get(link.replace("dark", "%22onload=x")).text


def test_slides_and_sheets_have_their_names(tmp_path: Path):
    """A slide is called one; the name of a sheet, which is not in its text, stands above it."""
    from corpus.records import Document, Page, Section
    from index.records import KeptDocument, KnownFile
    from qa.page.viewed import Viewed, text_page

    document = Document(
        "a.pptx", "A", "One.\n\nTwo.", "pptx", (Page(1, 0, 4), Page(2, 6, 10)), (Section("S", 1, 6, 6),)
    )
    kept = KeptDocument(document, KnownFile("a.pptx", 1, 1, ""), "")
    shown = text_page(Viewed(kept, None, "", ""), None)
    assert '<p class="page-number">Slide 1</p><p dir="auto">One.</p><p class="page-number">Slide 2</p>' in shown
    assert '<h2><bdi>S</bdi></h2><p dir="auto">Two.</p>' in shown
