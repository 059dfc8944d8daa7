"""Keeping a conversation: in the browser, so that it is there after a reload, and as a file to take away.

Nothing of it is kept on the server. The browser's own storage holds it under a name made of the index's folder: another
index on the same address has another conversation.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, PlainTextResponse, Response
from gradio.context import Context

from corpus.errors import InputError
from qa.keeping import FORMATS, in_format
from qa.page.asking import Reply, shown
from qa.page.bot import Bot
from qa.page.record import turns_of
from qa.page.voting import thumbs
from qa.turns import Turn, turn_from

SCRIPT = "conversation.js"
REMEMBERED = 200
"""Turns of a conversation that a browser keeps; the oldest are dropped."""

BUTTONS = (
    '<div class="pq-keep" role="group" aria-label="Save this conversation"><span>Save as</span>'
    '<button type="button" data-save="md">Markdown</button><button type="button" data-save="html">HTML</button>'
    '<button type="button" data-save="json">JSON</button><span role="status"></span></div>'
)

router = APIRouter()


@router.get(f"/{SCRIPT}", include_in_schema=False)
def script() -> FileResponse:
    """Return the script that saves a conversation as a file."""
    return FileResponse(Path(__file__).with_name("conversation.js"), media_type="text/javascript")


@router.post("/conversation.{suffix}", include_in_schema=False)
async def conversation(suffix: str, request: Request) -> Response:
    """Return the conversation that the browser sends as a file in one of the formats; it is kept nowhere."""
    try:
        sent = json.loads(await request.body())
        turns = [turn_from(turn) for turn in sent["turns"]]
        text = in_format(turns, suffix)
    except (InputError, ValueError, RecursionError, TypeError, KeyError) as error:
        return PlainTextResponse(f"This is no conversation that can be saved: {error}", status_code=400)
    return Response(
        text.encode("utf-8", "replace"),
        media_type=f"{FORMATS[suffix][0]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="conversation.{suffix}"'},
    )


def keeping(bot: Bot, chat: gr.ChatInterface, sources: gr.Markdown) -> None:
    """Let the browser keep a chat's conversation, and give it back when the page is loaded again.

    Args:
        bot: names the index, and gives the stored texts of its documents.
        chat: where the conversation is held.
        sources: shows those of the last answer.
    """
    key = hashlib.sha256(str(bot.index_folder).encode("utf-8", "surrogateescape")).hexdigest()
    # The key is no secret, and need not be: what it locks is this browser's own. A random one, Gradio's default, would
    # lose the conversation with each start of the server.
    stored = gr.BrowserState({}, storage_key=f"pullquote-{key[:16]}", secret=key[16:32])

    restored = gr.State(False)  # an empty chat that has yet to be filled is not a conversation that was cleared

    def store(history: list[dict[str, Any]], ready: bool, request: gr.Request) -> Any:
        return to_store(turns_of(history), request.username) if ready else gr.skip()

    def restore(value: object, request: gr.Request) -> list[Any]:
        turns = from_store(value, request.username)
        replies = [shown(turn, bot) for turn in turns]
        history = messages(turns, replies)
        if not history:
            return [True, gr.skip(), gr.skip(), gr.skip()]
        return [
            True,
            gr.update(value=history, feedback_value=thumbs(history)),
            history,
            replies[-1].sources,
        ]

    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
    chat.chatbot.change(store, [chat.chatbot, restored], stored, **quiet)
    page = Context.root_block
    assert page is not None
    page.load(restore, stored, [restored, chat.chatbot, chat.chatbot_state, sources], **quiet)


def to_store(turns: Sequence[Turn], user: str | None) -> dict[str, Any]:
    """Return what a browser keeps of a conversation.

    Args:
        turns: oldest first.
        user: whoever has logged in, or None.
    """
    return {"user": user, "turns": [turn.to_dict() for turn in turns[-REMEMBERED:]]} if turns else {}


def from_store(value: object, user: str | None) -> list[Turn]:
    """Return the conversation that a browser kept; an empty one where it was somebody else's, or cannot be read."""
    if not isinstance(value, Mapping) or value.get("user") != user or not isinstance(value.get("turns"), list):
        return []
    try:
        return [turn_from(turn) for turn in value["turns"][-REMEMBERED:]]
    except InputError:
        return []


def messages(turns: Sequence[Turn], replies: Sequence[Reply]) -> list[dict[str, Any]]:
    """Return the messages of a conversation, as Gradio's chat takes them."""
    return [
        message
        for turn, reply in zip(turns, replies, strict=True)
        for message in (
            {"role": "user", "content": turn.question},
            {"role": "assistant", "content": reply.message},
        )
    ]
