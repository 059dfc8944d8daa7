"""Where documents and indexes are, when a path is named and when none is."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from corpus.errors import PathError
from corpus.records import Failure
from index.adapter import adapter_sha256
from qa.settings import Settings

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
"""A file, a folder, or several of them."""

BUNDLED_DOCUMENTS = Path(__file__).parent.parent / "corpus" / "documents"
"""Folder of the documents that come with Pullquote, about Azerbaijan and NATO."""

EXAMPLE_QUESTIONS = (
    "Who signed the Partnership for Peace document?",
    "When did Azerbaijan have troops in Kosovo?",
    "Which embassy is NATO's contact point in Azerbaijan?",
    "How long does an Individual Partnership Action Plan run?",
    "What does the Partnership Action Plan on Terrorism cover?",
)
"""Questions that the bundled documents answer."""


def absolute_paths(documents: Paths | None) -> list[Path]:
    """Return paths made absolute.

    Raises:
        PathError: one of them does not exist, or is empty.
    """
    if documents is None:
        return []
    given = [documents] if isinstance(documents, str | os.PathLike) else list(documents)
    if not all(os.fspath(path) for path in given):  # what an unset variable of a shell gives; Path makes "." of it
        raise PathError("an empty path was given; give a file or a folder, or . for the one you are in")
    paths = [Path(path).expanduser().absolute() for path in given]
    for path in paths:
        if not path.exists():
            raise PathError(f"{path} does not exist; give a file or a folder")
    return paths


def default_index(paths: Sequence[Path], settings: Settings) -> Path:
    """Return the folder, in the user's cache directory, of the index for a set of paths.

    Another model, and another adapter of the packaged one, have another: they cannot use each other's index.
    """
    from platformdirs import user_cache_path

    key = "\n".join(
        [settings.model or adapter_sha256(), str(settings.passage_tokens), *sorted(str(path) for path in set(paths))]
    )
    return user_cache_path("pullquote") / hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def nothing_to_read(roots: Sequence[str], failures: Sequence[Failure]) -> str:
    """Return the words of the error that there is not a single document."""
    where = ", ".join(roots) or "the index"
    if failures:
        more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
        return f"nothing could be read in {where}; {failures[0].source}: {failures[0].reason}{more}"
    return f"there are no documents in {where}; give a folder that holds some"
