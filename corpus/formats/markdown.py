"""Markdown: its marks are taken off, its headings become sections, its front matter the title and a few lines."""

import re
from collections.abc import Sequence
from typing import Any

from corpus.decode import decode
from corpus.formats.draft import Draft, check_length
from corpus.formats.titles import choose_title
from corpus.formats.web import fragment_text
from corpus.records import Document, File, Limits

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_FRONT_MATTER_LONGEST = 20_000
_NESTING = 100  # quotes in lists in quotes; markdown-it's own figure for its strictest preset is 20


def read(file: File, raw: bytes, limits: Limits) -> tuple[Document, ...]:
    """Read a Markdown file."""
    decoded = decode(raw)
    check_length(len(decoded.text), limits)
    matter, body = _front_matter(decoded.text)
    draft = Draft(limits)
    headings = _write(body, draft)
    title = choose_title(file, str(matter.get("title") or ""), headings[0] if headings else None)
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
    named = ("date", "author", "authors")
    return tuple(f"{name}: {matter[name]}" for name in named if isinstance(matter.get(name), object) and matter.get(name))


def _write(body: str, draft: Draft) -> list[str]:
    """Add the blocks of a Markdown text, and return its headings."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable(["table", "strikethrough"])
    headings: list[str] = []
    lines: list[str] = []
    cells: list[str] = []
    depth = 0
    level = 0
    for token in parser.parse(body):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                depth += 1
            case "bullet_list_close" | "ordered_list_close":
                depth -= 1
            case "heading_open":
                level = int(token.tag[1:])
            case "heading_close":
                level = 0
            case "tr_close":
                lines.append(" | ".join(cells))
                cells.clear()
            case "th_open" | "td_open":
                cells.append("")
            case "inline":
                text = _inline(token.children or ())
                if level:
                    _flush(lines, draft)
                    draft.heading(text, level)
                    headings.append(text)
                elif cells:
                    cells[-1] = " ".join(text.split())
                elif depth:
                    lines.append(text)
                else:
                    draft.block(text)
            case "fence" | "code_block":
                _flush(lines, draft)
                draft.verbatim(token.content)
            case "html_block":
                _flush(lines, draft)
                draft.block(fragment_text(token.content))
        if not depth and token.type in {"bullet_list_close", "ordered_list_close", "table_close"}:
            _flush(lines, draft)
    return headings


def _flush(lines: list[str], draft: Draft) -> None:
    draft.block("\n".join(lines))
    lines.clear()


def _inline(children: Sequence[Any]) -> str:
    """Return the words of inline Markdown, without its marks."""
    parts: list[str] = []
    for child in children:
        match child.type:
            case "text" | "code_inline":
                parts.append(child.content)
            case "softbreak":
                parts.append(" ")
            case "hardbreak":
                parts.append("\n")
            case "image":
                parts.append(_inline(child.children or ()))
            case "html_inline":
                parts.append("\n" if child.content.lower().startswith("<br") else "")
    return "".join(parts)
