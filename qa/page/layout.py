"""The page itself: the one place that knows Gradio."""

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI
from gradio.components.chatbot import ChatbotDataMessages, TextMessage

from qa.page.asking import reply_to
from qa.page.bot import Bot
from qa.page.escape import literal
from qa.page.header import header
from qa.page.sources import NO_SOURCES

TITLE = "Pullquote"
SCRIPT = "pullquote.js"
INVITATION = "Ask your documents a question"
WELCOME = "Ask a question about your documents"
WELCOME_EXAMPLES = "Ask a question, or try one of these"
SYSTEM_FONTS = ["ui-sans-serif", "system-ui", "sans-serif"]
SYSTEM_MONO_FONTS = ["ui-monospace", "Consolas", "monospace"]


def mount(app: FastAPI, bot: Bot) -> None:
    """Mount the page in an application, with everything of Gradio off that would leave the machine or a trace on it.

    Args:
        app: the application; the page becomes its root.
        bot: answers the questions.
    """
    gr.mount_gradio_app(
        app,
        _page(bot),
        path="",
        theme=gr.themes.Default(
            primary_hue="indigo", neutral_hue="slate", font=SYSTEM_FONTS, font_mono=SYSTEM_MONO_FONTS
        ),
        head=f'<script src="{SCRIPT}" type="module"></script>',
        css_paths=Path(__file__).with_name("page.css"),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
    )


def _page(bot: Bot) -> gr.Blocks:
    def reply(question: str, history: list[dict[str, Any]]) -> tuple[str, str]:
        """Answer a question with quotes from the documents; returns the message and its sources, both as HTML."""
        answered = reply_to(bot, question, history)
        return answered.message, answered.sources

    examples = list(bot.example_questions())
    page = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True, fill_height=True)
    with page:
        head = gr.Markdown(header(bot), elem_id="pq-head", latex_delimiters=[])
        sources = gr.Markdown(NO_SOURCES, elem_id="pq-sources", latex_delimiters=[], render=False)
        with gr.Row(elem_id="pq-desk"):
            with gr.Column(scale=3, min_width=320, elem_id="pq-talk"):
                chat = gr.ChatInterface(
                    reply,
                    chatbot=_chatbot(WELCOME_EXAMPLES if examples else WELCOME),
                    textbox=_textbox(),
                    additional_outputs=[sources],
                    examples=examples,
                    cache_examples=False,
                    analytics_enabled=False,
                    flagging_mode="never",
                    save_history=False,
                    api_name="chat",
                    show_progress="minimal",
                )
            with gr.Column(scale=2, min_width=320, elem_id="pq-side"):
                gr.Markdown('<h2 class="pq-side-title">Sources</h2>')
                sources.render()  # type: ignore[no-untyped-call]
        # the documents may have changed since the server started
        page.load(lambda: header(bot), None, head, queue=False, api_visibility="undocumented")
        # Gradio empties the placeholder with the question and never puts it back
        chat.chatbot.change(
            lambda: gr.update(placeholder=INVITATION), None, chat.textbox, queue=False, api_visibility="undocumented"
        )
        for emptied in (chat.chatbot.undo, chat.chatbot.clear):
            emptied(lambda: NO_SOURCES, None, sources, queue=False, api_visibility="undocumented")
    return page


def _chatbot(welcome: str) -> gr.Chatbot:
    """Return a chatbot that shows the user's messages character for character, and takes nothing but text.

    What the bot says is HTML of our own making; what the user types is not, yet the browser would read it as HTML
    too. A subclass would be the usual way, but Gradio writes a stub file beside the source of every subclass.
    """
    chatbot = gr.Chatbot(
        label="Conversation",
        show_label=False,
        elem_id="pq-chat",
        height="100%",
        buttons=[],
        layout="bubble",
        render_markdown=False,
        latex_delimiters=[],
        placeholder=f'<div class="pq-welcome">{welcome}</div>',
    )
    to_browser, from_browser = chatbot.postprocess, chatbot.preprocess

    def shown(value: Any) -> ChatbotDataMessages:
        return _each_question(to_browser(value), literal)

    def taken(payload: ChatbotDataMessages | None) -> Any:
        return from_browser(_each_question(payload or ChatbotDataMessages(root=[]), html.unescape))

    chatbot.postprocess = shown  # type: ignore[method-assign]
    chatbot.preprocess = taken  # type: ignore[method-assign]
    return chatbot


def _textbox() -> gr.Textbox:
    """Return the box for the question; a program may send nothing at all, which is then an empty question."""
    textbox = gr.Textbox(
        label="Your question",
        placeholder=INVITATION,
        elem_id="pq-question",
        max_lines=5,
        autofocus=True,
        submit_btn="Ask",
    )
    taken = textbox.preprocess
    textbox.preprocess = lambda payload: taken(payload) or ""  # type: ignore[method-assign]
    return textbox


def _each_question(messages: ChatbotDataMessages, change: Callable[[str], str]) -> ChatbotDataMessages:
    """Return the messages without anything but text, the text of the user's own changed."""
    changed = []
    for message in messages.root:
        parts = [part for part in message.content if isinstance(part, TextMessage)]
        if message.role == "user":
            parts = [TextMessage(text=change(part.text)) for part in parts]
        changed.append(message.model_copy(update={"content": parts}))
    return ChatbotDataMessages(root=changed)
