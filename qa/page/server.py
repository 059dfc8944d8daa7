"""Serve the page until it is interrupted."""

import ipaddress
import socket
import webbrowser
from collections.abc import Callable
from contextlib import suppress

from corpus.errors import SettingError
from qa.page.access import Access
from qa.page.bot import Bot
from qa.page.users import read_users

FIRST_PORT = 7860
PORTS_TRIED = 21
LAST_PORT = 65535
SHUTDOWN_SECONDS = 1


def serve(
    bot: Bot,
    *,
    access: Access | None = None,
    host: str = "127.0.0.1",
    port: int | None = None,
    open_browser: bool = False,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the chat page until the process is interrupted (Ctrl-C).

    Args:
        bot: answers the questions; it stays open.
        access: who reaches the page and what they may do there; None for everyone who can reach the host.
        host: name or address to listen on; by default only this machine can reach the page.
        port: 1 to 65535, 0 for any free one; None for 7860 or, where that is taken, the next free one of the
            following twenty.
        open_browser: open the page in the user's browser when it is ready.
        on_ready: called once with the page's address when it answers.

    Raises:
        SettingError: the host or the port cannot be listened on.
        InputError: the file of users cannot be used.
    """
    access = access or Access()
    if access.auth_file is not None:
        read_users(access.auth_file)
    with _listen(host, port) as listener:
        # these take seconds to import, which a port that is taken should not cost
        import uvicorn

        from qa.page.app import application

        address = _address(host, listener.getsockname()[1], access.root_path)

        class Server(uvicorn.Server):
            """A server that says when it can be asked."""

            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                if on_ready is not None:
                    on_ready(address)
                if open_browser:
                    webbrowser.open(address)

        config = uvicorn.Config(
            lambda: application(bot, host, access),
            factory=True,  # built within the loop that it runs in; else Gradio leaves a second one open
            log_config=None,
            # a page that is open holds a connection for good; cutting it off in the end is no error to report
            log_level="critical",
            server_header=False,
            proxy_headers=False,  # `qa.page.proxy` reads them; left to itself, uvicorn takes any local process's word
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
        with suppress(KeyboardInterrupt):
            Server(config).run(sockets=[listener])


def _listen(host: str, port: int | None) -> socket.socket:
    if port is not None and not 0 <= port <= LAST_PORT:
        raise SettingError(f"port {port} does not exist; choose one from 1 to {LAST_PORT}, or 0 for any free one")
    ports = range(FIRST_PORT, FIRST_PORT + PORTS_TRIED) if port is None else [port]
    for candidate in ports:
        try:
            return _bound(host, candidate)
        except OSError as error:
            problem = error
    raise SettingError(_advice(host, port, problem)) from problem


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        # a port that a server has just left may be taken again at once
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener


def _advice(host: str, port: int | None, problem: OSError) -> str:
    if isinstance(problem, socket.gaierror):
        return f"no such host: {host!r}; use 127.0.0.1 for this machine alone, 0.0.0.0 for every network it is on"
    if port is None:
        last = FIRST_PORT + PORTS_TRIED - 1
        return f"ports {FIRST_PORT} to {last} of {host} cannot be used ({problem.strerror}); choose another with --port"
    return f"port {port} of {host} cannot be used ({problem.strerror}); choose another, or 0 for any free one"


def _address(host: str, port: int, root_path: str = "") -> str:
    """Return an address that a browser on this machine can open."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - it is recognised, not bound
    return f"http://[{name}]:{port}{root_path}/" if ":" in name else f"http://{name}:{port}{root_path}/"


def is_open(host: str) -> bool:
    """Tell whether other machines can reach a server that listens on this host.

    Args:
        host: name or address to listen on.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:  # listening will say what is wrong
        return False
    return not all(ipaddress.ip_address(place[0]).is_loopback for *_, place in found)
