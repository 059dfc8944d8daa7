"""HTML: the words of the page, without what stands around them (menus, banners, scripts, footers)."""

import re
from typing import Any

from corpus.decode import Decoded, decode, normalise
from corpus.formats.draft import Draft
from corpus.formats.markup import blocks, write
from corpus.formats.titles import choose_title, one_line
from corpus.records import Document, File, Limits

_DECLARED = re.compile(rb"<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,100}?encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>")
_DECLARED_WITHIN = 4096  # bytes; browsers look at the first 1,024


def read(file: File, raw: bytes, limits: Limits) -> tuple[Document, ...]:
    """Read a web page."""
    decoded = decode_page(raw)
    root = parse(decoded.text)
    draft = Draft(limits)
    if root is not None:
        write(blocks(root), draft)
    return (draft.document(file, choose_title(file, page_title(root)), "html", decoded.notes),)


def decode_page(raw: bytes) -> Decoded:
    """Return the text of a page in the encoding that it declares, if it does."""
    found = _DECLARED.search(raw[:_DECLARED_WITHIN])
    return decode(raw, found[1].decode("ascii", "replace") if found else None)


def parse(text: str) -> Any:
    """Return the root element of a page, or None where there is no element."""
    from lxml import etree

    # The bytes are UTF-8 now, whatever a declaration inside says.
    raw = _XML_DECLARATION.sub("", text).encode("utf-8", "replace")
    if not raw.strip():
        return None
    options = {"encoding": "utf-8", "no_network": True, "remove_comments": True, "remove_pis": True, "huge_tree": True}
    parser = etree.HTMLParser(**options)
    try:
        root = etree.fromstring(raw, parser)
        if not parser.error_log.filter_from_fatals():
            return root
        # libxml2 gives up on a tree of more than 2,048 levels, but reports its tags at any depth.
        return etree.fromstring(raw, etree.HTMLParser(target=_Shallow(), **options))
    except etree.XMLSyntaxError:
        return None


class _Shallow:
    """Builds a tree of limited depth: what is nested deeper stands beside its parents."""

    _DEEPEST = 500
    _KEPT = ("class", "id", "role", "style", "hidden", "aria-hidden")

    def __init__(self) -> None:
        from lxml import etree

        self._builder = etree.TreeBuilder()
        self._depth = 0
        self._builder.start("html", {})

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth < self._DEEPEST:
            kept = {name: attributes[name] for name in self._KEPT if name in attributes}
            self._builder.start(tag if tag.isalnum() and tag.isascii() else "span", kept)

    def end(self, tag: str) -> None:
        if self._depth < self._DEEPEST:
            self._builder.end(tag if tag.isalnum() and tag.isascii() else "span")
        self._depth -= 1

    def data(self, text: str) -> None:
        self._builder.data(normalise(text))

    def close(self) -> Any:
        self._builder.end("html")
        return self._builder.close()


def fragment_text(text: str) -> str:
    """Return the words of a piece of HTML that stands inside another format."""
    root = parse(text)
    if root is None:
        return ""
    return "\n".join(text for _, text in blocks(root))


def page_title(root: Any) -> str | None:
    """Return a page's title: its one main heading where its title repeats that beside the site's name."""
    if root is None:
        return None
    title = one_line("".join(next(root.iter("title")).itertext())) if next(root.iter("title"), None) is not None else ""
    mains = [one_line("".join(heading.itertext())) for heading in root.iter("h1")]
    if len(mains) == 1 and mains[0] and (not title or mains[0] in title):
        return mains[0]
    return title or (mains[0] if mains else None)
