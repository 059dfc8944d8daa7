"""The page without a browser: what it shows."""

import html
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from gradio.components.chatbot import ChatbotDataMessages, ComponentMessage, TextMessage
from gradio.components.chatbot import Message as ChatMessage
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import PathError, QuestionError
from corpus.records import Failure
from index.feedback import Vote
from index.records import KeptDocument
from qa.cite import DIFFERENT, NOT_ANSWERED, citation, confidence_in_words
from qa.page import ask_tab
from qa.page.asking import UNEXPECTED, earlier_messages, reply_to
from qa.page.escape import literal, name
from qa.page.header import LISTED, header
from qa.page.message import CLOSEST, UNSURE, answer_mark, answer_message, problem_message
from qa.page.sources import GONE, NO_SOURCES, source_cards
from qa.page.stages import LOOKING, replies, stage_message
from qa.records import Answer, DocumentRecord, Quote
from qa.settings import Settings

TEXT = "It rained. The *cost* was <b>5</b> $. It stopped."
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">[a](http://evil.example)\n# b\t`c`'


def quote(start: int = 11, end: int = 37, confidence: float = 0.9, **changed: object) -> Quote:
    values = {
        "text": TEXT[start:end],
        "source": "/home/a/report.pdf",
        "title": "Report",
        "page": 3,
        "heading": "Costs",
        "passage_start": 0,
        "passage_end": len(TEXT),
    }
    return Quote(**{**values, **changed}, start=start, end=end, confidence=confidence)


def answer(*quotes: Quote, answered: bool = True, understood: str = "How much?") -> Answer:
    return Answer("How much?", understood, answered, quotes[0].confidence if quotes else 0.0, quotes)


class Bot:
    """Answers every question with the same quote, and keeps what it was asked."""

    documents = (DocumentRecord("/home/a/report.pdf", "Report", "pdf", 4, 1200, "2026-01-01T00:00:00Z"),)
    failures: tuple[Failure, ...] = ()
    settings = Settings()
    index_folder = Path("/nowhere/at/all")

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked: list[tuple[str, Sequence[Mapping[str, str]]]] = []
        self.sources: object = None
        self.changed: dict[str, str] = {}

    def ask(
        self,
        question: str,
        history: Sequence[Mapping[str, str]] = (),
        *,
        sources: object = None,
        on_stage: Callable[[str], None] | None = None,
    ) -> Answer:
        self.asked.append((question, history))
        self.sources = sources
        if on_stage:
            on_stage("searching")
        if self.error:
            raise self.error
        return answer(quote())

    def text(self, source: str) -> str:
        assert source == "/home/a/report.pdf"
        return TEXT

    def stale(self, sources: Sequence[str] | None = None) -> dict[str, str]:
        return {source: state for source, state in self.changed.items() if sources is None or source in sources}

    def document(self, source: str) -> KeptDocument:
        raise PathError(f"no document {source!r} in the index")

    def example_questions(self) -> tuple[str, ...]:
        return ("How much?", "Where </script>?")

    def feedback(self, answer: Answer, verdict: str, **said: object) -> Vote:
        raise NotImplementedError

    def retract(self, vote_id: str) -> bool:
        raise NotImplementedError


@given(st.text())
def test_any_text_is_shown_as_it_is_and_on_one_line(text: str) -> None:
    shown = literal(text)
    assert html.unescape(shown) == html.unescape(html.escape(text).replace("\r", "&#13;"))
    assert not set(shown) & set("<>\"'\n\r\t")


def test_a_name_cannot_turn_the_writing_direction() -> None:
    assert name("a\u202etxt.exe <b>") == "<bdi>a\ufffdtxt.exe &lt;b&gt;</bdi>"


def test_a_sure_answer_is_the_quote_and_its_citation() -> None:
    shown = answer_message(answer(quote()))
    assert "The *cost* was &lt;b&gt;5&lt;/b&gt; $.</blockquote>" in shown
    assert "<bdi>Report</bdi>, <bdi>p. 3</bdi>, <bdi>“Costs”</bdi>" in shown
    assert "<bdi>report.pdf</bdi>" in shown
    assert not any(words in html.unescape(shown) for words in (UNSURE, CLOSEST, "Searched for", "further quote"))


def test_a_less_sure_answer_says_so() -> None:
    assert UNSURE in answer_message(answer(quote(confidence=0.79)))
    assert UNSURE not in answer_message(answer(quote(confidence=0.8)))


def test_a_quote_that_differs_stands_beside_the_first() -> None:
    """It is announced, keeps its number, and is not among the further ones."""
    shown = html.unescape(answer_message(replace(answer(quote(), quote(), quote()), differing=(2,))))
    assert DIFFERENT in shown
    assert shown.count("pq-first") == 2
    assert shown.count("pq-further") == 1
    assert shown.index(DIFFERENT) < shown.index("Show source </span>3<") < shown.index("<details")


def test_a_refusal_shows_the_closest_passages_as_no_answer() -> None:
    shown = html.unescape(answer_message(answer(quote(confidence=0.1), quote(0, 10, 0.05), answered=False)))
    assert CLOSEST in shown
    assert "pq-unanswered" in shown
    assert "pq-first" not in shown
    assert shown.index("The *cost*") < shown.index("1 more passage, no answer either") < shown.index("It rained.")
    assert "2 more passages, no answer either" in answer_message(answer(quote(), quote(), quote(), answered=False))


@pytest.mark.parametrize(
    ("confidence", "answered", "level"), [(0.8, True, "pq-sure"), (0.79, True, "pq-unsure"), (0.9, False, "pq-refused")]
)
def test_confidence_is_a_bar_words_and_a_number(confidence: float, answered: bool, level: str) -> None:
    asked = answer(quote(confidence=confidence), answered=answered)
    for shown in (answer_message(asked), source_cards(asked, lambda source: TEXT)):
        assert f'<p class="pq-confidence {level}"><i class="pq-bar" style="--share:{confidence:.0%}"></i>' in shown
        assert confidence_in_words(asked, asked.quotes[0]) in html.unescape(shown)
        assert f">{confidence:.0%}</span>" in shown


def test_the_cards_of_a_refusal_say_that_they_are_no_answer() -> None:
    assert CLOSEST in source_cards(answer(quote(), answered=False), lambda source: TEXT)
    assert CLOSEST not in source_cards(answer(quote()), lambda source: TEXT)


def test_an_answer_and_its_sources_belong_together() -> None:
    first, second = answer(quote()), answer(quote(confidence=0.5))
    assert answer_mark(first) in answer_message(first)
    assert answer_mark(first) in source_cards(first, lambda source: TEXT)
    assert answer_mark(first) != answer_mark(second)


def test_a_card_can_be_opened_and_copied() -> None:
    shown = html.unescape(source_cards(answer(quote()), lambda source: TEXT))
    assert 'href="view?source=%2Fhome%2Fa%2Freport.pdf&start=11&end=37&check=' in shown
    assert f'<span class="pq-clip" hidden>“{TEXT[11:37]}”\n  — Report, p. 3, “Costs” (report.pdf)</span>' in shown


def test_what_is_done_is_told_while_it_is_done() -> None:
    assert stage_message(["searching"]).count("<li") == 1
    shown = stage_message(["searching", "reading"])
    assert '<li class="pq-done">Searched the documents</li>' in shown
    assert '<li class="pq-now">Reading the best passages …</li>' in shown


def test_a_quote_over_several_blocks_is_marked_in_each() -> None:
    text = "It rained.\n\nIt stopped."
    shown = source_cards(answer(quote(0, len(text), text=text, passage_end=len(text))), lambda source: text)
    assert "<mark>It rained.</mark>&#10;&#10;<mark>It stopped.</mark>" in shown


def test_a_refusal_without_any_passage() -> None:
    shown = html.unescape(answer_message(answer(answered=False)))
    assert NOT_ANSWERED in shown
    assert "closest" not in shown


def test_further_quotes_are_numbered_and_no_more_than_two() -> None:
    shown = answer_message(answer(*[quote() for _ in range(5)]))
    assert shown.count("pq-further") == 2
    assert [f"Show source </span>{number}</button>" in shown for number in (1, 2, 3, 4)] == [True, True, True, False]
    assert shown.index("Show source </span>1<") < shown.index("<details") < shown.index("Show source </span>2<")
    assert "<summary>2 further quotes</summary>" in shown
    assert "<summary>1 further quote</summary>" in answer_message(answer(quote(), quote()))


def test_a_follow_up_shows_what_was_searched_for() -> None:
    shown = answer_message(answer(quote(), understood="How much is <it>?"))
    assert "Searched for: <bdi>How much is &lt;it&gt;?</bdi>" in shown


def test_a_problem_is_told_as_text() -> None:
    assert problem_message("no <such> thing") == (
        '<div class="pq-message pq-problem"><p>no &lt;such&gt; thing</p></div>'
    )


def test_a_card_marks_the_quote_in_its_passage() -> None:
    shown = source_cards(answer(quote()), lambda source: TEXT)
    assert "It rained. <mark>The *cost* was &lt;b&gt;5&lt;/b&gt; $.</mark> It stopped." in shown
    assert "Very likely answers the question" in shown
    assert "90%" in shown


def test_a_card_shows_hostile_text_as_text() -> None:
    hostile = quote(0, len(HOSTILE), text=HOSTILE, title=HOSTILE, source=HOSTILE, heading=HOSTILE, passage_end=99)
    for shown in (source_cards(answer(hostile), lambda source: HOSTILE), answer_message(answer(hostile))):
        assert "<script" not in shown
        assert "<img" not in shown
        assert "\n" not in shown
        assert shown.startswith("<div")


def test_a_document_that_is_gone_leaves_the_quote() -> None:
    def text_of(source: str) -> str:
        raise PathError(f"no document {source}")

    shown = source_cards(answer(quote()), text_of)
    assert GONE in shown
    assert "<mark>The *cost*" in shown


def test_no_quotes_no_cards() -> None:
    assert source_cards(answer(answered=False), lambda source: TEXT) == NO_SOURCES


def test_confidence_in_words() -> None:
    first, second, third = quote(confidence=0.4), quote(0, 10, 0.6), quote(0, 10, 0.3)
    asked = answer(first, second, third)
    assert confidence_in_words(asked, quote(confidence=0.8)) == "Very likely answers the question"
    assert confidence_in_words(asked, first) == "May answer the question"
    assert confidence_in_words(asked, second) == "May answer the question"
    assert confidence_in_words(asked, third) == "Related, probably not the answer"
    refused = answer(quote(confidence=0.9), answered=False)
    assert confidence_in_words(refused, refused.quotes[0]) == "Closest passage, probably not an answer"


def test_a_citation_names_page_heading_and_file() -> None:
    assert citation(quote()) == "Report, p. 3, “Costs” (report.pdf)"
    assert citation(quote(page=None, heading="Report")) == "Report (report.pdf)"


def test_the_header_counts_what_is_searched() -> None:
    assert "Searching 1 document, 1,200 passages" in header(Bot())


def test_the_header_lists_what_could_not_be_read() -> None:
    bot = Bot()
    bot.documents = ()
    bot.failures = tuple(Failure(f"<{number}>.pdf", "needs a password") for number in range(LISTED + 1))
    shown = header(bot)
    assert "No documents yet" in shown
    assert f"{LISTED + 1} files could not be read" in shown
    assert "<bdi>&lt;0&gt;.pdf</bdi>: <bdi>needs a password</bdi>" in shown
    assert "and 1 more" in shown
    assert shown.count("<li>") == LISTED + 1


def test_the_header_lists_a_few_failures_whole() -> None:
    bot = Bot()
    bot.failures = (Failure("a.pdf", "needs a password"),)
    shown = header(bot)
    assert "1 file could not be read" in shown
    assert "more" not in shown


def test_a_question_is_asked_with_what_was_said_before_it() -> None:
    """The questions, and the first quote of what was answered; a message that remembers no answer is none."""
    bot = Bot()
    answered = reply_to(bot, "Which report?", []).message
    history = [
        {"role": "user", "content": [{"type": "text", "text": "Which report?"}, {"type": "file", "file": {}}]},
        {"role": "assistant", "content": [{"type": "text", "text": answered}]},
        {"role": "user", "content": "Of which year?"},
        {"role": "assistant", "content": [{"type": "text", "text": "<div>...</div>"}]},
        {"role": "user"},
    ]
    reply = reply_to(bot, "How much?", history)
    earlier = [
        {"role": "user", "content": "Which report?"},
        {"role": "assistant", "content": quote().text},
        {"role": "user", "content": "Of which year?"},
        {"role": "user", "content": ""},
    ]
    assert bot.asked[-1] == ("How much?", earlier)
    assert earlier_messages(history) == earlier
    assert "<blockquote" in reply.message
    assert "<mark>" in reply.sources


def test_a_question_is_asked_of_the_chosen_documents_and_the_reply_says_so() -> None:
    bot = Bot()
    reply_to(bot, "How much?", [], [])
    assert bot.sources is None
    reply = reply_to(bot, "How much?", [], ["/a/report.pdf", "/b/<x>.md", "/c/d.txt", "/e"])
    assert bot.sources == ["/a/report.pdf", "/b/<x>.md", "/c/d.txt", "/e"]
    assert "Asked of <bdi>report.pdf</bdi>, <bdi>&lt;x&gt;.md</bdi>, <bdi>d.txt</bdi> and 1 more</p>" in reply.message


@pytest.mark.parametrize(("state", "told"), [("changed", "has changed since"), ("gone", "is gone since")])
def test_a_quote_from_a_file_that_is_no_longer_as_it_was_is_marked(state: str, told: str) -> None:
    bot = Bot()
    assert "pq-stale" not in reply_to(bot, "How much?", []).message + reply_to(bot, "How much?", []).sources
    bot.changed = {"/home/a/report.pdf": state}
    reply = reply_to(bot, "How much?", [])
    for shown in (reply.message, reply.sources):
        assert f"The file {told} it was read; the quote is from the text as it was then." in shown


def test_an_error_becomes_a_sentence() -> None:
    reply = reply_to(Bot(QuestionError("the question is empty; ask <something>")), "", [])
    assert "<p>The question is empty; ask &lt;something&gt;.</p>" in reply.message
    assert reply.sources == NO_SOURCES


def test_a_reply_comes_after_what_is_done_for_it() -> None:
    stage, reply = replies(lambda tell: reply_to(Bot(), "How much?", [], on_stage=tell))
    assert stage.message == stage_message(["searching"])
    assert stage.sources == LOOKING
    assert reply == reply_to(Bot(), "How much?", [])


def test_a_fault_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        reply = reply_to(Bot(ZeroDivisionError("secret detail")), "How much?", [])
    assert f"<p>{UNEXPECTED}</p>" in html.unescape(reply.message)
    assert "secret" not in reply.message
    assert "secret detail" in caplog.text


def test_the_chat_shows_what_was_typed_and_gives_it_back() -> None:
    chatbot = ask_tab._chatbot()
    typed = [{"role": "user", "content": "a <b> & &lt; *c*"}, {"role": "assistant", "content": "<div>d</div>"}]
    shown = chatbot.postprocess(typed)
    assert [message.content[0].text for message in shown.root] == ["a &lt;b&gt; &amp; &amp;lt; *c*", "<div>d</div>"]
    given = [(message["role"], message["content"][0]["text"]) for message in chatbot.preprocess(shown)]
    assert given == [(message["role"], message["content"]) for message in typed]
    assert chatbot.preprocess(None) == []


def test_the_chat_takes_nothing_but_text() -> None:
    forged = ComponentMessage(component="file", value="/etc/hostname", constructor_args={}, props={})
    messages = ChatbotDataMessages(root=[ChatMessage(role="user", content=[forged, TextMessage(text="a")])])
    (taken,) = ask_tab._chatbot().preprocess(messages)
    assert [part["type"] for part in taken["content"]] == ["text"]
