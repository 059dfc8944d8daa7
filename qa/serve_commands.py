"""The commands that serve others: the page and its interfaces, the tools for other programs, and who may use them."""

import argparse
import getpass
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus.errors import SettingError
from qa.chatbot import Chatbot

EXIT_DONE, EXIT_INTERRUPTED = 0, 130

AddCommand = Callable[..., argparse.ArgumentParser]
Open = Callable[[argparse.Namespace], Chatbot]


def add_chat(commands: Any, add: AddCommand, open_bot: Open) -> argparse.ArgumentParser:
    """Add the command `chat`, and return its parser.

    Args:
        commands: the command line's.
        add: adds a command with the options that all have.
        open_bot: opens the documents that the options name.
    """
    chat = add(
        commands, "chat", lambda options: _chat(options, open_bot), "open the chat page in a browser", json_output=False
    )
    chat.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s, this machine)")
    chat.add_argument("--port", type=int, default=None, help="port to listen on (default: 7860 or the next free one)")
    chat.add_argument("--no-browser", action="store_true", help="do not open a browser")
    others = chat.add_argument_group("for others than yourself")
    others.add_argument(
        "--auth-file", metavar="FILE", type=Path, help="let in only the users in this file (see `pullquote user`)"
    )
    others.add_argument(
        "--read-only", action="store_true", help="let nothing be changed through the page and its interfaces"
    )
    others.add_argument(
        "--allow-paths", action="store_true", help="let other machines add files and folders of this one by their paths"
    )
    others.add_argument(
        "--root-path", metavar="PATH", default="", help="path that a reverse proxy serves the page under (/pullquote)"
    )
    others.add_argument(
        "--trusted-proxy", metavar="ADDRESS", action="append", default=[],
        help="take the word of a reverse proxy at this address or network on who asks, and for which host",
    )  # fmt: skip
    others.add_argument(
        "--allowed-host",
        metavar="NAME",
        action="append",
        default=[],
        help="a name that the server goes by, besides its own",
    )
    return chat


def add_mcp(commands: Any, add: AddCommand, open_bot: Open) -> argparse.ArgumentParser:
    """Add the command `mcp`, and return its parser; arguments as for `add_chat`."""
    return add(
        commands,
        "mcp",
        lambda options: _mcp(options, open_bot),
        "serve the documents to a program that speaks MCP, over standard input and output",
        json_output=False,
    )


def add_user(commands: Any) -> None:
    """Add the command `user`; argument as for `add_chat`."""
    text = "say who may use the chat page: the users of its --auth-file"
    user: argparse.ArgumentParser = commands.add_parser(
        "user",
        help=text,
        description=f"{text[0].upper()}{text[1:]}. The password is asked for; from a program, it is the first line of "
        "standard input. A server that is running lets users in, or keeps them out, from then on.",
    )
    user.set_defaults(run=_user)
    user.add_argument("action", choices=("add", "remove", "list"), help="add one or change a password; remove; list")
    user.add_argument("name", nargs="?", metavar="NAME", help="the user's name")
    user.add_argument("--auth-file", metavar="FILE", type=Path, required=True, help="made when it is missing")


def _chat(options: argparse.Namespace, open_bot: Open) -> int:
    from qa.page import Access, is_open, serve

    _log_to_stderr()
    access = Access(
        auth_file=options.auth_file and options.auth_file.expanduser().absolute(),
        read_only=options.read_only,
        root_path=options.root_path,
        trusted_proxies=tuple(options.trusted_proxy),
        allowed_hosts=tuple(options.allowed_host),
        allow_paths=options.allow_paths,
    )
    if access.auth_file is None and is_open(options.host):
        _tell(
            "warning: anyone who can reach this machine can read what the documents say; --auth-file asks for a "
            "password, --host 127.0.0.1 keeps the page to this machine"
        )
    with open_bot(options) as bot:
        serve(
            bot,
            access=access,
            host=options.host,
            port=options.port,
            open_browser=not options.no_browser,
            on_ready=lambda url: _tell(f"Pullquote is at {url} (Ctrl-C ends it)", name=False),
        )
    return EXIT_DONE


def _mcp(options: argparse.Namespace, open_bot: Open) -> int:
    from qa.mcp_server import check_installed, serve_stdio

    check_installed()
    _log_to_stderr()
    with open_bot(options) as bot:
        serve_stdio(bot)
    return EXIT_DONE


def _user(options: argparse.Namespace) -> int:
    from qa.page.users import add_user, check_name, read_users, remove_user

    path = options.auth_file.expanduser().absolute()
    if options.action == "list":
        print("".join(f"{name}\n" for name in read_users(path)), end="")
        return EXIT_DONE
    check_name(options.name or "")
    if options.action == "remove":
        remove_user(path, options.name)
        _tell(f"{options.name} is no user any more", name=False)
    else:
        add_user(path, options.name, _password(options.name))
        _tell(f"{options.name} may use Pullquote with --auth-file {path}", name=False)
    return EXIT_DONE


def _password(name: str) -> str:
    """Ask for a password twice without showing it; or read it from the program that is on the other side."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(f"Password for {name}: ")
    if getpass.getpass("Once more: ") != password:
        raise SettingError("the two passwords differ; try again")
    return password


def _log_to_stderr() -> None:
    """Write warnings and faults as lines with a time; done before a library sets up something more colourful."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)


def _tell(text: str, *, name: bool = True) -> None:
    print(f"pullquote: {text}" if name else text, file=sys.stderr, flush=True)
