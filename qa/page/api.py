"""The interface for programs: ask, search and list documents, in JSON over HTTP."""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal, TypeVar

import anyio
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from corpus.errors import InputError, PullquoteError
from qa.chatbot import MOST_PASSAGES
from qa.page.bot import Bot
from qa.records import Hit
from qa.replies import AnswerReply, Listing, shortened

_log = logging.getLogger(__name__)
T = TypeVar("T")

MOST_HISTORY = 200
MOST_QUOTES = 3
AT_ONCE = 8  # questions that are worked on; more would take the threads that send files to others
UNEXPECTED = "something went wrong in here, and no answer was found; ask again, the server's log says what happened"


class Said(BaseModel):
    """A message that came before the question."""

    role: Literal["user", "assistant"]
    content: StrictStr = Field(description="What was said. Only the user's messages count.")


Question = Annotated[StrictStr, Field(description="What to ask, at most 2,000 characters.")]
History = Annotated[
    list[Said],
    Field(max_length=MOST_HISTORY, description="The conversation before it, oldest first; for follow-up questions."),
]


class AskRequest(BaseModel):
    """A question."""

    model_config = ConfigDict(extra="forbid")
    question: Question
    history: History = []
    k: Annotated[StrictInt, Field(ge=1, le=MOST_QUOTES, description="Quotes, at the most.")] = MOST_QUOTES


class SearchRequest(BaseModel):
    """What to look for."""

    model_config = ConfigDict(extra="forbid")
    question: Question
    history: History = []
    k: Annotated[StrictInt, Field(ge=1, le=MOST_PASSAGES, description="Passages, at the most.")] = 10


@dataclass(frozen=True, slots=True)
class Problem:
    """Why there is no answer.

    Args:
        detail: what is wrong, the limit, the remedy.
    """

    detail: str


def add_api(app: FastAPI, bot: Bot) -> None:
    """Add the interface to an application: `/api/ask`, `/api/search` and `/api/documents`.

    Args:
        app: the application; errors in its own requests are told as `Problem` from now on.
        bot: answers.
    """
    at_once = anyio.CapacityLimiter(AT_ONCE)

    async def work(job: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(job, limiter=at_once)

    routes = APIRouter(prefix="/api", responses={422: {"model": Problem}, 503: {"model": Problem}})

    @routes.post("/ask", response_model=AnswerReply, summary="Ask a question")
    async def ask(asked: AskRequest) -> JSONResponse:
        """Answer with quotes from the documents; `answered` is false when they don't seem to say."""
        answer = await work(lambda: bot.ask(asked.question, _messages(asked.history)))
        return JSONResponse(shortened(answer, asked.k).to_dict())

    @routes.post("/search", response_model=list[Hit], summary="Find passages")
    async def search(asked: SearchRequest) -> JSONResponse:
        """Return the best passages, best first: no quoting, no refusal."""
        hits = await work(lambda: bot.search(asked.question, asked.k, _messages(asked.history)))
        return JSONResponse([hit.to_dict() for hit in hits])

    @routes.get("/documents", response_model=Listing, summary="List the documents")
    async def documents() -> JSONResponse:
        """Return what is searched, and what could not be read and why."""
        listing = await work(lambda: Listing(tuple(bot.documents), tuple(bot.failures)))
        return JSONResponse(listing.to_dict())

    app.include_router(routes)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(InputError, _cannot_be_done)
    app.add_exception_handler(PullquoteError, _not_now)
    app.add_exception_handler(Exception, _unexpected)


def _messages(history: list[Said]) -> list[dict[str, str]]:
    return [{"role": said.role, "content": said.content} for said in history]


def _problem(status: int, detail: str) -> JSONResponse:
    return JSONResponse(asdict(Problem(detail)), status)


async def _not_valid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return _problem(422, "; ".join(_in_words(one) for one in error.errors()))


def _in_words(error: Any) -> str:
    if error["type"] == "json_invalid":
        return f"the request is not JSON ({error['ctx']['error']})"
    if error["loc"] == ("body",):
        return 'the request is not a JSON object, such as {"question": "Who?"}, sent as application/json'
    return f"{'.'.join(str(part) for part in error['loc'][1:])}: {error['msg'][:1].lower()}{error['msg'][1:]}"


async def _cannot_be_done(_: Request, error: Exception) -> JSONResponse:
    return _problem(422, str(error))


async def _not_now(_: Request, error: Exception) -> JSONResponse:
    return _problem(503, str(error))


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _problem(500, UNEXPECTED)
