"""A conversation as a file to keep: Markdown, HTML or JSON, each quote with all that is needed to find it again."""

import html
import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from corpus.errors import PathError, SettingError
from qa.cite import DIFFERENT, NOT_ANSWERED, citation, confidence_in_words, percent
from qa.page.escape import literal, name
from qa.records import Answer, Quote
from qa.turns import Turn, now

TITLE = "A conversation with documents"
CLOSEST = f"{NOT_ANSWERED} The closest passages:"
ALSO = "Also in the documents:"

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~$&!])|:(?=//)")
_LIST_MARKER = re.compile(r"(?m)^(\s*)([-+=]|\d+(?=[.)]))")

_STYLE = """\
:root { color-scheme: light dark; --subdued: #52607a; --line: #4f46e5 }
@media (prefers-color-scheme: dark) { :root { --subdued: #a3b1c6; --line: #a5b4fc } }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; \
overflow-wrap: anywhere }
h2 { font-size: 1.15rem; margin-top: 2.5rem; white-space: pre-line }
blockquote { margin: 0; font: 1.15rem/1.5 ui-serif, Georgia, serif; white-space: pre-line }
figure { margin: 1rem 0; padding-left: 1rem; border-left: 3px solid var(--line) }
figcaption, .note { color: var(--subdued); font-size: 0.875rem }
"""


def as_json(turns: Sequence[Turn]) -> str:
    """Return a conversation as JSON: every turn as it was, each quote with its citation in words."""
    return json.dumps(
        {"title": TITLE, "saved_at": now(), "turns": [_with_citations(turn) for turn in turns]},
        ensure_ascii=False,
        indent=2,
    )


def as_markdown(turns: Sequence[Turn]) -> str:
    """Return a conversation as Markdown; what is taken from documents is escaped, so that it is only read."""
    parts = [f"# {TITLE}", f"Saved {now()}"]
    for turn in turns:
        parts += [f"## {_plain(' '.join(turn.question.split())) or '(an empty question)'}", f"Asked {turn.asked_at}"]
        if turn.answer is None:
            parts.append(_plain(turn.problem))
            continue
        if turn.answer.understood != turn.question:
            parts.append(f"Searched for: {_plain(turn.answer.understood)}")
        for lead, quotes in _groups(turn.answer):
            parts += [lead] if lead else []
            parts += [_quote_in_markdown(turn.answer, quote) for quote in quotes]
    return "\n\n".join(parts) + "\n"


def as_html(turns: Sequence[Turn]) -> str:
    """Return a conversation as one HTML file that needs, fetches and runs nothing."""
    body = "".join(map(_turn_in_html, turns))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{TITLE}</title>\n<style>\n{_STYLE}</style></head>\n<body><main>\n<h1>{TITLE}</h1>\n"
        f'<p class="note">Saved {now()}</p>\n{body}</main></body></html>\n'
    )


FORMATS: dict[str, tuple[str, Callable[[Sequence[Turn]], str]]] = {
    "md": ("text/markdown", as_markdown),
    "html": ("text/html", as_html),
    "json": ("application/json", as_json),
}
"""By the end of a file's name: the kind of content, and what makes it."""


def in_format(turns: Sequence[Turn], suffix: str) -> str:
    """Return a conversation in a format.

    Args:
        turns: oldest first.
        suffix: "md", "html" or "json".

    Raises:
        SettingError: there is no such format.
    """
    if suffix not in FORMATS:
        raise SettingError(f"a conversation cannot be kept as {suffix!r}; choose one of {', '.join(FORMATS)}")
    return FORMATS[suffix][1](turns)


def check_suffix(file: str | os.PathLike[str]) -> str:
    """Return the format that a file's name asks for.

    Raises:
        SettingError: it asks for none that there is.
    """
    suffix = Path(file).suffix.removeprefix(".").lower()
    if suffix not in FORMATS:
        raise SettingError(f"{os.fspath(file)!r} does not end in {', '.join(f'.{name}' for name in FORMATS)}")
    return suffix


def save(turns: Sequence[Turn], file: str | os.PathLike[str]) -> None:
    """Write a conversation to a file.

    Args:
        turns: oldest first; `qa.turns.turn_of` makes one of an answer.
        file: its ending (.md, .html or .json) chooses the format.

    Raises:
        SettingError: the name has another ending.
        PathError: the file cannot be written.
    """
    text = in_format(turns, check_suffix(file))
    try:
        Path(file).expanduser().write_bytes(text.encode("utf-8", "replace"))
    except OSError as error:
        raise PathError(f"{os.fspath(file)} cannot be written ({error.strerror}); choose another place") from error


def _groups(answer: Answer) -> list[tuple[str, tuple[Quote, ...]]]:
    """Return the quotes in the groups that they are shown in, each with the words above it."""
    if not answer.answered:
        return [(CLOSEST if answer.quotes else NOT_ANSWERED, answer.quotes)]
    further = list(enumerate(answer.quotes))[1:]
    groups = [
        ("", answer.quotes[:1]),
        (DIFFERENT, tuple(quote for n, quote in further if n in answer.differing)),
        (ALSO, tuple(quote for n, quote in further if n not in answer.differing)),
    ]
    return [group for group in groups if group[1]]


def _where(answer: Answer, quote: Quote) -> tuple[str, str]:
    """Return how far a quote is to be trusted, and where exactly it stands."""
    sure = f"{confidence_in_words(answer, quote)} ({percent(quote.confidence)})"
    return sure, f"{quote.source}, characters {quote.start:,} to {quote.end:,}"


def _with_citations(turn: Turn) -> dict[str, Any]:
    values = turn.to_dict()
    if turn.answer is not None:
        for quote, stored in zip(turn.answer.quotes, values["answer"]["quotes"], strict=True):
            stored["citation"] = citation(quote)
    return values


def _quote_in_markdown(answer: Answer, quote: Quote) -> str:
    lines = "  \n> ".join(_plain(quote.text).split("\n"))
    sure, where = _where(answer, quote)
    return f"> {lines}\n>\n> — {_plain(citation(quote))}  \n> {sure}; {_plain(where)}"


def _plain(text: str) -> str:
    """Return a text of which Markdown shows exactly the characters."""
    escaped = _MARKDOWN.sub(lambda found: f"\\{found[0]}", text)
    return _LIST_MARKER.sub(lambda found: f"{found[1]}\\{found[2]}" if found[2] in "-+=" else found[0] + "\\", escaped)


def _turn_in_html(turn: Turn) -> str:
    question = literal(turn.question) or "(an empty question)"
    head = f'<section>\n<h2 dir="auto">{question}</h2>\n<p class="note">Asked {html.escape(turn.asked_at)}</p>\n'
    if turn.answer is None:
        return f"{head}<p>{literal(turn.problem)}</p>\n</section>\n"
    if turn.answer.understood != turn.question:
        head += f'<p class="note">Searched for: <bdi>{literal(turn.answer.understood)}</bdi></p>\n'
    for lead, quotes in _groups(turn.answer):
        head += f"<p>{lead}</p>\n" if lead else ""
        head += "".join(_quote_in_html(turn.answer, quote) for quote in quotes)
    return f"{head}</section>\n"


def _quote_in_html(answer: Answer, quote: Quote) -> str:
    sure, where = _where(answer, quote)
    return (
        f'<figure><blockquote dir="auto">{literal(quote.text)}</blockquote>\n'
        f"<figcaption>— {name(citation(quote))}<br>{sure}; {name(where)}</figcaption></figure>\n"
    )
