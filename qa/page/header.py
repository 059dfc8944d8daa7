"""The head of the page: what this is, what it searches, and what it could not read."""

from collections.abc import Sequence

from corpus.records import Failure
from qa.page.bot import Bot
from qa.page.escape import name

LISTED = 50


def header(bot: Bot) -> str:
    """Return the HTML of the page's head.

    Args:
        bot: knows the documents that it searches and the files that could not be read.
    """
    documents = bot.documents
    passages = sum(document.passages for document in documents)
    counts = "No documents yet"
    if documents:
        counts = f"Searching {_count(len(documents), 'document')}, {_count(passages, 'passage')}"
    return (
        '<div class="pq-header"><h1>Pullquote</h1>'
        "<p>Ask your documents a question. The answer is the sentence that says it, quoted word for word.</p>"
        f'<p class="pq-counts">{counts}</p>{_failures(bot.failures)}</div>'
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _failures(failures: Sequence[Failure]) -> str:
    if not failures:
        return ""
    items = "".join(f"<li>{name(one.source)}: {name(one.reason)}</li>" for one in failures[:LISTED])
    if len(failures) > LISTED:
        items += f"<li>and {len(failures) - LISTED:,} more: pullquote status lists them all</li>"
    summary = f"{_count(len(failures), 'file')} could not be read"
    return f'<details class="pq-failures"><summary>{summary}</summary><ul>{items}</ul></details>'
