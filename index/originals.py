"""The file that a document was read from: whether it is still there, and still what was read."""

import hashlib
import stat
from pathlib import Path
from typing import Literal

from corpus.records import File
from index.records import KnownFile

State = Literal["same", "changed", "gone"]


def state_of(known: KnownFile) -> State:
    """Return what has become of a file since it was read.

    Args:
        known: what was remembered of it then. Its content is looked at only when its size or time differ.
    """
    path = Path(known.source)
    try:
        now = path.stat()
        if not stat.S_ISREG(now.st_mode):
            return "gone"
        if (now.st_size, now.st_mtime_ns) == (known.size, known.modified_ns):
            return "same"
        if now.st_size != known.size:
            return "changed"
        with path.open("rb") as content:
            return "same" if hashlib.file_digest(content, "sha256").hexdigest() == known.hash else "changed"
    except OSError:
        return "gone"


def original(known: KnownFile) -> File:
    """Return the file to open for a document, as the readers take it."""
    return File(known.source, Path(known.source), known.size, known.modified_ns)
