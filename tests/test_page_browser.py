"""The page as a person meets it: a real Chromium on a server that was started as a user starts it."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from qa.cite import NOT_ANSWERED

pytestmark = pytest.mark.browser

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
if not CHROMIUM and os.environ.get("PULLQUOTE_REQUIRE_BROWSER") != "1":
    pytest.skip("no Chromium found (Debian: apt install chromium)", allow_module_level=True)
CHROMIUM_OPTIONS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync "
    "--no-first-run --disable-quic"
).split()
STARTS_WITHIN_SECONDS = 120
SIGNED = "President Heydar Aliyev signed the Partnership for Peace document for Azerbaijan in 1994."
HOSTILE_NAME = "invoice \u202etxt.exe <img src=x onerror=alert(1)>.txt"
HOSTILE = (
    "The gatekeeper of Zanzibar is named <script>window.hostile = 1</script> Mirembe "
    '<img src="http://evil.example/a.png" onerror="window.hostile = 2"> and *stars* _lines_ `ticks` $x$ $$y$$ |bars| '
    "[a link](http://evil.example/b) ![a picture](http://evil.example/c.png) http://evil.example/d www.evil.example "
    '<style>body { display: none }</style><div style="position:fixed;inset:0;z-index:9">covered</div> &amp; &lt;b&gt;'
)


@contextmanager
def served(folder: Path, *paths: Path) -> Iterator[str]:
    """Run `pullquote chat` on the bundled documents, or on paths; yield the address that it prints."""
    log = folder / "chat.log"
    command = [sys.executable, "-m", "qa", "chat", "--no-browser", "--port", "0", "--index", str(folder / "index")]
    with log.open("w") as output, subprocess.Popen([*command, *map(str, paths)], stderr=output) as server:
        try:
            deadline = time.monotonic() + STARTS_WITHIN_SECONDS
            while not (ready := re.search(r"http://127\.0\.0\.1:\d+/", log.read_text())):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the page did not start: {log.read_text()}")
                time.sleep(0.1)
            yield ready.group()
        finally:
            server.terminate()
    assert "Traceback" not in log.read_text(), log.read_text()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.fail("no Chromium found; install it (Debian: apt install chromium) or name it in CHROMIUM")
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def bundled(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("bundled")) as address:
        yield address


@pytest.fixture(scope="module")
def hostile(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hostile")
    documents = folder / "documents"
    documents.mkdir()
    (documents / HOSTILE_NAME).write_text(HOSTILE, encoding="utf-8")
    (documents / "broken <i>file.pdf").write_text("%PDF-1.7 nothing behind it")
    with served(folder, documents) as address:
        yield address


@contextmanager
def opened(
    browser: Browser, address: str, *, width: int = 1280, dark: bool = False, tolerated: Collection[str] = ()
) -> Iterator[Page]:
    """Open the page; fail if it complained, asked another machine for anything, or was refused something."""
    complaints: list[str] = []
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light", reduced_motion="reduce"
    )
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda sent: None if sent.url.startswith((address, "data:")) else complaints.append(sent.url))
    page.on("response", lambda got: complaints.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    page.goto(address)
    expect(question_box(page)).to_be_enabled(timeout=30_000)
    yield page
    context.close()
    assert [said for said in complaints if said not in tolerated] == []


def question_box(page: Page):
    return page.get_by_label("Your question")


def ask(page: Page, question: str) -> None:
    """Ask, and wait for the answer."""
    answers = page.locator(".pq-message").count()
    question_box(page).fill(question)
    question_box(page).press("Enter")
    expect(page.locator(".pq-message")).to_have_count(answers + 1, timeout=60_000)
    expect(question_box(page)).to_be_enabled()


def test_a_question_is_answered_with_a_quote_its_citation_and_its_source(browser: Browser, bundled: str) -> None:
    with opened(browser, bundled) as page:
        expect(page).to_have_title("Pullquote")
        expect(page.get_by_text(re.compile(r"Searching 6 documents, \d+ passages"))).to_be_visible()
        ask(page, "Who signed the Partnership for Peace document?")
        expect(page.locator(".pq-first blockquote")).to_have_text(SIGNED)
        expect(page.locator(".pq-first .pq-cite")).to_contain_text("growth-of-the-partnership.md")
        card = page.locator(".pq-card").first
        expect(card.locator("mark")).to_have_text(SIGNED)
        expect(card.locator(".pq-passage")).to_contain_text(SIGNED)
        expect(card.locator(".pq-confidence")).to_have_text(re.compile(r"answer.* ?\d+%"))
        quotes = page.locator(".pq-message blockquote").all_text_contents()  # two of them are folded
        assert page.locator(".pq-card mark").all_inner_texts() == quotes


def test_what_the_documents_do_not_say_is_refused(browser: Browser, bundled: str) -> None:
    with opened(browser, bundled) as page:
        ask(page, "Who won the football world cup in 1998?")
        expect(page.locator(".pq-refusal")).to_contain_text(NOT_ANSWERED)
        expect(page.locator(".pq-first")).to_have_count(0)
        expect(page.locator(".pq-confidence").first).to_contain_text("probably not an answer")


def test_an_example_is_asked_by_a_click_and_the_examples_make_way(browser: Browser, bundled: str) -> None:
    with opened(browser, bundled) as page:
        examples = page.get_by_role("button", name=re.compile("Select example"))
        expect(examples).not_to_have_count(0)
        question = examples.nth(1).inner_text()
        examples.nth(1).click()
        expect(page.locator(".pq-first blockquote")).to_be_visible(timeout=60_000)
        expect(page.get_by_test_id("user")).to_have_text(question)
        expect(examples).to_have_count(0)


def test_a_follow_up_says_what_was_searched_for(browser: Browser, bundled: str) -> None:
    with opened(browser, bundled) as page:
        ask(page, "Who signed the Partnership for Peace document?")
        expect(page.locator(".pq-understood")).to_have_count(0)
        ask(page, "And when was that?")
        expect(page.locator(".pq-understood")).to_contain_text("Searched for:")
        expect(page.locator(".pq-understood")).to_contain_text("Partnership for Peace")


def test_undo_and_clear_empty_the_sources_and_retry_fills_them(browser: Browser, bundled: str) -> None:
    with opened(browser, bundled) as page:
        cards, messages = page.locator(".pq-card"), page.locator(".pq-message")
        ask(page, "Who signed the Partnership for Peace document?")
        ask(page, "Which embassy is NATO's contact point?")
        page.get_by_role("button", name="Undo").click()
        expect(cards).to_have_count(0)
        expect(messages).to_have_count(1)
        expect(question_box(page)).to_have_value("Which embassy is NATO's contact point?")
        page.get_by_role("button", name="Retry").click()
        expect(cards.locator("mark").first).to_have_text(SIGNED, timeout=60_000)
        expect(messages).to_have_count(1)
        expect(question_box(page)).to_be_enabled()
        page.get_by_role("button", name="Clear").click()
        expect(cards).to_have_count(0)
        expect(messages).to_have_count(0)
        expect(page.get_by_role("button", name=re.compile("Select example"))).not_to_have_count(0)


def test_a_question_that_cannot_be_asked_gets_a_friendly_message(browser: Browser, bundled: str) -> None:
    with opened(browser, bundled) as page:
        ask(page, "Who signed the Partnership for Peace document?")
        ask(page, "x" * 2001)
        expect(page.locator(".pq-problem")).to_have_text(re.compile("2,001 characters.*2,000"))
        ask(page, "   ")
        expect(page.locator(".pq-problem").last).to_contain_text("The question is empty")
        expect(page.locator(".pq-first blockquote")).to_have_text(SIGNED)


def test_what_the_user_types_is_shown_as_it_was_typed(browser: Browser, bundled: str) -> None:
    with opened(browser, bundled) as page:
        typed = "What is <b>NATO</b> &amp; a *programme* of __init__ `code` <script>window.hostile = 3</script>?"
        ask(page, typed)
        expect(page.get_by_test_id("user")).to_have_text(typed)
        page.get_by_role("button", name="Undo").click()
        expect(question_box(page)).to_have_value(typed)
        assert page.evaluate("window.hostile") is None


@pytest.mark.parametrize(
    ("question", "told"), [("x" * 2001, "2,001 characters"), ("", "question is empty"), (None, "question is empty")]
)
def test_the_limits_hold_for_programs_too(bundled: str, question: str | None, told: str) -> None:
    body = json.dumps({"data": [question]}).encode()
    request = urllib.request.Request(
        f"{bundled}gradio_api/call/chat", body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as response:
        event = json.load(response)["event_id"]
    with urllib.request.urlopen(f"{bundled}gradio_api/call/chat/{event}") as response:
        answer = response.read().decode()
    assert told in answer.partition("event: complete")[2]


def test_a_hostile_document_is_shown_as_text(browser: Browser, hostile: str) -> None:
    with opened(browser, hostile) as page:
        ask(page, "What is the gatekeeper of Zanzibar named?")
        card = page.locator(".pq-card").first
        shown = [page.locator(".pq-message blockquote").all_inner_texts(), card.locator(".pq-passage").inner_text()]
        assert shown[0][0] in HOSTILE
        assert shown[1] == HOSTILE
        name = HOSTILE_NAME.replace("\u202e", "\ufffd")
        expect(page.locator(".pq-cite").first).to_contain_text(name)
        expect(card.locator(".pq-file")).to_have_text(name)
        page.get_by_text("1 file could not be read").click()
        expect(page.get_by_text("broken <i>file.pdf")).to_be_visible()
        assert page.evaluate("window.hostile") is None
        assert (
            page.locator(".pq-message, .pq-card")
            .locator("img, script, style, a:not(.pq-open), em, strong, code")
            .count()
            == 0
        )
        expect(question_box(page)).to_be_visible()
        ask(page, "Does the page still work?")


def test_a_page_without_examples_invites_all_the_same(browser: Browser, hostile: str) -> None:
    with opened(browser, hostile) as page:
        expect(page.get_by_text("Ask a question about your documents")).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("Select example"))).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True])
def test_a_narrow_page_does_not_scroll_sideways_and_has_the_sources_below(
    browser: Browser, bundled: str, dark: bool
) -> None:
    with opened(browser, bundled, width=390, dark=dark) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        ask(page, "Who signed the Partnership for Peace document?")
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        chat, sources = page.locator("#pq-chat").bounding_box(), page.locator(".pq-card").first.bounding_box()
        assert sources["y"] > chat["y"] + chat["height"]
        assert chat["x"] + chat["width"] <= 390


def test_the_system_chooses_light_or_dark(browser: Browser, bundled: str) -> None:
    lightness = "Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"
    with opened(browser, bundled) as page:
        assert page.evaluate(lightness) > 200
    with opened(browser, bundled, dark=True) as page:
        assert page.evaluate(lightness) < 50


def test_the_keyboard_is_enough(browser: Browser, bundled: str) -> None:
    with opened(browser, bundled) as page:
        expect(question_box(page)).to_be_focused()
        example = page.get_by_role("button", name=re.compile("Select example")).first
        for _ in range(12):
            if example.evaluate("element => element === document.activeElement"):
                break
            page.keyboard.press("Shift+Tab")
        expect(example).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".pq-first blockquote")).to_be_visible(timeout=60_000)
        expect(page.get_by_role("status").filter(has_text=SIGNED)).to_have_attribute("aria-live", "polite")
        expect(page.get_by_role("group", name="Answer")).to_contain_text(SIGNED)
        page.locator(".pq-card").first.focus()
        expect(page.locator(".pq-card").first).to_be_focused()
