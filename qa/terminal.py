"""What the command line shows: progress on stderr, tables and answers as text."""

import os
import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from corpus.records import Failure
from index.feedback import Vote
from index.sync import OnProgress, Progress, SyncReport
from qa import cite
from qa.feedback import reason_in_words
from qa.records import Answer, DocumentRecord, Hit, Quote

_FIGURE_NAMES, _RUN_COLUMNS = 26, 18
"""Columns of a terminal for the names of figures, and for the figures of a run."""


@contextmanager
def showing_progress(console: Console) -> Iterator[OnProgress]:
    """Show indexing on a terminal as a bar; elsewhere as one line every ten seconds."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task("", total=None, visible=False)
        told = time.monotonic()

        def show(progress: Progress) -> None:
            nonlocal told
            description = {"looking": "Looking for files", "finishing": "Writing the index"}.get(
                progress.stage, f"Reading, {progress.passages:,} passages"
            )
            total = progress.total or None
            visible = progress.stage != "looking" or progress.done > 0
            bars.update(task, description=description, completed=progress.done, total=total, visible=visible)
            if progress.total and not console.is_terminal and time.monotonic() - told > 10:
                told = time.monotonic()
                console.print(f"{description}, {progress.done} of {progress.total} files", highlight=False)

        yield show


@contextmanager
def counting(console: Console, what: str) -> Iterator[Any]:
    """Show a count as a bar on a terminal; yield a function of the number done and the number of all."""
    with Bars(
        TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console, transient=True
    ) as bars:
        task = bars.add_task(what)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def answer_text(answer: Answer, width: int) -> str:
    """Return an answer for people: how sure it is, each quote, each citation.

    Args:
        answer: what to show.
        width: columns to wrap to.
    """
    lines = []
    if answer.understood != answer.question:
        lines.append(_searched_for(answer.understood, width))
    if not answer.answered:
        lines.append(cite.NOT_ANSWERED + (" The closest passages:" if answer.quotes else ""))
    elif answer.confidence < cite.SURE:
        lines.append("This may answer it:")
    for number, quote in enumerate(answer.quotes):
        if number in answer.differing:
            lines.append(cite.DIFFERENT)
        lines.append(_quote_text(quote, width))
    lines.extend(textwrap.fill(f"Note: {note}", width, subsequent_indent="  ") for note in answer.notes)
    return cite.printable("\n\n".join(lines))


def _searched_for(understood: str, width: int) -> str:
    return textwrap.fill(f"Searched for: {understood}", width, break_long_words=False, break_on_hyphens=False)


def _quote_text(quote: Quote, width: int) -> str:
    lines = f"“{quote.text}”".split("\n")
    words = "\n".join(textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) for line in lines)
    place = f"— {cite.citation(quote)}, {cite.percent(quote.confidence)} sure"
    return words + "\n" + textwrap.fill(place, width, initial_indent="  ", subsequent_indent="    ")


def hits_text(hits: Sequence[Hit], width: int, understood: str = "") -> str:
    """Return the passages that a search found, for people; before them what was searched for, where that differs."""
    lines = [_searched_for(understood, width)] if understood else []
    for rank, hit in enumerate(hits, 1):
        head = f"{rank}. {cite.citation(hit)}  [{hit.score:.3f}]"
        body = textwrap.fill(hit.text, width, initial_indent="   ", subsequent_indent="   ", break_long_words=False)
        lines.append(f"{textwrap.fill(head, width, subsequent_indent='   ')}\n{body}")
    return cite.printable("\n\n".join(lines))


def votes_text(votes: Sequence[Vote], width: int) -> str:
    """Return what people said of answers, for people: each vote with its question, its first quote and its id."""
    if not votes:
        return "Nobody has voted on an answer yet; the thumbs under each answer of the chat page do."
    parts = []
    for vote in votes:
        lines = [f"{vote.given_at[:10]}  {vote.verdict:<4}  {vote.question}"]
        if vote.understood != vote.question:
            lines.append(f"searched for: {vote.understood}")
        if vote.answered and vote.quotes:
            lines.append(f"“{vote.quotes[0].text}” ({PurePath(vote.quotes[0].source).name})")
        else:
            lines.append(cite.NOT_ANSWERED)
        if why := reason_in_words(vote):
            lines.append(why)
        lines.append(f"{cite.percent(vote.confidence)} sure, id {vote.id}")
        indents = ["", *["                  "] * (len(lines) - 1)]
        parts.append(
            "\n".join(
                textwrap.fill(line, width, initial_indent=indent, subsequent_indent=" " * 18, break_long_words=False)
                for line, indent in zip(lines, indents, strict=True)
            )
        )
    return cite.printable("\n\n".join(parts))


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Return a table for a rich console; its cells are shown as they are, not as markup."""
    shown = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        shown.add_column(column, overflow="fold", justify="left" if number == 0 else "right")
    for row in rows:
        shown.add_row(*(Text(cite.printable(cell)) for cell in row))
    return shown


def sync_text(
    report: SyncReport, failures: Sequence[Failure], folder: Path, documents: Sequence[DocumentRecord] = ()
) -> str:
    """Return what an indexing run did, in a few lines.

    Args:
        report: what it did.
        failures: what could not be read, in this run or before.
        folder: of the index.
        documents: all of the index; the notes of those read in this run are shown.
    """
    counts = [
        f"{len(sources)} {name}"
        for name in ("added", "changed", "moved", "removed")
        if (sources := getattr(report, name))
    ]
    lines = [f"{', '.join([*counts, f'{report.unchanged} unchanged'])}; {report.passages:,} passages read."]
    if failures:
        lines.append(f"{len(failures)} could not be read:")
        lines.extend(f"  {failure.source}: {failure.reason}" for failure in failures)
    read = {*report.added, *report.changed}
    lines.extend(noted([d for d in documents if d.source in read or d.source.rpartition("#")[0] in read]))
    lines.append(f"The index is in {folder}")
    return cite.printable("\n".join(lines))


def status_tables(documents: Sequence[DocumentRecord], failures: Sequence[Failure], folder: Path) -> Iterator[Any]:
    """Yield what the index holds: a table of documents, a table of failures, a line of sums."""
    where = _common_folder([document.source for document in documents] + [failure.source for failure in failures])
    rows = [
        (d.source.removeprefix(where), d.title, d.format, str(d.pages or ""), f"{d.passages:,}", d.indexed_at[:10])
        for d in documents
    ]
    if rows:
        yield table("", ("document", "title", "format", "pages", "passages", "indexed"), rows)
    if notes := noted(documents):
        yield ""
        yield Text(cite.printable("\n".join(["notes", *notes])))
    if failures:
        yield ""
        yield table("", ("could not be read", "why"), [(f.source.removeprefix(where), f.reason) for f in failures])
    passages = sum(document.passages for document in documents)
    sums = [f"{len(documents):,} documents, {passages:,} passages, {len(failures):,} not read"]
    if where:
        sums.append(f"documents in {where}")
    sums.append(f"index in     {folder}")
    yield Text("\n" + cite.printable("\n".join(sums)))


def noted(documents: Sequence[DocumentRecord]) -> list[str]:
    """Return the notes of documents, a line each, with the names of those that have it: three of them, if more."""
    by_note: dict[str, list[str]] = {}
    for document in documents:
        for note in document.notes:
            by_note.setdefault(note, []).append(PurePath(document.source).name)
    return [
        f"  {', '.join(names[:3])}{f' and {len(names) - 3:,} more' if len(names) > 3 else ''}: {note}"
        for note, names in by_note.items()
    ]


def _common_folder(sources: Sequence[str]) -> str:
    """Return the folder that all sources stand in, with its last slash; empty where there is none."""
    parents = {str(PurePath(source).parent) for source in sources}
    return os.path.commonpath(parents).rstrip("/") + "/" if parents else ""


def figures_tables(results: Mapping[str, Mapping[str, float | int | None]], width: int) -> Iterator[Any]:
    """Yield the figures of `evaluate`, a run a column, in as many tables as the width needs.

    Args:
        results: by the name of each run.
        width: columns of the terminal.
    """
    names = list(results)
    at_once = max(1, (width - _FIGURE_NAMES) // _RUN_COLUMNS)
    for first in range(0, len(names), at_once):
        if first:
            yield ""
        runs = [results[name] for name in names[first : first + at_once]]
        figures = [name for name in runs[0] if any(run[name] is not None for run in runs)]
        rows = [(name, *(_figure(name, run[name]) for run in runs)) for name in figures]
        yield table("", ("", *names[first : first + at_once]), rows)


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.0f}" if name == "quote characters" else f"{value:.1f}" if name.endswith("ms") else f"{value:.3f}"
