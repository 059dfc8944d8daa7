"""The chat page: ask in a browser, read the quote beside the passage that it stands in."""

from qa.page.access import Access
from qa.page.server import is_open, serve

__all__ = ["Access", "is_open", "serve"]
