"""HTML and XML to trees. The sole import of lxml (BSD): no entity is resolved, and nothing is fetched."""

import re
from collections.abc import Iterator
from typing import Any

from corpus.decode import normalise
from corpus.errors import DamagedDocumentError

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>")


def html_tree(text: str) -> Any:
    """Return the root element of a page, or None where there is no element."""
    from lxml import etree

    # The bytes are UTF-8 now, whatever a declaration inside says.
    raw = _XML_DECLARATION.sub("", text).encode("utf-8", "replace")
    if not raw.strip():
        return None
    options = {"encoding": "utf-8", "no_network": True, "remove_comments": True, "remove_pis": True, "huge_tree": True}
    parser = etree.HTMLParser(**options)
    root = etree.fromstring(raw, parser)
    if not parser.error_log.filter_from_fatals():
        return root
    # libxml2 gives up on a tree of more than 2,048 levels, but reports its tags at any depth.
    return etree.fromstring(raw, etree.HTMLParser(target=_Shallow(), **options))


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


def xml_tree(raw: bytes, name: str) -> Any:
    """Return the root element of an XML part, mended where it is not well formed.

    Args:
        raw: the part's bytes.
        name: what the part is called, for the message.

    Raises:
        DamagedDocumentError: there is no element in it.
    """
    from lxml import etree

    try:
        root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True, recover=True))
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise DamagedDocumentError(f"it is damaged: {name} cannot be read; get a fresh copy")
    return root


class Walk:
    """The starts and ends of elements, in document order, without recursion: pages nest as deep as they like.

    Args:
        top: the element to begin at.
    """

    def __init__(self, top: Any) -> None:
        from lxml import etree

        self._walk = etree.iterwalk(top, events=("start", "end"))

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self._walk)

    def skip(self) -> None:
        """Leave out what is inside the element that has just started; its end follows at once."""
        self._walk.skip_subtree()
