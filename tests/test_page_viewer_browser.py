"""From the answer to its place, as a person goes: a real Chromium on a server that was started as a user starts it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import docx
import pytest
from pdf_maker import column, make_pdf
from playwright.sync_api import Browser, FrameLocator, Page, expect
from test_page_browser import (
    HOSTILE,
    ask,
    browser,  # noqa: F401 - a fixture
    opened,
    question_box,
    served,
)

from qa.cite import NOT_ANSWERED
from qa.page.message import CLOSEST
from qa.page.viewer import GONE

pytestmark = pytest.mark.browser

DREDGED = "The harbour of Ostrand was dredged in 1932 by two steam dredgers."
WHEN_DREDGED = "When was the harbour of Ostrand dredged?"
KEEPER = "The lighthouse keeper of Ostrand is called Ragnhild Moe."
WHO_KEEPER = "Who is the lighthouse keeper of Ostrand?"
BAKED = "The bakery of Ostrand opens at four in the morning."
WHEN_BAKED = "When does the bakery of Ostrand open?"
UNANSWERABLE = "Who won the football world cup in 1998?"
FILLING = (
    "The council met on a Tuesday and spoke about the roof of the old school.",
    "Nobody could say what the new tiles would cost, or who should lay them.",
    "A committee was asked to find out and to report before the first snow.",
)
MARKED_IN_VIEW = """element => {
    const box = element.getBoundingClientRect();
    return box.width > 20 && box.height > 5 && box.top > 0 && box.bottom < innerHeight;
}"""


@dataclass(frozen=True)
class Town:
    """A server, and what it serves."""

    address: str
    documents: Path
    index: Path


@pytest.fixture(scope="module")
def town(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:  # noqa: F811
    folder = tmp_path_factory.mktemp("town")
    documents = folder / "documents"
    documents.mkdir()
    pages = [column(f"Minutes of the year {year}", *FILLING) for year in range(1930, 1942)]
    pages[5] = [*column(*FILLING), *column(DREDGED, "The mud was shipped to the island of Tarv.", top=200)]
    (documents / "minutes.pdf").write_bytes(make_pdf(pages, title="Minutes of the council"))
    word = docx.Document()
    word.add_heading("People of the town", 1)
    for _ in range(40):
        word.add_paragraph(" ".join(FILLING))
    word.add_paragraph(KEEPER)
    for _ in range(40):
        word.add_paragraph(" ".join(FILLING))
    word.save(str(documents / "people.docx"))
    (documents / "bakery.md").write_text(f"# The bakery\n\n{BAKED}\n\nIts bread is dark.\n", "utf-8")
    (documents / "hostile.txt").write_text(HOSTILE, "utf-8")
    with served(folder, documents) as address:
        yield Town(address, documents, folder / "index")


def viewer(page: Page) -> FrameLocator:
    return page.frame_locator("#pq-viewer iframe")


def clipboard(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def allow_copying(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])


def test_an_answer_shows_its_confidence_and_folds_the_rest(browser: Browser, town: Town) -> None:  # noqa: F811
    with opened(browser, town.address) as page:
        ask(page, WHEN_DREDGED)
        first = page.locator(".pq-first")
        expect(first.locator("blockquote")).to_have_text(DREDGED)
        expect(first.locator(".pq-confidence")).to_contain_text("answer")
        bar = first.locator(".pq-bar").bounding_box()
        assert bar["width"] > 40
        assert bar["height"] >= 8
        folded = page.locator(".pq-more")
        expect(folded.locator("blockquote").first).not_to_be_visible()
        folded.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(folded.locator("blockquote").first).to_be_visible()


def test_a_refusal_says_that_the_closest_is_no_answer(browser: Browser, town: Town) -> None:  # noqa: F811
    with opened(browser, town.address) as page:
        ask(page, UNANSWERABLE)
        expect(page.locator(".pq-message .pq-refusal")).to_have_text(NOT_ANSWERED)
        expect(page.locator(".pq-message .pq-closest")).to_have_text(CLOSEST)
        expect(page.locator("#pq-sources .pq-closest")).to_have_text(CLOSEST)
        expect(page.locator(".pq-message .pq-confidence").first).to_contain_text("probably not an answer")


def test_what_is_being_done_is_shown_and_the_answer_is_announced(browser: Browser, town: Town) -> None:  # noqa: F811
    with opened(browser, town.address) as page:
        page.evaluate("""() => {
            window.said = new Set();
            const note = () => document.querySelectorAll(".pq-stages li, #pq-announcer").forEach(
                (item) => item.textContent && window.said.add(item.textContent));
            new MutationObserver(note).observe(document.body, { childList: true, subtree: true });
        }""")
        ask(page, WHEN_DREDGED)
        expect(page.get_by_role("status").filter(has_text=DREDGED)).to_have_count(1)
        said = page.evaluate("[...window.said]")
        assert {"Searching the documents …", "Searched the documents", "Reading the best passages …"} <= set(said)
        assert f"Answer: {DREDGED}" in said[-1]
        assert "p. 6" in said[-1]


def test_a_number_brings_its_card_forward_by_keyboard(browser: Browser, town: Town) -> None:  # noqa: F811
    with opened(browser, town.address) as page:
        ask(page, WHEN_DREDGED)
        page.locator(".pq-more summary").click()
        number, card = page.get_by_role("button", name="Show source 2"), page.locator("#pq-sources .pq-card").nth(1)
        number.focus()
        page.keyboard.press("Enter")
        expect(card).to_be_focused()
        expect(card).to_be_in_viewport()
        expect(page.locator(".pq-forward")).to_have_count(1)
        page.keyboard.press("Escape")
        expect(number).to_be_focused()


def test_the_sources_of_an_earlier_answer_come_back(browser: Browser, town: Town) -> None:  # noqa: F811
    with opened(browser, town.address) as page:
        ask(page, WHEN_DREDGED)
        ask(page, WHEN_BAKED)
        page.get_by_role("button", name="Show source 1").first.click()
        expect(page.locator("#pq-earlier mark").first).to_have_text(DREDGED)
        expect(page.locator("#pq-earlier .pq-card").first).to_be_focused()
        expect(page.locator("#pq-sources")).not_to_be_visible()
        page.get_by_role("button", name="Back to the latest").click()
        expect(page.locator("#pq-sources mark").first).to_have_text(BAKED)
        page.get_by_role("button", name="Show source 1").first.click()
        ask(page, WHO_KEEPER)
        expect(page.locator("#pq-earlier")).to_have_count(0)
        expect(page.locator("#pq-sources mark").first).to_have_text(KEEPER)


def test_a_pdf_opens_at_the_marked_quote_and_escape_leads_back(browser: Browser, town: Town) -> None:  # noqa: F811
    with opened(browser, town.address) as page:
        ask(page, WHEN_DREDGED)
        link = page.locator(".pq-card .pq-open").first
        link.focus()
        page.keyboard.press("Enter")
        sheet = viewer(page).locator("#page-6")
        mark = sheet.locator("path")
        expect(mark).to_be_in_viewport()
        assert mark.evaluate(MARKED_IN_VIEW)
        expect(sheet.locator("img")).to_have_js_property("naturalWidth", 800)
        paper, place = sheet.locator(".sheet").bounding_box(), mark.bounding_box()
        # the base line is 200 of 600 points above the foot, and the words begin 50 of 400 points from the left
        assert (place["x"] - paper["x"]) / paper["width"] == pytest.approx(50 / 400, abs=0.01)
        assert (place["y"] + place["height"] - paper["y"]) / paper["height"] == pytest.approx(400 / 600, abs=0.01)
        sheet.get_by_role("link", name="Next page").click()
        expect(viewer(page).locator("#page-7")).to_be_in_viewport()
        viewer(page).get_by_role("link", name="Back to the quote").click()
        expect(mark).to_be_in_viewport()
        viewer(page).get_by_label("Page").fill("12")
        viewer(page).get_by_role("button", name="Go").click()
        expect(viewer(page).locator("#page-12")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#pq-viewer")).not_to_be_visible()
        expect(link).to_be_focused()
        expect(page.locator(".pq-first blockquote")).to_have_text(DREDGED)


@pytest.mark.parametrize(("question", "quote"), [(WHO_KEEPER, KEEPER), (WHEN_BAKED, BAKED)])
def test_other_documents_open_as_text(browser: Browser, town: Town, question: str, quote: str) -> None:  # noqa: F811
    with opened(browser, town.address) as page:
        ask(page, question)
        page.locator(".pq-first .pq-open").click()
        mark = viewer(page).locator("mark#quote")
        expect(mark).to_have_text(quote)
        expect(mark).to_be_in_viewport()
        assert mark.evaluate(MARKED_IN_VIEW)
        page.get_by_role("button", name="Close").click()
        expect(page.locator("#pq-viewer")).not_to_be_visible()


def test_the_viewer_opens_in_a_tab_of_its_own(browser: Browser, town: Town) -> None:  # noqa: F811
    with opened(browser, town.address) as page:
        ask(page, WHO_KEEPER)
        page.locator(".pq-first .pq-open").click()
        expect(viewer(page).locator("mark#quote")).to_have_text(KEEPER)
        with page.context.expect_page() as opening:
            page.get_by_role("link", name="Open in a new tab").click()
        expect(opening.value).to_have_title("People of the town")
        assert opening.value.locator("mark#quote").evaluate(MARKED_IN_VIEW)


def test_a_quote_is_copied_with_its_citation(browser: Browser, town: Town) -> None:  # noqa: F811
    with opened(browser, town.address) as page:
        allow_copying(page)
        ask(page, WHEN_DREDGED)
        copy = page.get_by_role("button", name="Copy quote with citation").first
        copy.click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert clipboard(page) == f"“{DREDGED}”\n  — Minutes of the council, p. 6 (minutes.pdf)"
        expect(copy).to_have_text("Copy quote with citation", timeout=5_000)


def test_copying_works_where_the_clipboard_is_closed(browser: Browser, town: Town) -> None:  # noqa: F811
    """As on a page that another machine serves without TLS."""
    with opened(browser, town.address) as page:
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('closed')); }")
        ask(page, WHEN_BAKED)
        copy = page.get_by_role("button", name="Copy quote with citation").first
        copy.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Copied")).to_be_focused()
        question_box(page).press("Control+v")
        assert question_box(page).input_value().startswith(f"“{BAKED}”")


def test_a_link_opens_this_page_at_the_quote(browser: Browser, town: Town) -> None:  # noqa: F811
    with opened(browser, town.address) as page:
        allow_copying(page)
        ask(page, WHEN_DREDGED)
        page.get_by_role("button", name="Copy link", exact=True).first.click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        link = clipboard(page)
    asked = parse_qs(urlsplit(link).query)
    assert asked["source"] == [str(town.documents / "minutes.pdf")]
    assert {"start", "end"} <= asked.keys()
    with opened(browser, town.address) as page:
        page.goto(link)
        expect(viewer(page).locator("#page-6 path")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#pq-viewer")).not_to_be_visible()
        assert page.url == town.address
        page.goto(link.partition("&check=")[0])  # the place alone will do
        expect(viewer(page).locator("#page-6 path")).to_be_visible()


def test_a_link_asks_its_question(browser: Browser, town: Town) -> None:  # noqa: F811
    question = "When does the bakery of Ostrand open, <b>please</b> & thanks?"
    with opened(browser, town.address) as page:
        allow_copying(page)
        ask(page, question)
        page.get_by_role("button", name="Copy link to this question").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        link = clipboard(page)
    with opened(browser, town.address) as page:
        page.goto(link)
        expect(page.locator(".pq-first blockquote")).to_have_text(BAKED, timeout=60_000)
        expect(page.get_by_test_id("user")).to_have_text(question)
        assert page.url == town.address
        ask(page, WHO_KEEPER)


def test_a_hostile_document_is_text_in_the_viewer_too(browser: Browser, town: Town) -> None:  # noqa: F811
    with opened(browser, town.address) as page:
        ask(page, "What is the gatekeeper of Zanzibar named?")
        page.locator(".pq-card .pq-open").first.click()
        expect(viewer(page).locator("main")).to_have_text(HOSTILE)
        expect(viewer(page).locator("main").locator("img, script, style, a, div")).to_have_count(0)
        assert page.evaluate("document.querySelector('#pq-viewer iframe').contentWindow.hostile") is None
        page.get_by_role("button", name="Close").click()
        ask(page, WHEN_BAKED)


@pytest.mark.parametrize("dark", [False, True])
def test_the_viewer_fills_a_narrow_page_and_follows_its_colours(browser: Browser, town: Town, dark: bool) -> None:  # noqa: F811
    with opened(browser, town.address, width=390, dark=dark) as page:
        ask(page, WHEN_DREDGED)
        page.locator(".pq-first .pq-open").click()
        expect(viewer(page).locator("#page-6 path")).to_be_visible()
        assert page.locator("#pq-viewer").bounding_box()["width"] == 390
        body = viewer(page).locator("body")
        assert body.evaluate("document.documentElement.scrollWidth") == 390
        lightness = body.evaluate("Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])")
        assert lightness < 50 if dark else lightness > 200


def test_a_source_that_is_removed_after_the_answer_is_told(browser: Browser, town: Town) -> None:  # noqa: F811
    """The page that says so comes with the status 404, which the browser notes in its console; all else is quiet."""
    page = browser.new_page()
    page.goto(town.address)
    expect(question_box(page)).to_be_enabled(timeout=30_000)
    ask(page, WHEN_BAKED)
    remove = [sys.executable, "-m", "qa", "index", "--index", str(town.index), "--remove", "bakery.md"]
    remove[-1] = str(town.documents / "bakery.md")
    subprocess.run(remove, check=True, capture_output=True)
    page.locator(".pq-card .pq-open").first.click()
    expect(viewer(page).locator("main")).to_contain_text(GONE)
    viewer(page).locator("body").press("Escape")
    expect(page.locator("#pq-viewer")).not_to_be_visible()
    expect(page.locator(".pq-first blockquote")).to_have_text(BAKED)
    ask(page, WHO_KEEPER)
    expect(page.locator(".pq-first blockquote").last).to_have_text(KEEPER)
    page.close()
