"""The command that measures answers on labelled sets, beside what one would write by hand."""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import PathError
from qa import evaluate
from qa.serve_commands import EXIT_DONE, EXIT_INTERRUPTED, AddCommand, Open

if TYPE_CHECKING:
    from qa.figures import Figures

_EPILOG = """\
All figures beside the baseline's, whole sets and half of one, with pictures:
  pullquote evaluate sets/* --hold-out article --baseline --plots pictures
A set whose documents are few, among many others:
  pullquote evaluate sets/towns --hold-out article --among ~/library
"""


def add_evaluate(commands: Any, add: AddCommand, open_bot: Open) -> argparse.ArgumentParser:
    """Add the command `evaluate`, and return its parser.

    Args:
        commands: the command line's.
        add: adds a command with the options that all have.
        open_bot: opens the documents that the options name.
    """
    command = add(
        commands,
        "evaluate",
        lambda options: _evaluate(options, open_bot),
        "measure answers on labelled sets",
        paths=False,
    )
    command.epilog, command.formatter_class = _EPILOG, argparse.RawDescriptionHelpFormatter
    command.add_argument("sets", nargs="+", metavar="SET", help="folder with documents.jsonl and questions.jsonl")
    command.add_argument("--limit", type=int, help="ask only so many questions of each set, evenly spread")
    command.add_argument(
        "--hold-out", metavar="FIELD", help="also measure without every second group of documents by this field"
    )
    command.add_argument(
        "--among", nargs="+", default=[], metavar="PATH", help="files and folders to be searched beside each set's own"
    )
    command.add_argument("--baseline", action="store_true", help="also measure plain cosines of the same model")
    command.add_argument("--plots", metavar="DIR", help="draw how far the confidence can be believed, a PNG a set")
    return command


def _evaluate(options: argparse.Namespace, open_bot: Open) -> int:
    from rich.console import Console

    from qa.plots import check_can_plot
    from qa.terminal import figures_tables

    if options.plots:
        check_can_plot()
    sets = _read(options)
    results: dict[str, Figures] = {}
    pictures: list[Path] = []
    code = EXIT_DONE
    try:
        for name, figures, picture in _measured(sets, options, open_bot):
            results[name] = figures
            pictures += [picture] if picture else []
    except KeyboardInterrupt:
        if not results:
            raise
        print("pullquote: interrupted; these sets were measured before", file=sys.stderr)
        code = EXIT_INTERRUPTED
    if options.json:
        print(json.dumps(results, ensure_ascii=False, indent=2))
        return code
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 200
    for part in figures_tables(results, width):
        Console(width=width).print(part)
    for picture in pictures:
        print(f"drawn: {picture}")
    return code


def _measured(
    sets: Mapping[Path, list[evaluate.Question]], options: argparse.Namespace, open_bot: Open
) -> Iterator[tuple[str, "Figures", Path | None]]:
    """Yield each run as it ends: its name, its figures, the picture that was drawn of it."""
    from rich.console import Console

    from qa import baseline, figures
    from qa.plots import save_plot
    from qa.terminal import counting

    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as scratch:
        whole = indexed = Path()  # documents of the set that a half is of, and the index over them
        for name, folder, questions in _parts(sets, options, Path(scratch)):
            documents = folder / "documents.jsonl"
            halved = folder.is_relative_to(scratch)
            index = folder / "index" if halved else options.index
            copied = halved and options.among  # so that the others are not read twice
            if copied:
                shutil.copytree(indexed, index)
            opening = argparse.Namespace(**vars(options) | {"paths": [documents, *options.among], "index": index})
            with open_bot(opening) as bot:
                if copied:
                    bot.remove(whole)
                whole, indexed = documents, bot.index_folder
                with counting(console, f"Asking {name}") as told:
                    outcomes = list(evaluate.run(bot, questions, told))
                picture = save_plot(name, outcomes, Path(options.plots).expanduser()) if options.plots else None
                yield name, figures.measure(outcomes), picture
                if options.baseline:
                    with counting(console, f"Asking the baseline {name}") as told:
                        plain = list(baseline.run(bot.index_folder, bot.encoder, questions, told))
                    yield f"{name}, baseline", figures.measure(plain, calibrated=False), None


def _read(options: argparse.Namespace) -> dict[Path, list[evaluate.Question]]:
    """Return the questions of every set, before the first is asked: a folder that is none should not cost an hour."""
    sets = {folder: evaluate.read_questions(folder) for folder in (Path(name).expanduser() for name in options.sets)}
    field = options.hold_out
    if field and not any(evaluate.has_field(folder, field) for folder in sets):
        raise PathError(f"the documents of no set have a field {field!r} to make groups of")
    return sets


def _parts(
    sets: Mapping[Path, list[evaluate.Question]], options: argparse.Namespace, scratch: Path
) -> Iterator[tuple[str, Path, list[evaluate.Question]]]:
    """Yield what is measured: its name, the folder of its documents, its questions."""
    names = [folder.name for folder in sets]
    for folder, questions in sets.items():
        name = folder.name if names.count(folder.name) == 1 else str(folder)
        others = ", among others" if options.among else ""
        yield name + others, folder, evaluate.sample(questions, options.limit or len(questions))
        if options.hold_out and evaluate.has_field(folder, options.hold_out):
            half = scratch / str(len(list(scratch.iterdir())))
            kept = evaluate.hold_out(folder, questions, options.hold_out, half)
            yield f"{name}, half{others}", half, evaluate.sample(kept, options.limit or len(kept))
