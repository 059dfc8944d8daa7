"""The documents that fit a search -> the HTML of the table, a page at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from corpus.records import Failure
from qa.page.escape import literal, name
from qa.page.staleness import state_words
from qa.records import DocumentRecord

ROWS = 50
FAILURES_SHOWN = 200
ANY_KIND = "All types"
STATES = ("Any state", "Up to date", "Changed or gone", "With notes")
ORDERS = ("Name", "Title", "Newest first", "Most passages")


@dataclass(frozen=True, slots=True)
class View:
    """What a person wants to see of the documents.

    Args:
        search: words that stand in the title or the path.
        kind: a format, or `ANY_KIND`.
        state: one of `STATES`.
        order: one of `ORDERS`.
        page: number of the page, from 0; past the last it is the last.
        picked: sources whose boxes are ticked.
    """

    search: str = ""
    kind: str = ANY_KIND
    state: str = STATES[0]
    order: str = ORDERS[0]
    page: int = 0
    picked: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the table.

    Args:
        html: of the table.
        page: its number, from 0.
        pages: how many there are, at least 1.
        found: how many documents fit.
    """

    html: str
    page: int
    pages: int
    found: int


def listing(documents: Sequence[DocumentRecord], stale: Mapping[str, str], view: View) -> Listing:
    """Return the part of the documents that a person wants to see.

    Args:
        documents: all.
        stale: the state of those whose files are no longer as they were read.
        view: what is wanted.
    """
    words = view.search.casefold().split()
    fitting = [
        document
        for document in documents
        if view.kind in (ANY_KIND, document.format)
        and all(word in f"{document.title}\n{document.source}".casefold() for word in words)
        and _is_in_state(document, stale, view.state)
    ]
    _sort(fitting, view.order)
    pages = max(1, -(-len(fitting) // ROWS))
    page = min(max(view.page, 0), pages - 1)
    shown = fitting[page * ROWS : (page + 1) * ROWS]
    return Listing(_table(shown, stale, view, bool(documents)), page, pages, len(fitting))


def _is_in_state(document: DocumentRecord, stale: Mapping[str, str], wanted: str) -> bool:
    if wanted == STATES[1]:
        return document.source not in stale
    if wanted == STATES[2]:
        return document.source in stale
    return wanted != STATES[3] or bool(document.notes)


def _sort(documents: list[DocumentRecord], order: str) -> None:
    documents.sort(key=lambda d: (PurePath(d.source).name.casefold(), d.source))
    if order == ORDERS[1]:
        documents.sort(key=lambda d: d.title.casefold())
    elif order == ORDERS[2]:
        documents.sort(key=lambda d: d.indexed_at, reverse=True)
    elif order == ORDERS[3]:
        documents.sort(key=lambda d: -d.passages)


def _table(documents: Sequence[DocumentRecord], stale: Mapping[str, str], view: View, any_at_all: bool) -> str:
    if not documents:
        text = "No document fits." if any_at_all else "There are no documents yet."
        return f'<div class="pq-none"><p>{text}</p></div>'
    rows = "".join(
        _row(number, document, stale.get(document.source, ""), document.source in view.picked)
        for number, document in enumerate(documents)
    )
    box = (
        '<label class="pq-box"><input type="checkbox" class="pq-pick-all"><span class="pq-unseen">Tick all shown</span>'
        "</label>"
    )
    heads = "".join(f"<th>{head}</th>" for head in ("Document", "Type", "Pages", "Passages", "Read", "State"))
    return (
        f'<div class="pq-table"><table><thead><tr><th>{box}</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _row(number: int, document: DocumentRecord, state: str, ticked: bool) -> str:
    source = PurePath(document.source)
    notes = "".join(f'<p class="pq-note">{literal(note)}</p>' for note in document.notes)
    badge = f'<span class="pq-state pq-{state or "fresh"}">{state_words(state)}</span>'
    return (
        f'<tr><td><label class="pq-box"><input type="checkbox" class="pq-pick" id="pq-pick-{number}" '
        f'value="{literal(document.source)}"{" checked" if ticked else ""}></label></td>'
        f'<td class="pq-doc"><label for="pq-pick-{number}"><span class="pq-doc-title">{name(document.title)}</span>'
        f'<span class="pq-file">{name(source.name)}</span>'
        f'<span class="pq-folder">{name(str(source.parent))}</span></label></td>'
        f'<td class="pq-kind">{literal(document.format)}</td>'
        f'<td class="pq-pages{_one(document.pages)}">{f"{document.pages:,}" if document.pages else ""}</td>'
        f'<td class="pq-passages{_one(document.passages)}">{document.passages:,}</td>'
        f'<td class="pq-when"><time datetime="{literal(document.indexed_at)}">{_when(document.indexed_at)}</time></td>'
        f'<td class="pq-how">{badge}{notes}</td></tr>'
    )


def _one(count: int | None) -> str:
    """Return the class that keeps what is counted in the singular, where the page is too narrow for a table."""
    return " pq-one" if count == 1 else ""


def _when(moment: str) -> str:
    """Return a moment for people, in UTC; the page's script puts it into the reader's own time."""
    try:
        return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return literal(moment)


def failures_list(failures: Sequence[Failure], search: str) -> str:
    """Return the HTML of what could not be read and why; empty where all could.

    Args:
        failures: all of them.
        search: words that stand in the path or the reason.
    """
    if not failures:
        return ""
    words = search.casefold().split()
    found = [f for f in failures if all(word in f"{f.source}\n{f.reason}".casefold() for word in words)]
    rows = "".join(
        f'<tr><td class="pq-doc"><span class="pq-file">{name(PurePath(f.source).name)}</span>'
        f'<span class="pq-folder">{name(str(PurePath(f.source).parent))}</span></td><td>{name(f.reason)}</td></tr>'
        for f in found[:FAILURES_SHOWN]
    )
    more = len(found) - FAILURES_SHOWN
    rest = f'<p class="pq-note">and {more:,} more: pullquote status lists them all</p>' if more > 0 else ""
    if not found:
        rest = '<p class="pq-note">None of them fits the search.</p>'
    heads = "<thead><tr><th>File</th><th>Why</th></tr></thead>"
    table = f"<table>{heads}<tbody>{rows}</tbody></table>" if found else ""
    return f'<div class="pq-table pq-unread"><h2>Could not be read: {len(failures):,}</h2>{table}{rest}</div>'
