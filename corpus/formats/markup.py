"""An HTML tree to blocks of text: what is read, what is left out, and where one block ends."""

import re
from collections.abc import Iterable
from typing import Any

from corpus.formats.draft import Draft

_UNSEEN = frozenset(
    "script style noscript template svg math canvas iframe object embed audio video select datalist button input "
    "textarea head title meta link map area frame frameset noframes applet dialog rp rt".split()
)
_AROUND = frozenset("nav footer menu".split())
_AROUND_OUTSIDE_ARTICLES = frozenset("header aside".split())
_AROUND_ROLES = frozenset(
    "navigation banner contentinfo search complementary dialog alertdialog menu menubar tablist toolbar".split()
)
# Whole words of class and id; a longer name that merely contains one of them stays.
_AROUND_NAMES = frozenset(
    "nav navbar navigation navbox breadcrumb breadcrumbs sidebar footer site-footer page-footer site-header cookie "
    "cookies cookie-banner cookie-bar cookie-consent cookie-notice cookiebanner cookieconsent gdpr consent-banner "
    "advert advertisement ads social-share share-buttons newsletter-signup popup skip-link skip-nav skip-to-content "
    "sr-only visually-hidden screen-reader-text toc catlinks printfooter mw-editsection mw-jump-link "
    "mw-cite-backlink mw-portlet vector-menu vector-dropdown mw-indicators geo-nondefault geo-multi-punct noprint headerlink vertical-navbox sistersitebox".split()
)
_NEVER_BY_NAME = frozenset("html body main article h1".split())
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form "
    "header hgroup hr html legend main ol p pre section summary table tbody tfoot thead tr ul".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# Stand between cells, and between items inside one, until the row is whole; no normalised text holds them.
_CELL, _ITEM = "\x1f", "\x1e"
_SPACE = re.compile(r"[ \t\n\r\f]+")


def write(found: Iterable[tuple[str, str]], draft: Draft) -> None:
    """Add the blocks of a page to a draft."""
    for kind, text in found:
        if kind == "pre":
            draft.verbatim(text)
        elif kind:
            draft.heading(text, _HEADINGS[kind])
        else:
            draft.block(text)


def blocks(root: Any) -> list[tuple[str, str]]:
    """Return the blocks of a page, each with its kind: a heading's tag, "pre", or nothing for all others.

    The page's main part alone where it names one; everything visible where picking would leave nothing.
    """
    mains = [element for element in root.iter("main", "div") if element.tag == "main" or element.get("role") == "main"]
    tops = [*mains, root] if len(mains) == 1 else [root]
    for top in tops:
        if found := _Walk(picky=True).blocks(top):
            return found
    return _Walk(picky=False).blocks(root)


class _Walk:
    """Goes through a tree without recursion, for pages nest as deep as they like.

    Args:
        picky: leave out what stands around the page's own words.
    """

    def __init__(self, *, picky: bool) -> None:
        self._picky = picky
        self._blocks: list[tuple[str, str]] = []
        self._words: list[str] = []
        self._heading = ""
        self._lists = 0
        self._verbatim = 0
        self._tables: list[bool] = []  # for each table around: has it rows of data?

    def blocks(self, top: Any) -> list[tuple[str, str]]:
        from lxml import etree

        walk = etree.iterwalk(top, events=("start", "end"))
        skipped = None
        for event, element in walk:
            if event == "start":
                if element is not top and self._left_out(element):
                    skipped = element
                    walk.skip_subtree()
                else:
                    self._open(element)
                continue
            if element is skipped:
                skipped = None
            else:
                self._close(element)
            if element is not top and element.tail:
                self._say(element.tail)
        self._flush()
        return self._blocks

    def _left_out(self, element: Any) -> bool:
        tag = element.tag
        if not isinstance(tag, str) or tag in _UNSEEN or element.get("hidden") is not None:
            return True
        if element.get("aria-hidden") == "true" or _HIDDEN_STYLE.search(element.get("style") or ""):
            return True
        if not self._picky:
            return False
        if tag in _AROUND or element.get("role") in _AROUND_ROLES:
            return True
        if tag in _AROUND_OUTSIDE_ARTICLES:
            inside = next(element.iterancestors("article", "main"), None) is not None
            return not inside and next(element.iter("h1"), None) is None
        names = f"{element.get('class') or ''} {element.get('id') or ''}".lower().split()
        if tag == "sup" and "reference" in names:
            return True
        if tag in _NEVER_BY_NAME or _AROUND_NAMES.isdisjoint(names):
            return False
        return next(element.iter("h1", "article", "main"), None) is None

    def _open(self, element: Any) -> None:
        tag = element.tag
        if tag == "table":
            self._flush()
            self._tables.append(_has_data(element))
        elif tag in {"td", "th"} and self._in_data:
            self._words.append(_CELL)
        elif tag == "tr" and self._in_data:
            self._words.append("\n")
        elif tag == "li":
            self._words.append(_ITEM if self._in_data else "\n")
        elif tag in _HEADINGS and not self._in_data:
            self._flush()
            self._heading = self._heading or tag
        elif tag == "pre":
            self._flush()
            self._verbatim += 1
        elif tag == "br":
            self._words.append(" " if self._in_data else "\n")
        else:
            self._bound(tag)
        if tag in {"ul", "ol"}:
            self._lists += 1
        if element.text:
            self._say(element.text)

    def _close(self, element: Any) -> None:
        tag = element.tag
        if tag in {"ul", "ol"}:
            self._lists = max(0, self._lists - 1)
        if tag == "table":
            self._flush()
            self._tables.pop()
        elif tag == "pre":
            self._flush()
            self._verbatim = max(0, self._verbatim - 1)
        elif tag == self._heading:
            self._flush()
            self._heading = ""
        elif tag == "li":
            self._words.append(" " if self._in_data else "\n")
        else:
            self._bound(tag)

    @property
    def _in_data(self) -> bool:
        return bool(self._tables) and self._tables[-1]

    def _bound(self, tag: str) -> None:
        """End a block where a tag does so; within a row, an item or a heading it only parts words."""
        if tag not in _BLOCKS and tag not in {"td", "th"}:
            return
        if self._in_data or self._heading:
            self._words.append(" ")
        elif self._lists:
            self._words.append("\n" if tag in {"ul", "ol"} else " ")
        else:
            self._flush()

    def _say(self, text: str) -> None:
        self._words.append(text if self._verbatim else _SPACE.sub(" ", text))

    def _flush(self) -> None:
        text = "".join(self._words)
        self._words.clear()
        if self._verbatim:
            self._blocks.append(("pre", text.strip("\n")))
        elif self._in_data:
            rows = ([_items(cell) for cell in row.split(_CELL)] for row in text.split("\n"))
            text = "\n".join(" | ".join(cell for cell in row if cell) for row in rows)
            self._add("", text)
        elif self._heading:
            self._add(self._heading, text)
        else:
            for block in re.split(r"\n[ \n]*\n", text) if not self._lists else (re.sub(r"\s*\n\s*", "\n", text),):
                self._add("", block)

    def _add(self, kind: str, text: str) -> None:
        if text.strip():
            self._blocks.append((kind, text))


def _items(cell: str) -> str:
    return ", ".join(item for item in map(str.strip, cell.split(_ITEM)) if item)


def _has_data(table: Any) -> bool:
    """Tell a table of data from one that only lays out the page."""
    if table.get("role") in {"presentation", "none"}:
        return False
    inner = table.iter("table", *_HEADINGS)
    next(inner)
    if next(inner, None) is not None:
        return False
    return any(sum(cell.tag in {"td", "th"} for cell in row) > 1 for row in table.iter("tr"))
