"""Documents in a viewer, opened at a quote: pages of HTML and pictures of our own, without a script in them.

Only what is in the index can be opened. A PDF is drawn from its file, as long as that is the file that was indexed;
everything else, and a PDF that has changed or gone, is shown as the text that was stored.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from corpus.errors import PathError
from corpus.records import Failure, Limits, Span
from corpus.sandbox import Sandbox
from corpus.views import Image, Layout, Mark, Picture, Sheets
from index.originals import original, state_of
from index.records import KeptDocument
from qa.page.bot import Bot
from qa.page.links import VIEW, fingerprint
from qa.page.viewed import CHANGED_SINCE, Viewed, message_page, printed_page, text_page

GONE = "This document is not in the index, or no longer: it may have been removed or renamed since."
NO_PLACE = "This link names no place in a document; ask again, and open the document from the answer."
FILE_GONE = "The file is no longer where it was; this is the text that was read from it."
FILE_CHANGED = "The file has changed since it was read; this is the text as it was then. Index it again to see it anew."
NOT_DRAWN = "The pages cannot be drawn: {reason}. This is the text that was read from them."

# Nothing runs in a viewer, nothing is fetched but its own pictures and style, and nobody else may frame it.
POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
PARTS = {"viewer.css": "text/css", "checking.css": "text/css", "checking.js": "text/javascript"}
WORKERS = 2
SECONDS = 30  # for one look at a file; a person is waiting
PAGES_BEFORE = 2
PAGES_SHOWN = 20  # at once; the others are a click away
KEPT_SECONDS = 600  # that a browser may keep a picture, whose address changes with the file


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link asks the viewer for.

    Args:
        source: of the document.
        start: code point where the quote starts, as it was written; empty for none.
        end: code point after it.
        check: fingerprint of the quote, or empty.
        at: page to begin with, or in a text the code point; empty for where the quote is.
        theme: "light", "dark", or anything else for the system's choice.
    """

    source: str
    start: str = ""
    end: str = ""
    check: str = ""
    at: str = ""
    theme: str = ""


def add_viewer(app: FastAPI, bot: Bot) -> None:
    """Add the viewer to an application.

    Args:
        app: the application; when it ends, so do the processes that draw pages.
        bot: knows the documents.
    """
    sandbox = Sandbox(replace(Limits(), wall_seconds=SECONDS, cpu_seconds=SECONDS), WORKERS)
    before = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[Any]:
        async with before(running) as state:
            try:
                yield state
            finally:
                sandbox.close()

    app.router.lifespan_context = lifespan

    @app.get(f"/{VIEW}", include_in_schema=False)
    def view(request: Request) -> HTMLResponse:
        known = {field.name for field in fields(Asked)}
        asked = {name: value for name, value in request.query_params.items() if name in known}
        return _dressed(*show(bot, sandbox, Asked(**{"source": "", **asked})))

    @app.get(f"/{VIEW}/page", include_in_schema=False)
    def picture(source: str = "", page: str = "") -> Response:
        return _picture(bot, sandbox, source, _number(page) or 0)

    @app.get(f"/{VIEW}/{{name}}", include_in_schema=False)
    def part(name: str) -> Response:
        if name not in PARTS:
            return Response(NO_PLACE, 404, media_type="text/plain")
        return FileResponse(Path(__file__).with_name(name), media_type=PARTS[name])


def show(bot: Bot, sandbox: Sandbox, asked: Asked) -> tuple[int, str]:
    """Return an HTTP status, and the page that shows a document or says why it cannot.

    Args:
        bot: knows the documents.
        sandbox: draws pages.
        asked: what to show.
    """
    try:
        kept = bot.document(asked.source)
    except PathError:
        return 404, message_page(GONE, asked.theme)
    places = (asked.start, asked.end, asked.at)
    if any(place and _number(place) is None for place in places) or bool(asked.start) != bool(asked.end):
        return 400, message_page(NO_PLACE, asked.theme)
    text, at = kept.document.text, _number(asked.at)
    start, end = _number(asked.start) or 0, _number(asked.end) or 0
    notices: list[str] = []
    quote: Span | None = None
    if asked.start:
        if 0 <= start < end <= len(text) and asked.check in {"", fingerprint(text[start:end])}:
            quote = Span(start, end)
        else:
            notices.append(CHANGED_SINCE)
    viewed = Viewed(kept, quote, asked.check, asked.theme, tuple(notices))
    if kept.document.format != "pdf":
        return 200, text_page(viewed, at)
    problem = _problem(kept)
    if not problem:
        sheets = _sheets(kept, quote, at, sandbox)
        if isinstance(sheets, Sheets):
            return 200, printed_page(viewed, sheets)
        problem = NOT_DRAWN.format(reason=sheets.reason)
    # `at` counts pages here; its text begins somewhere else
    begin = next((page.start for page in kept.document.pages if page.number == at), None)
    return 200, text_page(replace(viewed, notices=(*notices, problem)), begin)


def _problem(kept: KeptDocument) -> str:
    return {"same": "", "gone": FILE_GONE, "changed": FILE_CHANGED}[state_of(kept.file)]


def _sheets(kept: KeptDocument, quote: Span | None, at: int | None, sandbox: Sandbox) -> Sheets | Failure:
    """Return the pages from one on, or from a little before the quote's, with the quote's places on them."""
    marks: list[Mark] = []
    for page in kept.document.pages if quote else ():
        assert quote
        start, end = max(quote.start, page.start), min(quote.end, page.end)
        if start < end:
            text = kept.document.text[page.start : page.end]
            marks.append(Mark(page.number, text, start - page.start, end - page.start))
    first = at or (max(1, marks[0].page - PAGES_BEFORE) if marks else 1)
    last = first + PAGES_SHOWN - 1
    shown = tuple(mark for mark in marks if first <= mark.page + 1 and mark.page - 1 <= last)
    seen = sandbox.look(original(kept.file), Layout(first, last, shown))
    assert isinstance(seen, Sheets | Failure)
    return seen


def _picture(bot: Bot, sandbox: Sandbox, source: str, page: int) -> Response:
    try:
        kept = bot.document(source)
    except PathError:
        return Response(GONE, 404, media_type="text/plain")
    problem = _problem(kept)
    if kept.document.format != "pdf" or problem or page < 1:
        return Response(problem or "Not a page of a PDF document", 404, media_type="text/plain")
    seen = sandbox.look(original(kept.file), Picture(page))
    if not isinstance(seen, Image):
        reason = seen.reason if isinstance(seen, Failure) else ""
        return Response(NOT_DRAWN.format(reason=reason), 404, media_type="text/plain")
    return Response(seen.png, media_type="image/png", headers={"Cache-Control": f"private, max-age={KEPT_SECONDS}"})


def _dressed(status: int, page: str) -> HTMLResponse:
    return HTMLResponse(page, status, headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-store"})


def _number(written: str) -> int | None:
    """Return a whole number that is written in plain digits, or None."""
    return int(written) if written.isascii() and written.isdecimal() and len(written) <= 12 else None
