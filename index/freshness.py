"""Whether a document is still what its file says: told by size and time, without reading."""

from collections.abc import Mapping
from pathlib import Path

from index.records import KnownFile

CHANGED = "changed"
GONE = "gone"


def stale(origins: Mapping[str, KnownFile]) -> dict[str, str]:
    """Return the documents whose files are not as they were when they were read.

    Args:
        origins: the file of each document, by the document's source.

    Returns:
        `CHANGED` or `GONE`, by the document's source; a document whose file is as it was is left out.
    """
    states = {file.source: _state(file) for file in set(origins.values())}
    return {source: state for source, file in origins.items() if (state := states[file.source])}


def _state(file: KnownFile) -> str:
    try:
        status = Path(file.source).stat()
    except (FileNotFoundError, NotADirectoryError):
        # A name that is no UTF-8 is kept with escapes, by which it cannot be found again.
        return "" if "\\x" in file.source else GONE
    except (OSError, ValueError):  # it is there, and cannot be looked at
        return ""
    return "" if (status.st_size, status.st_mtime_ns) == (file.size, file.modified_ns) else CHANGED
