"""Pictures of the documents and of the map: `python -m tests.page_screenshots_documents FOLDER`.

Writes documents.png, indexing.png, chosen.png, map.png, scores.png, each also as NAME-dark.png and NAME-narrow.png.
"""

import re
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from qa.places import BUNDLED_DOCUMENTS
from tests.page_screenshots import QUESTION, _picture
from tests.test_page_browser import ask, chromium, opened, served

WORDS = "The lighthouse keeper of Ardglass wrote on day {0} that ship {1} passed the point at hour {2} of the watch."


def take(folder: Path) -> None:
    """Start the page on the bundled documents and a few others, and take every picture of it."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, chromium() as browser:
        papers = _papers(Path(home))
        with served(Path(home), papers) as address:
            (papers / "minutes.txt").write_text("The committee of the harbour met on the second of May 2026.", "utf-8")
            for name, width, dark in (("", 1280, False), ("-dark", 1280, True), ("-narrow", 390, False)):
                _all(browser, address, folder, name, width, dark)


def _papers(home: Path) -> Path:
    papers = home / "papers"
    shutil.copytree(BUNDLED_DOCUMENTS, papers)
    (papers / "minutes.txt").write_text("The committee of the harbour met on the first of May.", "utf-8")
    (papers / "contract.pdf").write_text("%PDF-1.7 nothing behind it")
    (papers / "letter.html").write_text("<title>A letter</title><p>The lease ends on 31 May 2031.</p>", "utf-8")
    return papers


def _all(browser: Browser, address: str, folder: Path, name: str, width: int, dark: bool) -> None:
    with opened(browser, address, width=width, dark=dark, tolerated=("Method not implemented.",)) as page:
        whole = width < 800
        ask(page, QUESTION)
        page.get_by_role("tab", name="Documents").click()
        expect(page.locator("#pq-rows .pq-pick").nth(7)).to_be_visible()
        page.locator(".pq-pick").nth(1).check()
        page.locator(".pq-pick").nth(3).check()
        _picture(page, folder / f"documents{name}.png", whole=whole)
        _indexing(page, folder / f"indexing{name}.png", whole)
        page.get_by_role("button", name="Ask only these 2").click()
        expect(page.locator("#pq-only")).to_be_visible()
        _picture(page, folder / f"chosen{name}.png", whole=whole)
        page.get_by_role("tab", name="Map").click()
        expect(page.locator("#pq-scores .point").first).to_be_visible(timeout=60_000)
        _picture(page, folder / f"map{name}.png", whole=whole)
        page.locator("#pq-scores").scroll_into_view_if_needed()
        _picture(page, folder / f"scores{name}.png", whole=whole)


def _indexing(page: Page, file: Path, whole: bool) -> None:
    with tempfile.TemporaryDirectory() as logs:
        for number in range(80):
            text = "\n".join(WORDS.format(day, number, day % 24) for day in range(60))
            Path(logs, f"log-{number:02}.txt").write_text(text, "utf-8")
        page.get_by_label("Add a folder or file").fill(logs)
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator("#pq-status")).to_contain_text(re.compile(r"[1-9]\d* of \d+ files.*left"), timeout=60_000)
        page.locator("#pq-documents").evaluate("element => element.scrollTo(0, 0)")
        _picture(page, file, whole=whole)
        page.get_by_role("button", name="Stop").click()
        expect(page.locator("#pq-status")).to_contain_text("Stopped.", timeout=60_000)


if __name__ == "__main__":
    take(Path(sys.argv[1]))
