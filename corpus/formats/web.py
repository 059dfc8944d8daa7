"""HTML: the words of the page, without what stands around them (menus, banners, scripts, footers)."""

import re
from typing import Any

from corpus.decode import Decoded, decode
from corpus.formats.draft import Draft
from corpus.formats.markup import DEFINED, blocks, write
from corpus.formats.titles import choose_title, one_line
from corpus.formats.trees import html_tree
from corpus.records import Document, File, Limits

_DECLARED = re.compile(
    rb"<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,100}?encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE
)
_DECLARED_WITHIN = 4096  # bytes; browsers look at the first 1,024


def read(file: File, raw: bytes, limits: Limits) -> tuple[Document, ...]:
    """Read a web page."""
    decoded = decode_page(raw)
    root = html_tree(decoded.text)
    draft = Draft(limits)
    if root is not None:
        write(blocks(root), draft)
    return (draft.document(file, choose_title(file, page_title(root)), "html", decoded.notes),)


def decode_page(raw: bytes) -> Decoded:
    """Return the text of a page in the encoding that it declares, if it does."""
    found = _DECLARED.search(raw[:_DECLARED_WITHIN])
    return decode(raw, found[1].decode("ascii", "replace") if found else None)


def fragment_text(text: str) -> str:
    """Return the words of a piece of HTML that stands inside another format."""
    root = html_tree(text)
    if root is None:
        return ""
    return "\n".join(text for kind, text in blocks(root) if kind != DEFINED)


def page_title(root: Any) -> str | None:
    """Return a page's title: its one main heading where its title repeats that beside the site's name."""
    if root is None:
        return None
    title = one_line("".join(next(root.iter("title")).itertext())) if next(root.iter("title"), None) is not None else ""
    mains = [one_line("".join(heading.itertext())) for heading in root.iter("h1")]
    if len(mains) == 1 and mains[0] and (not title or title.startswith(mains[0])):
        return mains[0]
    return title or (mains[0] if mains else None)
