"""Pictures of the page with an answer on it: `python -m tests.page_screenshots FOLDER`.

Writes answer.png (the README's), dark.png, narrow.png (390 pixels wide, the whole page), refusal.png and empty.png.
"""

import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

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
