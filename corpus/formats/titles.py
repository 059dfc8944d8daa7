"""A document's title: what it calls itself, where that makes sense; else its file name in words."""

import re

from corpus.decode import normalise
from corpus.records import File

_LONGEST = 200
# What programs write into the title field when nobody has.
_MEANINGLESS = re.compile(
    r"^(untitled.*|title|document\d*|unknown|none|slide \d+|powerpoint.presentation|presentation\d*|word document|"
    r"microsoft (word|powerpoint|excel)( - .*)?|"
    r".*\.(docx?|pdf|pptx?|xlsx?|odt|tex|dvi|indd|qxd|rtf|txt|html?|md)|\W*|\d+)$",
    re.IGNORECASE,
)


def choose_title(file: File, *candidates: str | None) -> str:
    """Return the first candidate that reads like a title, in one line, else the file's name in words."""
    for candidate in candidates:
        title = one_line(candidate or "")
        if title and len(title) <= _LONGEST and not _MEANINGLESS.match(title):
            return title
    name = file.path.stem.encode("utf-8", "replace").decode()
    return one_line(name.replace("_", " ")) or file.source


def one_line(text: str) -> str:
    """Return text with every run of white space as one space."""
    return " ".join(normalise(text).split())
