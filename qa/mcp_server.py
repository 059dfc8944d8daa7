"""The tools ask, search and list_documents, over the Model Context Protocol (sole import of `mcp`)."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import anyio
from pydantic import Field

from corpus.errors import PullquoteError, SettingError
from qa.chatbot import MOST_PASSAGES
from qa.page.bot import Bot
from qa.replies import AnswerReply, Found, Listing
from qa.terminal import answer_text, hits_text

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer
    from starlette.routing import BaseRoute

T = TypeVar("T")

PATH = "/mcp"
AT_ONCE = 8
_LINE = 10_000  # characters; a program wraps lines as it likes
_ABOUT = (
    "Pullquote answers questions from a person's own documents with exact quotes, each with its place. Cite a quote as "
    "it is given, with its source. When an answer says that the documents don't answer, believe it."
)

Question = Annotated[str, Field(description="A question in plain words, at most 2,000 characters.")]
Earlier = Annotated[
    list[str], Field(description="The user's questions before it, oldest first, if it is a follow-up.", max_length=100)
]
Given = Annotated[str, Field(description="The quote that the last of these was answered with, if it was.")]
Passages = Annotated[int, Field(description="How many passages, at the most.", ge=1, le=MOST_PASSAGES)]


def is_installed() -> bool:
    """Tell whether the extra that this needs is there."""
    return find_spec("mcp") is not None


def check_installed() -> None:
    """Raise a SettingError that names the extra if it is not there."""
    if not is_installed():
        raise SettingError("the MCP server needs the extra `mcp`: pip install 'pullquote[mcp]'")


def serve_stdio(bot: Bot) -> None:
    """Serve the tools over standard input and output until the other side closes them.

    Args:
        bot: answers; nothing else may write to standard output meanwhile.
    """
    _server(bot).run("stdio")


def over_http(bot: Bot) -> tuple[list["BaseRoute"], Callable[[], AbstractAsyncContextManager[None]]]:
    """Return the route that serves the tools over streamable HTTP, and what must be entered while it is in use.

    Every request stands alone, and is answered at once: that is all that these tools need, and passes any proxy. Who
    may ask, and under which host name, is for the application to decide.

    Args:
        bot: answers.
    """
    from mcp.server.transport_security import TransportSecuritySettings

    server = _server(bot)
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return app.routes, server.session_manager.run


def _server(bot: Bot) -> "MCPServer[Any]":
    from mcp.server.mcpserver import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp.types import CallToolResult, TextContent, ToolAnnotations

    server: MCPServer[Any] = MCPServer(
        "pullquote", title="Pullquote", instructions=_ABOUT, version=version("pullquote"), log_level="WARNING"
    )
    at_once = anyio.CapacityLimiter(AT_ONCE)

    async def work(job: Callable[[], T]) -> T:
        try:
            return await anyio.to_thread.run_sync(job, limiter=at_once)
        except PullquoteError as error:
            raise ToolError(str(error)) from error

    def result(text: str, record: dict[str, Any]) -> CallToolResult:
        return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=record)

    looks = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

    @server.tool(title="Ask the documents", annotations=looks)
    async def ask(
        question: Question,
        earlier_questions: Earlier = [],  # noqa: B006
        last_quote: Given = "",
    ) -> Annotated[CallToolResult, AnswerReply]:
        """Answer a question with exact quotes from the documents, or say that they don't answer it."""
        history = [{"role": "user", "content": earlier} for earlier in earlier_questions]
        history.append({"role": "assistant", "content": last_quote})
        answer = await work(lambda: bot.ask(question, history))
        return result(answer_text(answer, _LINE), answer.to_dict())

    @server.tool(title="Search the documents", annotations=looks)
    async def search(question: Question, k: Passages = 10) -> Annotated[CallToolResult, Found]:
        """Find the passages nearest to a question, best first, whether or not they answer it."""
        hits, understood = await work(lambda: (bot.search(question, k), bot.understood(question)))
        told = hits_text(hits, _LINE, "" if understood == question else understood)
        return result(told if hits else "Nothing was found.", Found(tuple(hits)).to_dict())

    @server.tool(title="List the documents", annotations=looks)
    async def list_documents() -> Annotated[CallToolResult, Listing]:
        """List the documents that are searched, and the files that could not be read."""
        record = (await work(lambda: Listing(tuple(bot.documents), tuple(bot.failures)))).to_dict()
        return result(json.dumps(record, ensure_ascii=False), record)

    return server
