"""Voting: thumbs under each answer, and a small form for the reason, which nobody has to fill in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from corpus.errors import PullquoteError
from qa.feedback import COMMENT_CHARACTERS, DOWN, UP, reasons
from qa.page.asking import earlier_messages
from qa.page.bot import Bot
from qa.page.escape import literal
from qa.page.record import marked, record_of, text_of
from qa.turns import Mark

_THUMBS = {UP: "Like", DOWN: "Dislike"}
_THANKS = {UP: "Thank you, noted.", DOWN: "Noted, thank you. What is wrong with it?"}


@dataclass(frozen=True, slots=True)
class Voted:
    """A conversation after a vote.

    Args:
        history: its messages.
        mark: the vote as it stands now, or None.
        answered: whether the answer voted on was one.
    """

    history: list[dict[str, Any]]
    mark: Mark | None
    answered: bool


def thumbs(history: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return which thumb is lit under each answer: "Like", "Dislike" or empty."""
    turns = [record_of(text_of(message)) for message in history if message.get("role") == "assistant"]
    return [_THUMBS.get(turn.vote.verdict, "") if turn and turn.vote else "" for turn in turns]


def vote(
    bot: Bot,
    history: Sequence[Mapping[str, Any]],
    index: int,
    verdict: str | None,
    *,
    reason: str = "",
    comment: str = "",
) -> Voted | None:
    """Keep, change or take back a vote on an answer of a conversation.

    Args:
        bot: keeps it.
        history: the conversation's messages.
        index: of the answer among them.
        verdict: "up", "down", or None to take the vote back.
        reason: a short name out of `qa.feedback.reasons`, or empty.
        comment: anything in words.

    Returns:
        the conversation after it; None where there is no answer to vote on.

    Raises:
        PullquoteError: the vote cannot be kept.
    """
    messages = [dict(message) for message in history]
    turn = record_of(text_of(messages[index])) if 0 <= index < len(messages) else None
    if turn is None or turn.answer is None:
        return None
    before = turn.vote.id if turn.vote else None
    mark = None
    if verdict is None:
        if before:
            bot.retract(before)
    else:
        earlier = earlier_messages(history[:index])[:-1]  # the last one is the question itself
        kept = bot.feedback(turn.answer, verdict, reason=reason, comment=comment, history=earlier, replaces=before)
        mark = Mark(kept.id, kept.verdict, kept.reason, kept.comment)
    messages[index]["content"] = marked(text_of(messages[index]), mark)
    return Voted(messages, mark, turn.answer.answered)


def voting(bot: Bot, chat: gr.ChatInterface) -> None:
    """Build the form for the reason, inside the blocks that are open, and let the thumbs of a chat vote.

    Args:
        bot: keeps the votes.
        chat: where the answers are.
    """
    index, verdict = gr.State(-1), gr.State(None)
    with gr.Column(visible=False, elem_id="pq-vote") as form:
        thanks = gr.Markdown(elem_id="pq-vote-thanks")
        reason = gr.Radio([], label="Reason", elem_id="pq-vote-reason")
        comment = gr.Textbox(
            label="In your own words, if you like", lines=1, max_lines=3, max_length=COMMENT_CHARACTERS
        )
        with gr.Row():
            send = gr.Button("Send", variant="primary", size="sm")
            close = gr.Button("Close", size="sm")

    conversation = [chat.chatbot, chat.chatbot_state]
    unchanged: list[Any] = [gr.skip(), gr.skip()]

    def taken(voted: Voted) -> list[Any]:
        return [gr.update(value=voted.history, feedback_value=thumbs(voted.history)), voted.history]

    def thumbed(history: list[dict[str, Any]], given: gr.LikeData) -> list[Any]:
        at = given.index[0] if isinstance(given.index, list | tuple) else int(given.index)
        wanted = {True: UP, False: DOWN}.get(given.liked) if isinstance(given.liked, bool) else None
        try:
            voted = vote(bot, history, at, wanted)
        except PullquoteError as error:
            _warn(error)
            voted = None
        if voted is None or voted.mark is None or wanted is None:
            shown = taken(voted) if voted else unchanged
            return [*shown, -1, None, gr.update(visible=False), gr.skip(), gr.skip(), gr.skip()]
        choices = [(words, name) for name, words in reasons(wanted, voted.answered).items()]
        return [
            *taken(voted),
            at,
            wanted,
            gr.update(visible=True),
            _THANKS[wanted],
            gr.update(choices=choices, value=None),
            "",
        ]

    def explained(
        history: list[dict[str, Any]], at: int, wanted: str | None, chosen: str | None, words: str | None
    ) -> list[Any]:
        try:
            voted = vote(bot, history, at, wanted, reason=chosen or "", comment=words or "") if wanted else None
        except PullquoteError as error:
            _warn(error)
            return [*unchanged, gr.skip()]
        if voted:
            gr.Info("Thank you. It is kept in the index, on this computer.")
        return [*(taken(voted) if voted else unchanged), gr.update(visible=False)]

    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    chat.chatbot.like(thumbed, chat.chatbot, [*conversation, index, verdict, form, thanks, reason, comment], **quiet)
    for given in (send.click, comment.submit):
        given(explained, [chat.chatbot, index, verdict, reason, comment], [*conversation, form], **quiet)
    for over in (close.click, chat.chatbot.clear, chat.chatbot.undo, chat.chatbot.retry, chat.chatbot.edit):
        over(lambda: gr.update(visible=False), None, form, queue=False, **quiet)
    chat.chatbot.change(
        lambda history: gr.update(feedback_value=thumbs(history)), chat.chatbot, chat.chatbot, queue=False, **quiet
    )


def _warn(error: PullquoteError) -> None:
    gr.Warning(literal(f"The vote was not kept: {error}."))
