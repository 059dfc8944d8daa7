"""The application that a server runs: the page behind its guard."""

import socket
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse

from qa.page.bot import Bot
from qa.page.guard import Guard
from qa.page.layout import SCRIPT, mount


def application(bot: Bot, host: str) -> FastAPI:
    """Return the application.

    Args:
        bot: answers the questions.
        host: the name or address that it is served on; requests that call the machine by a foreign name are refused.
    """
    app = FastAPI(title="Pullquote", docs_url=None, redoc_url=None, openapi_url=None)
    machine = socket.gethostname().lower()
    app.add_middleware(Guard, names=frozenset({"localhost", machine, f"{machine}.local", host.lower()}))

    @app.get(f"/{SCRIPT}", include_in_schema=False)
    def script() -> FileResponse:
        return FileResponse(Path(__file__).with_name("page.js"), media_type="text/javascript")

    mount(app, bot)
    return app
