"""Markdown: its marks are taken off, its headings become sections, its front matter the title and a few lines."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from corpus.decode import decode
from corpus.formats.draft import Draft, check_length
from corpus.formats.titles import choose_title
from corpus.formats.web import fragment_text
from corpus.records import Document, File, Limits
from corpus.scripts import glue

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_FRONT_MATTER_LONGEST = 20_000
_NOTED = ("date", "author")
_NESTING = 100  # quotes in lists in quotes; markdown-it's own figure for its strictest preset is 20


def read(file: File, raw: bytes, limits: Limits) -> tuple[Document, ...]:
    """Read a Markdown file."""
    decoded = decode(raw)
    check_length(len(decoded.text), limits)
    matter, body = _front_matter(decoded.text)
    draft = Draft(limits)
    writer = _Writer(draft)
    writer.write(body)
    title = choose_title(file, str(matter.get("title") or ""), *writer.headings[:1])
    return (draft.document(file, title, "markdown", decoded.notes + _notes(matter)),)


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    found = _FRONT_MATTER.match(text)
    if not found or len(found[1]) > _FRONT_MATTER_LONGEST:
        return {}, text
    import yaml

    try:
        matter = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, text
    return (matter, text[found.end() :]) if isinstance(matter, dict) else ({}, text)


def _notes(matter: dict[str, Any]) -> tuple[str, ...]:
    said = (matter.get(name) for name in _NOTED)
    return tuple(f"{name}: {value}" for name, value in zip(_NOTED, said, strict=True) if value)


class _Writer:
    """Adds the blocks of a Markdown text to a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self.headings: list[str] = []
        self._level = 0
        self._lists = 0
        self._lines: list[str] = []
        self._cells: list[str] = []

    def write(self, body: str) -> None:
        from markdown_it import MarkdownIt

        parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable(["table", "strikethrough"])
        for token in parser.parse(body):
            if token.nesting:
                self._bound(token.type, token.tag)
            elif token.type == "inline":
                self._words(_inline(token.children or ()))
            elif token.type in {"fence", "code_block"}:
                self._flush()
                self._draft.verbatim(token.content)
            elif token.type == "html_block":
                self._flush()
                self._draft.block(fragment_text(token.content))

    def _bound(self, kind: str, tag: str) -> None:
        match kind:
            case "bullet_list_open" | "ordered_list_open":
                self._lists += 1
            case "bullet_list_close" | "ordered_list_close":
                self._lists -= 1
            case "heading_open":
                self._level = int(tag[1:])
            case "heading_close":
                self._level = 0
            case "th_open" | "td_open":
                self._cells.append("")
            case "tr_close":
                self._lines.append(" | ".join(self._cells))
                self._cells.clear()
        if not self._lists and kind.endswith(("list_close", "table_close")):
            self._flush()

    def _words(self, text: str) -> None:
        if self._level:
            self._flush()
            self._draft.heading(text, self._level)
            self.headings.append(text)
        elif self._cells:
            self._cells[-1] = text
        elif self._lists:
            self._lines.append(text)
        else:
            self._draft.block(text)

    def _flush(self) -> None:
        self._draft.block("\n".join(self._lines))
        self._lines.clear()


def _inline(children: Sequence[Any]) -> str:
    """Return the words of inline Markdown, without its marks."""
    parts: list[str] = []
    for child, after in zip_longest(children, children[1:]):
        match child.type:
            case "text" | "code_inline":
                parts.append(child.content)
            case "softbreak":
                parts.append(glue("".join(parts[-1:]), after.content if after else ""))
            case "hardbreak":
                parts.append("\n")
            case "image":
                parts.append(_inline(child.children or ()))
            case "html_inline":
                parts.append("\n" if child.content.lower().startswith("<br") else "")
    return "".join(parts)
