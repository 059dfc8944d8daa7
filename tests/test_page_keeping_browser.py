"""Keeping, voting and the chat's controls, as a person with a browser meets them."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.axe import findings
from tests.test_page_browser import SIGNED, ask, chromium, opened, question_box, served

pytestmark = pytest.mark.browser

QUESTION = "Who signed the Partnership for Peace document?"
UNANSWERABLE = "Who won the football world cup in 1998?"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def bundled(browser: Browser, index: Path) -> Iterator[str]:
    with served(index) as address:
        yield address


@contextmanager
def ready(browser: Browser, address: str, **options: object) -> Iterator[Page]:
    """Open the page and wait until the examples are there."""
    with opened(browser, address, **options) as page:
        expect(page.locator(".example")).not_to_have_count(0)
        # and until the page's own script has mended what is said of them
        expect(page.locator("#pq-chat .examples[role=group]")).to_have_count(1)
        yield page


def votes(index: Path) -> list[tuple[str, str, str, str]]:
    database = sqlite3.connect(index / "index" / "catalog.sqlite")
    try:
        if not database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'feedback'").fetchall():
            return []
        return database.execute("SELECT question, verdict, reason, comment FROM feedback ORDER BY rowid").fetchall()
    finally:
        database.close()


def remembered(page: Page) -> int:
    """Return how many characters the browser keeps of the conversation."""
    return page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('pullquote')).map(k => localStorage[k])")[
        0
    ].__len__()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (390, False), (390, True)])
def test_no_serious_finding_of_axe(browser: Browser, bundled: str, width: int, dark: bool) -> None:
    with ready(browser, bundled, width=width, dark=dark) as page:
        assert findings(page) == []
        ask(page, QUESTION)
        page.wait_for_timeout(500)  # for colours that fade in
        assert findings(page) == []
        page.get_by_role("button", name="Dislike").click()
        expect(page.get_by_role("button", name="Send")).to_be_visible()
        page.wait_for_timeout(500)
        assert findings(page) == []
        page.get_by_role("button", name="Disliked").click()
        page.get_by_role("button", name="Edit").click()
        assert findings(page) == []
        page.get_by_role("button", name="Cancel").click()
        ask(page, UNANSWERABLE)
        page.wait_for_timeout(500)
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_axe_finds_what_is_wrong(browser: Browser, bundled: str) -> None:
    with ready(browser, bundled) as page:
        page.evaluate("document.querySelector('.pq-header').insertAdjacentHTML('beforeend', '<button></button>')")
        assert [found.split()[0] for found in findings(page)] == ["button-name"]


def test_a_vote_is_given_explained_changed_and_taken_back(browser: Browser, bundled: str, index: Path) -> None:
    before = votes(index)
    with ready(browser, bundled) as page:
        ask(page, QUESTION)
        page.get_by_role("button", name="Like", exact=True).click()
        expect(page.get_by_text("Thank you, noted.")).to_be_visible()
        assert votes(index) == [*before, (QUESTION, "up", "", "")]
        page.get_by_role("button", name="Dislike", exact=True).click()
        page.get_by_label("The answer stands somewhere else").check()
        page.get_by_label("In your own words").fill("<b>page</b> 3")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("button", name="Send")).to_have_count(0)
        expect(page.get_by_text("It is kept in the index")).to_be_visible()
        assert votes(index) == [*before, (QUESTION, "down", "wrong-place", "<b>page</b> 3")]
        page.reload()
        expect(page.get_by_role("button", name="Disliked")).to_be_visible()
        page.get_by_role("button", name="Disliked").click()
        expect(page.get_by_role("button", name="Dislike", exact=True)).to_be_visible()
        ask(page, UNANSWERABLE)  # by then the vote is gone
        assert votes(index) == before
        expect(page.get_by_role("button", name="Dislike", exact=True)).to_have_count(2)


def test_a_new_answer_does_not_inherit_the_thumb_of_an_old_one(browser: Browser, bundled: str) -> None:
    with ready(browser, bundled) as page:
        ask(page, QUESTION)
        page.get_by_role("button", name="Like", exact=True).click()
        expect(page.get_by_role("button", name="Liked")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".pq-message")).to_have_count(0)
        ask(page, UNANSWERABLE)
        expect(page.get_by_role("button", name="Liked")).to_have_count(0)


def test_a_conversation_survives_a_reload_and_clear_forgets_it(browser: Browser, bundled: str) -> None:
    with ready(browser, bundled) as page:
        empty = remembered(page)
        ask(page, QUESTION)
        ask(page, "And when was that?")
        page.reload()
        expect(page.locator(".pq-message")).to_have_count(2)
        expect(page.get_by_test_id("user").first).to_have_text(QUESTION)
        expect(page.locator(".pq-first blockquote").first).to_have_text(SIGNED)
        expect(page.locator(".pq-understood")).to_contain_text("Partnership for Peace")
        expect(page.locator(".pq-card")).not_to_have_count(0)
        ask(page, "What does the Partnership Action Plan on Terrorism cover?")  # the conversation goes on
        expect(page.locator(".pq-message")).to_have_count(3)
        assert remembered(page) > empty
        page.get_by_role("button", name="Clear").click()
        expect(page.locator(".pq-message")).to_have_count(0)
        page.wait_for_function(
            "size => Object.keys(localStorage).filter(k => k.startsWith('pullquote')).every("
            "k => localStorage[k].length === size)",
            arg=empty,
        )
        page.reload()
        expect(page.locator(".example")).not_to_have_count(0)
        expect(page.locator(".pq-message")).to_have_count(0)


def test_a_conversation_is_saved_with_full_citations(browser: Browser, bundled: str, tmp_path: Path) -> None:
    with opened(browser, bundled) as page:
        buttons = page.get_by_role("group", name="Save this conversation")
        expect(buttons).to_have_count(0)
        ask(page, QUESTION)
        ask(page, UNANSWERABLE)
        kept = {}
        for name, suffix in (("Markdown", "md"), ("HTML", "html"), ("JSON", "json")):
            with page.expect_download() as download:
                buttons.get_by_role("button", name=name).click()
            assert download.value.suggested_filename == f"conversation.{suffix}"
            download.value.save_as(tmp_path / f"kept.{suffix}")
            kept[suffix] = (tmp_path / f"kept.{suffix}").read_text("utf-8")
            expect(buttons.get_by_role("status")).to_have_text(f"Saved as conversation.{suffix}")
        assert all(SIGNED in text and UNANSWERABLE in text for text in kept.values())
        quote = json.loads(kept["json"])["turns"][0]["answer"]["quotes"][0]
        assert (quote["text"], Path(quote["source"]).name) == (SIGNED, "growth-of-the-partnership.md")


def test_a_question_is_edited_in_the_words_in_which_it_was_typed(browser: Browser, bundled: str) -> None:
    with ready(browser, bundled) as page:
        typed = 'What\'s <i>the</i> "cost" &amp; why?'
        ask(page, typed)
        page.get_by_role("button", name="Edit").click()
        box = page.get_by_label("Your question, to be changed")
        expect(box).to_have_value(typed)
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_test_id("user")).to_have_text(typed)
        page.get_by_role("button", name="Edit").click()
        box.fill(QUESTION)
        page.get_by_role("button", name="Submit").click()
        expect(page.locator(".pq-first blockquote").first).to_have_text(SIGNED, timeout=60_000)
        expect(page.get_by_test_id("user")).to_have_text(QUESTION)
        expect(page.locator(".pq-message")).to_have_count(1)
        expect(question_box(page)).to_be_enabled()
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


def test_shift_enter_breaks_a_line_and_enter_sends(browser: Browser, bundled: str) -> None:
    with ready(browser, bundled) as page:
        question_box(page).fill("Who signed the")
        question_box(page).press("Shift+Enter")
        page.keyboard.type("Partnership for Peace document?")
        expect(question_box(page)).to_have_value("Who signed the\nPartnership for Peace document?")
        expect(page.get_by_test_id("user")).to_have_count(0)
        question_box(page).press("Enter")
        expect(page.locator(".pq-first blockquote").first).to_have_text(SIGNED, timeout=60_000)
        assert page.get_by_test_id("user").inner_text() == "Who signed the\nPartnership for Peace document?"


@pytest.mark.parametrize("end", ["Clear", "Stop"])
def test_no_answer_comes_after_clear_or_stop(browser: Browser, tmp_path: Path, end: str) -> None:
    # a server of its own: its first answer waits for the reader to be loaded, and so is still on its way
    with served(tmp_path) as address, ready(browser, address) as page:
        question_box(page).fill("Partnership " * 160)
        question_box(page).press("Enter")
        expect(page.get_by_test_id("user")).to_have_count(1)
        page.get_by_role("button", name=end).click()
        expect(question_box(page)).to_be_enabled()
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
        page.wait_for_timeout(3_000)
        expect(page.locator(".pq-message")).to_have_count(0)
        expect(page.locator(".pq-card")).to_have_count(0)
        expect(page.get_by_test_id("user")).to_have_count(0 if end == "Clear" else 1)
        ask(page, QUESTION)
        expect(page.locator(".pq-first blockquote").first).to_have_text(SIGNED)


def test_what_cannot_be_asked_leaves_the_conversation_intact(browser: Browser, bundled: str) -> None:
    with ready(browser, bundled) as page:
        ask(page, QUESTION)
        for question, told in (("x" * 2001, "2,001 characters"), ("   ", "The question is empty")):
            ask(page, question)
            expect(page.locator(".pq-problem").last).to_contain_text(told)
        ask(page, "\x00\x07 \U0001f9ea \u202e?!")
        expect(page.locator(".pq-first blockquote").first).to_have_text(SIGNED)
        page.reload()
        expect(page.locator(".pq-message")).to_have_count(4)
        expect(page.locator(".pq-problem")).to_have_count(2)


def test_examples_come_from_the_users_own_documents(browser: Browser, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "tower.md").write_text(
        "# The tower\n\n## How high is the <b>tower</b>?\n\nThe tower is 93 metres high.\n\n"
        "## When did the tower open?\n\nThe tower opened in 1889, after two years of work.\n",
        "utf-8",
    )
    with served(tmp_path, papers) as address, opened(browser, address) as page:
        example = page.locator(".example", has_text=re.compile("When did the tower open"))
        expect(example).to_be_visible(timeout=30_000)
        example.click()
        expect(page.locator(".pq-first blockquote").first).to_contain_text("opened in 1889", timeout=60_000)
        assert page.locator(".example b").count() == 0
