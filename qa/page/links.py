"""Addresses that lead to a quote: in the viewer, and on the page that opens the viewer there."""

import hashlib
from urllib.parse import urlencode

from qa.records import Quote

VIEW = "view"
"""Path of the viewer, from the page's own address."""


def fingerprint(text: str) -> str:
    """Return a short word that tells one quote from another, so that a link notices when the text has changed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def view_link(quote: Quote) -> str:
    """Return the address of the viewer at a quote, relative to the page's."""
    return viewer_link(quote.source, quote.start, quote.end, fingerprint(quote.text)) + "#quote"


def viewer_link(source: str, start: int | None, end: int | None, check: str = "", **more: object) -> str:
    """Return the address of the viewer, relative to the page's.

    Args:
        source: of the document.
        start: code point where the quote starts, or None to open the document at its beginning.
        end: code point after it, or None.
        check: fingerprint of the quote; empty to trust the place alone.
        more: further parts of the address.
    """
    asked = {"source": source, "start": start, "end": end, "check": check or None, **more}
    known = {name: value for name, value in asked.items() if value is not None}
    return f"{VIEW}?{urlencode(known, errors='surrogatepass')}"
