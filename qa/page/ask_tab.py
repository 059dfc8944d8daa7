"""Asking: the conversation, and beside it the sources of its last answer."""

import html
from abc import ABCMeta
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
from gradio.components.chatbot import ChatbotDataMessages, TextMessage
from gradio.context import Context

from qa.page.asking import earlier_messages, reply_to
from qa.page.beginning import beginning
from qa.page.bot import Bot
from qa.page.chosen_bar import chosen_bar
from qa.page.escape import literal
from qa.page.keeping import BUTTONS, keeping
from qa.page.sources import NO_SOURCES
from qa.page.stages import replies
from qa.page.voting import voting

INVITATION = "Ask your documents a question"
WELCOME = "Ask a question about your documents"
ASK, STOP = "Ask", "Stop"
WELCOME_EXAMPLES = "Ask a question, or try one of these"


def ask_tab(bot: Bot, chosen: gr.State, last: gr.State, *, read_only: bool = False) -> list[Any]:
    """Build the conversation and the sources, inside the blocks that are open; return the parts of `chosen_bar`.

    Args:
        bot: answers the questions.
        chosen: holds the sources that a person asks; an empty list for all.
        last: will hold what was asked last, for `map_tab`.
        read_only: take no votes.
    """

    def reply(question: str, history: list[dict[str, Any]], sources: list[str]) -> Iterator[tuple[str, str, object]]:
        """Answer a question with quotes from the documents; the last of what comes is the message and its sources."""
        asked = (question, earlier_messages(history), sources)
        for step in replies(lambda tell: reply_to(bot, question, history, sources, on_stage=tell)):
            yield step.message, step.sources, asked

    sources = gr.Markdown(NO_SOURCES, elem_id="pq-sources", latex_delimiters=[], render=False)
    with gr.Row(elem_id="pq-desk"):
        with gr.Column(scale=3, min_width=320, elem_id="pq-talk"):
            chat = gr.ChatInterface(
                reply,
                chatbot=_chatbot(),
                textbox=_textbox(),
                additional_inputs=[chosen],
                additional_outputs=[sources, last],
                # it listens to clicks on examples only if it has one; the real ones come later
                examples=[[INVITATION]],
                cache_examples=False,
                editable=True,
                analytics_enabled=False,
                flagging_mode="never",
                save_history=False,
                api_name="chat",
                show_progress="minimal",
            )
            chat.chatbot.examples = None
            _stop_what_is_cleared(chat, sources)
            bar = chosen_bar(chosen)
            gr.Markdown(BUTTONS, elem_id="pq-keep", sanitize_html=False)  # ours alone; gr.HTML would evaluate strings
            if not read_only:
                voting(bot, chat)
        with gr.Column(scale=2, min_width=320, elem_id="pq-side"):
            gr.Markdown('<h2 class="pq-side-title">Sources</h2>')
            sources.render()  # type: ignore[no-untyped-call]
    beginning(bot, chat, _welcome(WELCOME), _welcome(WELCOME_EXAMPLES))
    keeping(bot, chat, sources)
    # Gradio empties the placeholder with the question and never puts it back
    chat.chatbot.change(
        lambda: gr.update(placeholder=INVITATION),
        None,
        chat.textbox,
        queue=False,
        show_progress="hidden",
        api_visibility="undocumented",
    )
    for emptied in (chat.chatbot.undo, chat.chatbot.clear):
        emptied(lambda: (NO_SOURCES, None), None, [sources, last], queue=False, api_visibility="undocumented")
    return bar


def _stop_what_is_cleared(chat: gr.ChatInterface, sources: gr.Markdown) -> None:
    """Let no answer come into a conversation that was cleared while it was on its way."""
    blocks = Context.root_block
    assert blocks is not None
    events = [one for one in blocks.fns.values() if sources in one.outputs and chat.chatbot in one.outputs]
    answering = [one.get_config() for one in events]  # type: ignore[no-untyped-call]
    clear = chat.chatbot.clear
    for over in (clear, chat.textbox.stop):
        stopped = over(None, None, None, cancels=answering, api_visibility="private")
        if over is clear:
            # what the answer said of its progress may have come between, and put the question back
            emptied = [chat.chatbot, chat.chatbot_state]
            stopped.then(lambda: ([], []), None, emptied, queue=False, api_visibility="private")
        over(
            lambda: gr.update(interactive=True, submit_btn=ASK, stop_btn=False, placeholder=INVITATION),
            None,
            chat.textbox,
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )


def _welcome(words: str) -> str:
    return f'<div class="pq-welcome">{words}</div>'


def _chatbot() -> gr.Chatbot:
    """Return a chatbot that shows the user's messages character for character, and takes nothing but text.

    What the bot says is HTML of our own making; what the user types is not, yet the browser would read it as HTML
    too.
    """
    chatbot: gr.Chatbot = _Conversation(
        label="Conversation",
        show_label=False,
        elem_id="pq-chat",
        height="100%",
        buttons=[],
        layout="bubble",
        editable="user",
        render_markdown=False,
        latex_delimiters=[],
        placeholder=_welcome(WELCOME),
    )
    return chatbot


def _shown(self: gr.Chatbot, value: Any) -> ChatbotDataMessages:
    return _each_question(gr.Chatbot.postprocess(self, value), literal)


def _taken(self: gr.Chatbot, payload: ChatbotDataMessages | None) -> Any:
    return gr.Chatbot.preprocess(self, _each_question(payload or ChatbotDataMessages(root=[]), html.unescape))


def _question_taken(self: gr.Textbox, payload: str | None) -> str:
    return gr.Textbox.preprocess(self, payload) or ""


def _subclass(base: type[Any], **methods: Any) -> type[Any]:
    """Return a subclass of a component, under the same name, by which the browser knows what to draw.

    An update of a component's properties makes Gradio build it anew from its class, so that methods which are set on
    the one component would be lost. A class statement would do, but Gradio's metaclass writes a stub file beside the
    source of every subclass; its own parent makes the class without that.
    """
    return ABCMeta.__new__(type(base), base.__name__, (base,), {"__module__": __name__, **methods})


_Conversation = _subclass(gr.Chatbot, postprocess=_shown, preprocess=_taken)
_Question = _subclass(gr.Textbox, preprocess=_question_taken)


def _textbox() -> gr.Textbox:
    """Return the box for the question; a program may send nothing at all, which is then an empty question."""
    textbox: gr.Textbox = _Question(
        label="Your question",
        placeholder=INVITATION,
        elem_id="pq-question",
        max_lines=5,
        autofocus=True,
        submit_btn=ASK,
        stop_btn=STOP,
    )
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
