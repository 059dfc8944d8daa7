"""A message typed in the chat -> what the page shows for it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.errors import PullquoteError
from qa.page.bot import Bot
from qa.page.message import answer_message, problem_message
from qa.page.record import record_of, text_of, with_record
from qa.page.sources import NO_SOURCES, source_cards
from qa.turns import Turn, now, turn_of

_log = logging.getLogger(__name__)

UNEXPECTED = "Something went wrong in here, and no answer was found. Please ask again; the terminal says what happened."
REMEMBERED = 4_000
"""Characters of a question that could not be asked; a longer one is refused for its length anyway."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the page shows for a question.

    Args:
        message: HTML of the message in the chat.
        sources: HTML of the cards beside it.
    """

    message: str
    sources: str


def reply_to(
    bot: Bot,
    question: str,
    history: Sequence[Mapping[str, Any]],
    chosen: Sequence[str] = (),
    *,
    on_stage: Callable[[str], None] | None = None,
) -> Reply:
    """Return the reply to a question; whatever goes wrong becomes a message, so that the conversation goes on.

    Args:
        bot: answers it.
        question: as it was typed.
        history: the messages before it, as Gradio keeps them.
        chosen: the documents to ask; empty for all.
        on_stage: is told what is being done as it begins.
    """
    try:
        answer = bot.ask(question, history=earlier_messages(history), sources=chosen or None, on_stage=on_stage)
        return shown(turn_of(answer), bot, chosen)
    except PullquoteError as error:
        problem = _sentence(str(error))
    except Exception:  # noqa: BLE001 - the page is the outermost layer: a person must be told, a traceback tells them nothing
        _log.exception("a question could not be answered")
        problem = UNEXPECTED
    return shown(Turn(question[:REMEMBERED], now(), problem=problem), bot)


def shown(turn: Turn, bot: Bot, chosen: Sequence[str] = ()) -> Reply:
    """Return what the page shows for a turn of a conversation.

    Args:
        turn: the question and what came of it.
        bot: gives the stored texts of the documents, and says whose files have changed.
        chosen: the documents that were asked; empty for all.
    """
    if turn.answer is None:
        return Reply(with_record(problem_message(turn.problem), turn), NO_SOURCES)
    answer = turn.answer
    stale = bot.stale([quote.source for quote in answer.quotes])
    return Reply(with_record(answer_message(answer, stale, chosen), turn), source_cards(answer, bot.text, stale))


def earlier_messages(history: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return a conversation in the form that the bot takes: what was asked, and the first quote of what was answered.

    Args:
        history: messages with a role, and content that is text or a list of parts, each with a type and text.
    """
    messages = []
    for message in history:
        text = text_of(message)
        if message.get("role") == "user":
            messages.append({"role": "user", "content": text})
        elif (turn := record_of(text)) and turn.answer and turn.answer.answered:
            messages.append({"role": "assistant", "content": turn.answer.quotes[0].text})
    return messages


def _sentence(message: str) -> str:
    """Return an error's message, which a terminal shows after a colon, as a sentence of its own."""
    return f"{message[:1].upper()}{message[1:].rstrip('.')}."
