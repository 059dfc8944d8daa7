"""The chat page: ask in a browser, read the quote beside the passage that it stands in."""

from qa.page.server import serve

__all__ = ["serve"]
