"""The documents and the map as a person meets them: a real Chromium on a server started as a user starts it."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from test_page_browser import ask, browser, opened, question_box, served  # noqa: F401 - a fixture among them

pytestmark = pytest.mark.browser

# Gradio's own stream of an upload's progress says so whenever it is opened.
GRADIO_SAYS = ("Method not implemented.",)
HARBOUR = "The harbour of Ardglass was dredged in 1932. Ships wait outside when the wind is from the east."
TOWER = "The tower of Ardglass is 93 metres high. It was painted red in the spring of 1954."
HOSTILE_TITLE = "<img src=x onerror=alert(1)> <b>bold</b> $x^2$ <a href='http://evil.example'>link</a>"
DROP = """(area, files) => {
  const data = new DataTransfer();
  for (const [name, text] of files) data.items.add(new File([text], name));
  for (const type of ["dragenter", "dragover", "drop"]) {
    area.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}"""

Open = Callable[..., AbstractContextManager[Page]]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of documents, one of them hostile, one that cannot be read."""
    folder = tmp_path_factory.mktemp("home") / "papers"
    folder.mkdir()
    (folder / "harbour.txt").write_text(HARBOUR, "utf-8")
    (folder / "tower.md").write_text(f"# The tower\n\n{TOWER}\n", "utf-8")
    (folder / "museum.html").write_text("<title>Museum</title><p>The museum closes at five.</p>", "utf-8")
    (folder / "hostile.md").write_text(
        f"---\ntitle: {HOSTILE_TITLE!r}\n---\n\nAn onion <i>costs</i> 2 $ here.\n", "utf-8"
    )
    (folder / "broken <i>file.pdf").write_text("%PDF-1.7 nothing behind it")
    return folder


@pytest.fixture(scope="module")
def open_page(browser: Browser, papers: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:  # noqa: F811
    with served(tmp_path_factory.mktemp("served"), papers) as address:
        yield partial(opened, browser, address, tolerated=GRADIO_SAYS)


def go(page: Page, tab: str) -> None:
    page.get_by_role("tab", name=tab).click()


def documents(page: Page) -> list[str]:
    return page.locator("#pq-rows .pq-doc .pq-file").all_inner_texts()


def expect_documents(page: Page, *names: str) -> None:
    expect(page.locator("#pq-rows .pq-doc .pq-file")).to_have_text(list(names), timeout=30_000)


def tick(page: Page, name: str) -> None:
    page.locator("#pq-rows tr", has_text=name).locator(".pq-pick").check()


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


ALL = ("harbour.txt", "hostile.md", "museum.html", "tower.md")


def test_the_documents_are_listed_searched_filtered_and_sorted(open_page: Open, papers: Path) -> None:
    with open_page() as page:
        go(page, "Documents")
        expect_documents(page, *ALL)
        row = page.locator("#pq-rows tr", has_text="tower.md")
        for text in ("The tower", str(papers), "markdown", "Up to date", re.compile(r"20\d\d")):
            expect(row).to_contain_text(text)
        expect(row.locator(".pq-passages")).to_have_text("1")
        page.get_by_label("Search").fill("TOWER pap")
        expect_documents(page, "tower.md")
        page.get_by_label("Search").fill("nothing like it")
        expect(page.get_by_text("No document fits.")).to_be_visible()
        page.get_by_label("Search").fill("")
        expect_documents(page, *ALL)
        page.get_by_role("combobox", name="Type").click()
        page.get_by_role("option", name="html").click()
        expect_documents(page, "museum.html")
        page.get_by_role("combobox", name="Type").click()
        page.get_by_role("option", name="All types").click()
        page.get_by_role("combobox", name="Sort by").click()
        page.get_by_role("option", name="Title").click()
        expect_documents(page, "hostile.md", "harbour.txt", "museum.html", "tower.md")


def test_what_could_not_be_read_stays_listed_with_the_reason(open_page: Open) -> None:
    for _ in range(2):
        with open_page() as page:
            go(page, "Documents")
            expect(page.get_by_role("heading", name="Could not be read: 1")).to_be_visible()
            expect(page.locator("#pq-unread")).to_contain_text("broken <i>file.pdf")
            expect(page.locator("#pq-unread")).to_contain_text("damaged")


def test_a_hostile_title_is_text_in_the_table_and_on_the_map(open_page: Open) -> None:
    with open_page() as page:
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        go(page, "Documents")
        expect(page.locator("#pq-rows .pq-doc-title", has_text="<img src=x onerror=alert(1)>")).to_have_text(
            HOSTILE_TITLE
        )
        assert page.locator("#pq-rows").locator("img, b, a, i").count() == 0
        go(page, "Map")
        expect(page.locator("#pq-map .legendtext", has_text="<img src=x")).to_be_visible(timeout=60_000)
        assert page.locator("#pq-map").locator("img, .legend a").count() == 0


def test_a_question_is_asked_of_chosen_documents_until_all_are_asked_again(open_page: Open) -> None:
    question = "How high is the tower of Ardglass?"
    with open_page() as other, open_page() as page:
        go(page, "Documents")
        tick(page, "harbour.txt")
        button(page, "Ask only this document").click()
        expect(page.locator("#pq-only")).to_contain_text("Asking only harbour.txt")
        ask(page, question)
        expect(page.locator(".pq-understood")).to_contain_text("Asked of harbour.txt")
        assert set(page.locator(".pq-card .pq-file").all_inner_texts()) == {"harbour.txt"}
        expect(other.locator("#pq-only")).to_have_count(0)
        ask(other, question)  # another person's choice is nobody else's
        expect(other.locator(".pq-first blockquote")).to_have_text("The tower of Ardglass is 93 metres high.")
        button(page, "Ask all documents").click()
        expect(page.locator("#pq-only")).to_have_count(0)
        ask(page, question)
        expect(page.locator(".pq-first blockquote").last).to_have_text("The tower of Ardglass is 93 metres high.")


def test_files_are_uploaded_by_dropping_asked_removed_and_brought_back(open_page: Open) -> None:
    lease = "The lease of the mill ends on 31 May 2031."
    with open_page() as page:
        go(page, "Documents")
        expect(page.locator("#pq-limits")).to_contain_text("200 MB each, 500 MB together")
        files = [["lease.txt", lease], ["notes.md", "# Notes\n\nNothing much."], ["photo.png", "x"], ["empty.txt", ""]]
        page.locator("#pq-upload button").first.evaluate(DROP, files)
        expect_documents(page, "harbour.txt", "hostile.md", "lease.txt", "museum.html", "notes.md", "tower.md")
        expect(page.locator("#pq-refused")).to_contain_text("photo.png: there is no reader for .png")
        expect(page.locator("#pq-refused")).to_contain_text("empty.txt: it is empty")
        expect(page.locator("#pq-status")).to_contain_text("Done: 2 files added.")
        expect(page.locator("#pq-head")).to_contain_text("Searching 6 documents")
        go(page, "Ask")
        ask(page, "When does the lease of the mill end?")
        expect(page.locator(".pq-first blockquote")).to_have_text(lease)

        go(page, "Documents")
        tick(page, "lease.txt")
        tick(page, "notes.md")
        button(page, "Remove…").click()
        expect(page.locator("#pq-sure")).to_contain_text("Remove these 2 documents")
        expect(page.locator("#pq-sure")).to_contain_text("deleted when Pullquote next starts")
        button(page, "Keep").click()
        expect(page.locator("#pq-sure")).to_have_count(0)
        button(page, "Remove…").click()
        button(page, "Remove").click()
        expect_documents(page, *ALL)
        expect(page.locator("#pq-status")).to_contain_text("Removed 2 documents.")
        expect(page.locator(".pq-pick:checked")).to_have_count(0)
        button(page, "Undo the removal").click()
        expect_documents(page, "harbour.txt", "hostile.md", "lease.txt", "museum.html", "notes.md", "tower.md")
        for name in ("lease.txt", "notes.md"):
            tick(page, name)
        button(page, "Remove…").click()
        button(page, "Remove").click()
        expect_documents(page, *ALL)


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(open_page: Open, tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(200 * 2**20 + 1)
    with open_page() as page:
        go(page, "Documents")
        page.locator("#pq-upload input[type=file]").set_input_files(large)
        expect(page.get_by_text(re.compile("exceed the maximum allowed size of 200"))).to_be_visible()
        expect_documents(page, *ALL)


def test_a_folder_is_added_by_its_path_with_progress_and_removed_with_undo(open_page: Open, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(60):
        words = " ".join(f"Item {number} of row {row} stands in hall {number + row}." for row in range(60))
        (folder / f"list-{number:02}.txt").write_text(words, "utf-8")
    with open_page() as page:
        go(page, "Documents")
        for path, told in (("", "Type the path"), ("papers", "no full path"), ("/nowhere/at/all", "does not exist")):
            page.get_by_label("Add a folder or file").fill(path)
            button(page, "Add").click()
            expect(page.locator("#pq-refused")).to_contain_text(told)
        page.get_by_label("Add a folder or file").fill(str(folder))
        button(page, "Add").click()
        expect(page.locator("#pq-status")).to_contain_text(f"Reading {folder}")
        expect(page.locator("#pq-status")).to_contain_text(
            re.compile(r"[1-9]\d* of 60 files, [\d,]+ passages, about \d+ \w+ left"), timeout=60_000
        )
        expect(page.locator("#pq-status progress")).to_be_visible()
        button(page, "Stop").click()
        expect(page.locator("#pq-status")).to_contain_text("Stopped.", timeout=60_000)
        button(page, "Check all files").click()
        expect(page.locator("#pq-status")).to_contain_text("Done:", timeout=120_000)
        expect(page.locator("#pq-head")).to_contain_text("Searching 64 documents")
        expect(page.locator("#pq-pager")).to_contain_text("Page 1 of 2, 64 documents")
        button(page, "Next").click()
        expect(page.locator("#pq-rows .pq-pick")).to_have_count(14)
        page.get_by_label("Search").fill("list-")
        expect(page.locator("#pq-pager")).to_contain_text("Page 1 of 2, 60 documents")
        for name in ("Next", "Previous"):
            page.get_by_label("Tick all shown").check()
            button(page, name).click()
        page.get_by_label("Tick all shown").check()
        button(page, "Remove…").click()
        expect(page.locator("#pq-sure")).to_contain_text("Remove these 60 documents")
        button(page, "Remove").click()
        page.get_by_label("Search").fill("")
        expect_documents(page, *ALL)
    assert len(list(folder.iterdir())) == 60


def test_what_changed_on_disk_is_marked_in_the_table_and_beside_quotes(open_page: Open, papers: Path) -> None:
    with open_page() as page:
        try:
            (papers / "harbour.txt").write_text(HARBOUR.replace("1932", "1999"), "utf-8")
            (papers / "museum.html").rename(papers.parent / "museum.html")
            ask(page, "When was the harbour of Ardglass dredged?")
            expect(page.locator(".pq-first blockquote")).to_contain_text("1932")
            for place in (".pq-first .pq-stale", ".pq-card .pq-stale"):
                expect(page.locator(place).first).to_contain_text("has changed since it was read")
            go(page, "Documents")
            expect(page.locator("#pq-rows tr", has_text="harbour.txt")).to_contain_text("Changed on disk")
            expect(page.locator("#pq-rows tr", has_text="museum.html")).to_contain_text("File is gone")
            expect(page.locator("#pq-rows tr", has_text="tower.md")).to_contain_text("Up to date")
            tick(page, "tower.md")
            button(page, "Read again").click()
            expect(page.locator("#pq-status")).to_contain_text("Done: 2 files read again, 1 file gone.")
            expect_documents(page, "harbour.txt", "hostile.md", "tower.md")
        finally:
            (papers.parent / "museum.html").rename(papers / "museum.html")
            (papers / "harbour.txt").write_text(HARBOUR, "utf-8")
            button(page, "Check all files").click()
        expect_documents(page, *ALL)
        expect(page.get_by_text("Changed on disk")).to_have_count(0)


def test_the_map_shows_the_passages_the_question_and_its_candidates(open_page: Open) -> None:
    with open_page() as page:
        go(page, "Map")
        expect(page.locator("#pq-caption")).to_contain_text("4 passages")
        expect(page.locator("#pq-caption")).to_contain_text("Ask a question")
        expect(page.locator("#pq-map .point")).to_have_count(4, timeout=60_000)
        expect(page.locator("#pq-scores")).to_have_count(0)
        go(page, "Ask")
        ask(page, "How high is the tower of Ardglass?")
        go(page, "Map")
        expect(page.locator("#pq-caption")).to_contain_text("How high is the tower of Ardglass?")
        expect(page.locator("#pq-map .point")).to_have_count(
            4 + 4 + 1, timeout=60_000
        )  # passages, candidates, question
        legend = page.locator("#pq-map .legendtext").all_text_contents()
        assert {"Best candidates, by rank", "Your question", "The tower"} <= set(legend)
        expect(page.locator("#pq-scores .point")).to_have_count(2 * 4)
        expect(page.locator("#pq-scores .annotation-text").first).to_contain_text("The tower of Ardglass is 93 metres")
        page.locator("#pq-scores .point").first.hover(force=True)
        expect(page.locator("#pq-scores .hovertext")).to_contain_text("The tower")


@pytest.mark.parametrize("dark", [False, True])
def test_the_tabs_fit_a_narrow_page(open_page: Open, dark: bool) -> None:
    with open_page(width=390, dark=dark) as page:
        for tab in ("Documents", "Map", "Ask"):
            go(page, tab)
            page.wait_for_timeout(1_500)
            assert page.evaluate("document.documentElement.scrollWidth") == 390
        go(page, "Documents")
        box = page.locator("#pq-rows tr", has_text="tower.md").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


def test_the_conversation_fills_the_window(open_page: Open) -> None:
    with open_page() as page:
        box = question_box(page).bounding_box()
        assert 700 < box["y"] + box["height"] <= 800
        assert page.evaluate("document.documentElement.scrollHeight") == 800


def test_the_keyboard_is_enough_to_choose_a_document(open_page: Open) -> None:
    with open_page() as page:
        page.get_by_role("tab", name="Ask").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect_documents(page, *ALL)
        page.locator(".pq-pick").first.focus()
        page.keyboard.press("Space")
        expect(button(page, "Ask only this document")).to_be_enabled()
        button(page, "Ask only this document").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#pq-only")).to_contain_text("harbour.txt")


def test_a_page_without_a_document_takes_the_first_ones(browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "empty").mkdir()
    with (
        served(tmp_path, tmp_path / "empty") as address,
        opened(browser, address, tolerated=GRADIO_SAYS) as page,
    ):
        expect(page.locator("#pq-head")).to_contain_text("No documents yet")
        for tab, told in (("Map", "0 passages"), ("Documents", "There are no documents yet.")):
            go(page, tab)
            expect(page.get_by_text(told)).to_be_visible()
        page.locator("#pq-upload button").first.evaluate(DROP, [["tower.txt", TOWER]])
        expect_documents(page, "tower.txt")
        go(page, "Ask")
        ask(page, "How high is the tower of Ardglass?")
        expect(page.locator(".pq-first blockquote")).to_have_text("The tower of Ardglass is 93 metres high.")
