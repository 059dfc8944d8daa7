"""Pictures of the page with an answer on it: `python -m tests.page_screenshots FOLDER`.

Writes answer.png (the README's), dark.png, narrow.png (390 pixels wide, the whole page), refusal.png and empty.png;
and of a PDF file opened at a quote, viewer.png, viewer-dark.png and viewer-narrow.png.
"""

import sys
import tempfile
import textwrap
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from qa.places import BUNDLED_DOCUMENTS
from tests.pdf_maker import Words, column, make_pdf
from tests.test_page_browser import ask, chromium, opened, served

QUESTION = "When did Azerbaijan have troops in Kosovo?"
UNANSWERABLE = "Who won the football world cup in 1998?"


def take(folder: Path) -> None:
    """Start the page on the bundled documents, and take every picture of it."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as index, served(Path(index)) as address, chromium() as browser:
        with opened(browser, address) as page:
            _picture(page, folder / "empty.png")
        _answered(browser, address, folder / "answer.png", QUESTION)
        _answered(browser, address, folder / "dark.png", QUESTION, dark=True)
        _answered(browser, address, folder / "narrow.png", QUESTION, width=390)
        _answered(browser, address, folder / "refusal.png", UNANSWERABLE)
    with tempfile.TemporaryDirectory() as scratch, chromium() as browser:
        papers = Path(scratch) / "papers"
        papers.mkdir()
        (papers / "operations.pdf").write_bytes(_printed(BUNDLED_DOCUMENTS / "operations-and-defence-reform.md"))
        with served(Path(scratch), papers) as address:
            _viewed(browser, address, folder / "viewer.png")
            _viewed(browser, address, folder / "viewer-dark.png", dark=True)
            _viewed(browser, address, folder / "viewer-narrow.png", width=390)


def _printed(document: Path) -> bytes:
    """Return a bundled document as a PDF, thirty lines a page."""
    _, front, text = document.read_text("utf-8").split("---\n", 2)
    title = front.partition("title: ")[2].partition("\n")[0]
    lines: list[tuple[str, float]] = [(part, 15.0) for part in textwrap.wrap(title, 42)]
    for line in text.splitlines():
        size = 12.0 if line.startswith("#") else 10.0
        lines += [(part, size) for part in textwrap.wrap(line.lstrip("# "), 62) or [""]]
    pages: list[list[Words]] = []
    for first in range(0, len(lines), 30):
        shown = enumerate(lines[first : first + 30])
        pages.append([word for at, (part, size) in shown for word in column(part, top=540 - at * 16, size=size)])
    return make_pdf(pages, title=title)


def _viewed(browser: Browser, address: str, file: Path, *, width: int = 1280, dark: bool = False) -> None:
    with opened(browser, address, width=width, dark=dark) as page:
        ask(page, QUESTION)
        page.locator(".pq-card .pq-open").first.click()
        page.frame_locator("#pq-viewer iframe").locator("figure path").first.wait_for()
        page.wait_for_timeout(2_000)  # for the pages to be drawn
        _picture(page, file)


def _answered(
    browser: Browser, address: str, file: Path, question: str, *, width: int = 1280, dark: bool = False
) -> None:
    with opened(browser, address, width=width, dark=dark) as page:
        ask(page, question)
        _picture(page, file, whole=width < 800)


def _picture(page: Page, file: Path, *, whole: bool = False) -> None:
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)  # for colours that fade in
    page.screenshot(path=file, full_page=whole, animations="disabled", caret="hide")
    Image.open(file).quantize(128).save(file, optimize=True)  # a page has few colours, and a README is loaded often


if __name__ == "__main__":
    take(Path(sys.argv[1]))
