"""The questions that the page offers before the first one is asked, looked for while nobody waits."""

import logging
import threading
from typing import Any

import gradio as gr
from gradio.context import Context

from qa.page.bot import Bot

_log = logging.getLogger(__name__)

AT_ONCE_SECONDS = 0.25
LOOK_AGAIN_SECONDS = 1.5
SHOWN = 5


class Beginning:
    """Looks for example questions in the background; the page asks whether there are some yet.

    Args:
        bot: makes them, which may take seconds when its documents have changed.
    """

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._lock = threading.Lock()
        self._searching: threading.Thread | None = None
        self._found: tuple[str, ...] | None = None

    def start(self, wait_seconds: float) -> None:
        """Begin to look, unless that is under way, and wait a moment: what is known already is there at once."""
        with self._lock:
            if self._searching is None or not self._searching.is_alive():
                self._searching = threading.Thread(target=self._look, name="example questions", daemon=True)
                self._searching.start()
            searching = self._searching
        searching.join(wait_seconds)

    @property
    def found(self) -> tuple[str, ...] | None:
        """The questions, or None while they are being looked for."""
        with self._lock:
            busy = self._searching is not None and self._searching.is_alive()
            return None if busy and self._found is None else self._found

    def _look(self) -> None:
        try:
            found = tuple(self._bot.example_questions())[:SHOWN]
        except Exception:  # noqa: BLE001 - a page without examples is a page all the same; the index may just be closing
            _log.debug("no example questions", exc_info=True)
            found = ()
        with self._lock:
            self._found = found


def beginning(bot: Bot, chat: gr.ChatInterface, welcome: str, welcome_examples: str) -> None:
    """Let a chat offer example questions as soon as they are known.

    Args:
        bot: makes them.
        chat: offers them.
        welcome: HTML above an empty conversation without examples.
        welcome_examples: the same with examples.
    """
    looking = Beginning(bot)
    again = gr.Timer(LOOK_AGAIN_SECONDS, active=False)

    def look() -> list[Any]:
        found = looking.found
        if found is None:
            return [gr.skip(), gr.Timer(active=True)]
        examples = [{"text": question} for question in found]
        words = welcome_examples if examples else welcome
        return [gr.update(examples=examples, placeholder=words), gr.Timer(active=False)]

    def begin() -> list[Any]:
        looking.start(AT_ONCE_SECONDS)
        return look()

    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
    page = Context.root_block
    assert page is not None
    page.load(begin, None, [chat.chatbot, again], **quiet)
    again.tick(look, None, [chat.chatbot, again], **quiet)
