"""What a message in the chat remembers besides what it shows: the answer itself, so that it can be kept and voted on.

The conversation lives in the browser, which sends it back with each event. A message therefore carries its turn
along, as the text of an element that is not shown: undo, retry, edit and clear then need no bookkeeping of their own.
What comes back has been in other hands and is checked like any input.
"""

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from corpus.errors import InputError
from qa.page.escape import literal
from qa.turns import Mark, Turn, turn_from

_RECORD = re.compile(r'<div class="pq-record">([^<]*)</div>$')


def with_record(message: str, turn: Turn) -> str:
    """Return the HTML of a message that remembers its turn.

    Args:
        message: HTML of what it shows.
        turn: what it remembers.
    """
    stored = json.dumps(turn.to_dict(), separators=(",", ":"))  # ASCII: a question may hold halves of characters
    return f'{_RECORD.sub("", message)}<div class="pq-record">{literal(stored)}</div>'


def record_of(message: str) -> Turn | None:
    """Return the turn that a message remembers; None where it remembers none that can be read."""
    found = _RECORD.search(message)
    try:
        return turn_from(json.loads(html.unescape(found[1]))) if found else None
    except (InputError, ValueError, RecursionError):
        return None


def marked(message: str, mark: Mark | None) -> str:
    """Return a message with another vote in its turn; one that remembers no turn stays as it is."""
    turn = record_of(message)
    return with_record(message, replace(turn, vote=mark)) if turn else message


def text_of(message: Mapping[str, Any]) -> str:
    """Return the text of a message as Gradio keeps it: text itself, or a list of parts, each with a type and text."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return " ".join(str(part["text"]) for part in parts if isinstance(part, Mapping) and part.get("type") == "text")


def turns_of(history: Sequence[Mapping[str, Any]]) -> list[Turn]:
    """Return the turns of a conversation, oldest first; questions still without an answer are none yet."""
    records = (record_of(text_of(message)) for message in history if message.get("role") == "assistant")
    return [turn for turn in records if turn]
