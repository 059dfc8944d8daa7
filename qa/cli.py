"""The command `pullquote`: answers to stdout, progress and diagnostics to stderr."""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from typing import Any

from corpus.errors import PullquoteError, SettingError
from qa import serve_commands
from qa.chatbot import Chatbot
from qa.evaluate_command import add_evaluate
from qa.settings import Settings

EXIT_ANSWERED, EXIT_NOT_ANSWERED, EXIT_ERROR = 0, 1, 2

_EPILOG = """\
examples:
  pullquote ask "Who signed the Partnership for Peace document?"
  pullquote ask "When does the contract end?" ~/contracts
  pullquote chat ~/papers notes.docx
  pullquote index ~/papers --index ~/papers.index
  pullquote search "notice period" --index ~/papers.index --json

Without a PATH, the bundled documents about Azerbaijan and NATO are asked.
Without --index, each set of paths has an index of its own in the user's cache directory.

exit codes: 0 answered or done, 1 not answered, 2 wrong usage or input, 130 interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # file names may hold bytes that no encoding has
            stream.reconfigure(errors="backslashreplace")
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except PullquoteError as error:
        print(f"pullquote: {_one_line(str(error))}", file=sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        print("pullquote: interrupted; the index is sound, and the next run goes on from here", file=sys.stderr)
        return serve_commands.EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    else:
        return code
    return EXIT_ANSWERED


def _one_line(message: str) -> str:
    from qa.cite import printable

    return " ".join(printable(message).split())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pullquote",
        description="Ask your own documents; the answer is the sentence that says it, quoted word for word.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"pullquote {version('pullquote')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    chat = serve_commands.add_chat(commands, _command, partial(_open, empty=True))  # documents can be added on the page
    ask = _command(commands, "ask", _ask, "ask one question", first="question")
    search = _command(commands, "search", _search, "list the best passages", first="question")
    for command in (chat, ask):
        _reader_options(command)
    for command in (ask, search):
        command.add_argument(
            "--only", metavar="PATH", action="append", help="ask this document or folder of the index alone; repeatable"
        )
    ask.add_argument("--explain", action="store_true", help="say what ranked each quote, and why it is so sure")
    ask.add_argument("--save", metavar="FILE", help="keep the answer with full citations as .md, .html or .json")
    ask.add_argument("--threshold", type=float, help="probability from which on a question counts as answered")

    search.add_argument("-k", type=int, default=10, help="how many passages (default: %(default)s)")

    index = _command(commands, "index", _index, "read documents into the index, or take them out of it")
    index.add_argument("--remove", metavar="SOURCE", action="append", default=[], help="take a document or folder out")
    index.add_argument("--again", action="store_true", help="read every file again, changed or not")

    _command(commands, "status", _status, "list the documents, and what could not be read and why")

    feedback = _command(
        commands, "feedback", _feedback, "list what people said of answers, or make a labelled set of it"
    )
    feedback.add_argument("--export", metavar="DIR", help="write a labelled set that `pullquote evaluate DIR` reads")
    feedback.add_argument("--retract", metavar="ID", action="append", default=[], help="forget a vote")

    _reader_options(add_evaluate(commands, _command, _open))
    _reader_options(serve_commands.add_mcp(commands, _command, _open))
    serve_commands.add_user(commands)
    return parser


def _command(
    commands: Any, name: str, run: Any, text: str, *, first: str = "", paths: bool = True, json_output: bool = True
) -> argparse.ArgumentParser:
    """Add a command with the options that all have."""
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    command.set_defaults(run=run, threshold=None, paths=[], json=False, no_reader=False, reader=None)
    if first:
        command.add_argument(first, help="in quotation marks")
    if paths:
        command.add_argument("paths", nargs="*", metavar="PATH", help="file or folder (default: the bundled documents)")
    command.add_argument("--index", metavar="DIR", help="folder of the index (default: in the user's cache directory)")
    command.add_argument("--model", metavar="NAME_OR_PATH", help="another sentence-transformers model")
    if json_output:
        command.add_argument("--json", action="store_true", help="print JSON")
    return command


def _reader_options(command: argparse.ArgumentParser) -> None:
    reader = command.add_mutually_exclusive_group()
    reader.add_argument("--no-reader", action="store_true", help="leave the reader out: quicker, less exact")
    reader.add_argument("--reader", metavar="NAME_OR_PATH", help="a cross-encoder, or trained weights, as the reader")


def _settings(options: argparse.Namespace) -> Settings:
    return Settings(
        model=options.model,
        threshold=options.threshold,
        reader=not options.no_reader,
        reader_model=options.reader,
    )


def _open(options: argparse.Namespace, *, empty: bool = False) -> Chatbot:
    from rich.console import Console

    from qa.terminal import showing_progress

    with showing_progress(Console(stderr=True)) as progress:
        return Chatbot.open(
            options.paths or None,
            index=options.index,
            settings=_settings(options),
            progress=progress,
            empty=empty,
        )


def _width() -> int:
    """Return the columns to wrap to; text that goes to a file or a pipe is hardly wrapped at all."""
    return min(shutil.get_terminal_size().columns, 100) if sys.stdout.isatty() else 10_000


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _ask(options: argparse.Namespace) -> int:
    from qa.keeping import check_suffix, save
    from qa.terminal import answer_text
    from qa.turns import turn_of

    if options.save:
        check_suffix(options.save)
    with _open(options) as bot:
        answer = bot.ask(options.question, sources=options.only)
    explanation = answer.explain() if options.explain else None
    if options.save:
        save([turn_of(answer)], options.save)
    if options.json:
        _print_json(answer.to_dict() | ({"explanation": explanation.to_dict()} if explanation else {}))
    else:
        print(answer_text(answer, _width()), *([f"\n{explanation}"] if explanation else []), sep="\n")
    return EXIT_ANSWERED if answer.answered else EXIT_NOT_ANSWERED


def _search(options: argparse.Namespace) -> int:
    from qa.terminal import hits_text

    with _open(options) as bot:
        hits = bot.search(options.question, options.k, sources=options.only)
        understood = bot.understood(options.question)
    if options.json:
        _print_json([hit.to_dict() for hit in hits])
    else:
        print(hits_text(hits, _width(), "" if understood == options.question else understood))
    return EXIT_ANSWERED if hits else EXIT_NOT_ANSWERED


def _index(options: argparse.Namespace) -> int:
    from rich.console import Console

    from qa.terminal import showing_progress, sync_text

    console = Console(stderr=True)
    with showing_progress(console) as progress:
        bot = Chatbot.open(
            options.paths or None, index=options.index, settings=_settings(options), progress=progress, sync=False
        )
        with bot:
            removed = [gone for source in options.remove for gone in bot.remove(source)]
            report = bot.add(options.paths) if options.paths else bot.sync()
            if options.again:
                report = bot.sync(again=True)
            report.removed.extend(removed)
            if not removed:
                bot.check_not_empty()
            failures, documents = bot.failures, bot.documents
            folder = bot.index_folder
    if options.json:
        _print_json({"index": str(folder), **asdict(report)})
    else:
        print(sync_text(report, failures, folder, documents))
    return EXIT_ANSWERED


def _status(options: argparse.Namespace) -> int:
    from rich.console import Console

    from qa.terminal import status_tables

    with _open(options) as bot:
        documents, failures, folder = bot.documents, bot.failures, bot.index_folder
    if options.json:
        record = {"documents": [d.to_dict() for d in documents], "failures": [asdict(f) for f in failures]}
        _print_json({"index": str(folder), **record})
    else:
        console = Console(width=None if sys.stdout.isatty() else 200)
        for part in status_tables(documents, failures, folder):
            console.print(part)
    return EXIT_ANSWERED


def _feedback(options: argparse.Namespace) -> int:
    from qa.terminal import votes_text

    paths = options.paths or None
    with Chatbot.open(paths, index=options.index, settings=_settings(options), sync=False) as bot:
        unknown = [vote_id for vote_id in options.retract if not bot.retract(vote_id)]
        votes = bot.votes
        questions = bot.export_votes(options.export) if options.export else 0
    if unknown:
        raise SettingError(f"there is no vote {unknown[0]!r}; `pullquote feedback` lists them with their ids")
    if options.json:
        _print_json([vote.to_dict() for vote in votes])
    elif options.export:
        print(f"{questions} questions from {len(votes)} votes are in {options.export}")
    else:
        print(votes_text(votes, _width()))
    return EXIT_ANSWERED
