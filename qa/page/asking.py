"""A message typed in the chat -> what the page shows for it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.errors import PullquoteError
from qa.page.bot import Bot
from qa.page.message import answer_message, problem_message
from qa.page.sources import NO_SOURCES, source_cards

_log = logging.getLogger(__name__)

UNEXPECTED = "Something went wrong in here, and no answer was found. Please ask again; the terminal says what happened."


@dataclass(frozen=True, slots=True)
class Reply:
    """What the page shows for a question.

    Args:
        message: HTML of the message in the chat.
        sources: HTML of the cards beside it.
    """

    message: str
    sources: str


def reply_to(bot: Bot, question: str, history: Sequence[Mapping[str, Any]]) -> Reply:
    """Return the reply to a question; whatever goes wrong becomes a message, so that the conversation goes on.

    Args:
        bot: answers it.
        question: as it was typed.
        history: the messages before it, as Gradio keeps them.
    """
    try:
        answer = bot.ask(question, history=earlier_questions(history))
        return Reply(answer_message(answer), source_cards(answer, bot.text))
    except PullquoteError as error:
        return Reply(problem_message(_sentence(str(error))), NO_SOURCES)
    except Exception:  # noqa: BLE001 - the page is the outermost layer: a person must be told, a traceback tells them nothing
        _log.exception("a question could not be answered")
        return Reply(problem_message(UNEXPECTED), NO_SOURCES)


def earlier_questions(history: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the user's messages of a conversation, oldest first, in the form that the bot takes.

    Args:
        history: messages with a role, and content that is text or a list of parts, each with a type and text.
    """
    return [
        {"role": "user", "content": _text(message.get("content"))}
        for message in history
        if message.get("role") == "user"
    ]


def _sentence(message: str) -> str:
    """Return an error's message, which a terminal shows after a colon, as a sentence of its own."""
    return f"{message[:1].upper()}{message[1:].rstrip('.')}."


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return " ".join(str(part["text"]) for part in parts if isinstance(part, Mapping) and part.get("type") == "text")
