"""The application that a server runs: the page and its interfaces for programs, behind their guards."""

import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse

from qa import mcp_server
from qa.page import keeping
from qa.page.access import Access
from qa.page.api import add_api
from qa.page.auth import SignedIn
from qa.page.bot import Bot
from qa.page.guard import Guard
from qa.page.layout import SCRIPT, mount
from qa.page.proxy import BehindProxy
from qa.page.uploads import BYTES_AT_ONCE
from qa.page.users import Users
from qa.page.viewer import add_viewer
from qa.page.work import Work

OPENAPI = "/api/openapi.json"


def application(bot: Bot, host: str, access: Access | None = None) -> FastAPI:
    """Return the application.

    Args:
        bot: answers the questions.
        host: the name or address that it is served on; requests that call the machine by a foreign name are refused.
        access: who reaches it, and what they may do; None for everyone who can reach the host.

    Raises:
        InputError: the file of users cannot be used.
    """
    access = access or Access()
    mcp_routes, while_mcp = mcp_server.over_http(bot) if mcp_server.is_installed() else ([], nullcontext)
    work = Work()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with while_mcp():
            yield
        work.close()

    app = FastAPI(
        title="Pullquote",
        version=version("pullquote"),
        docs_url=None,
        redoc_url=None,
        openapi_url=OPENAPI,
        lifespan=lifespan,
    )
    # what is added last is reached first
    app.add_middleware(
        Guard,
        names=_names(host) | set(access.allowed_hosts),
        upload_bytes=0 if access.read_only else BYTES_AT_ONCE,
    )
    if access.auth_file is not None:
        app.add_middleware(SignedIn, users=Users(access.auth_file))
    app.add_middleware(BehindProxy, root_path=access.root_path, trusted=access.trusted_proxies)

    @app.get(f"/{SCRIPT}", include_in_schema=False)
    def script() -> FileResponse:
        return FileResponse(Path(__file__).with_name("page.js"), media_type="text/javascript")

    app.include_router(keeping.router)
    add_api(app, bot)
    app.router.routes.extend(mcp_routes)
    add_viewer(app, bot)
    mount(app, bot, work, read_only=access.read_only, paths=_paths(host, access), root_path=access.root_path)
    return app


def _names(host: str) -> frozenset[str]:
    machine = socket.gethostname().lower()
    return frozenset({"localhost", machine, f"{machine}.local", host.lower()})


def _paths(host: str, access: Access) -> str:
    """Return who may add files and folders by their paths; a proxy on this machine lets other people in."""
    if access.allow_paths:
        return "all"
    return "own" if _is_own(host) and not access.is_for_others else "none"


def _is_own(host: str) -> bool:
    """Tell whether a server on a host can be reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
