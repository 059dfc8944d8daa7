"""Paths to files: folders are walked in sorted order, and what is passed over says why."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import PathError
from corpus.read import SUFFIXES
from corpus.records import Failure, File, Limits

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".pullquoteignore"

# Folders that hold what programs wrote for themselves.
_SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "__MACOSX", "$RECYCLE.BIN", "System Volume Information"})
_SKIPPED_FILES = frozenset({"Thumbs.db", "desktop.ini", "Icon\r"})
_LOCK_FILES = ("~$", ".~lock.")  # what Office and LibreOffice leave beside an open document

# Patterns of the ignore files above a folder, each with the folder that it counts from.
_Patterns = tuple[tuple[str, "GitIgnoreSpec"], ...]


def walk(paths: Sequence[Path], limits: Limits) -> Iterator[File | Failure]:
    """Find the files to read.

    A file that is named is always tried. In a folder, hidden files and those that a `.pullquoteignore` names are
    passed over silently; a file of a kind that no reader knows is a failure. A file is given once, however many paths
    lead to it.

    Args:
        paths: files and folders.
        limits: the largest file.

    Yields:
        each file in sorted order, or why it cannot be read; `source` is the absolute path, links kept as they are.

    Raises:
        PathError: a path does not exist; raised before anything is yielded.
    """
    tops = [Path(os.path.abspath(path.expanduser())) for path in paths]  # noqa: PTH100 (Path.absolute keeps "..")
    for path, top in zip(paths, tops, strict=True):
        if not os.path.lexists(top):
            raise PathError(f"there is no file or folder {str(path)!r}; check the spelling, or give its full path")
    return _walk(tops, limits)


def _walk(tops: list[Path], limits: Limits) -> Iterator[File | Failure]:
    seen: set[str] = set()
    for top in tops:
        found = _folder(str(top), (), frozenset()) if top.is_dir() else iter([str(top)])
        for path in found:
            if isinstance(path, Failure):
                yield path
            elif path not in seen:
                seen.add(path)
                yield _file(path, limits, named=path == str(top))


def _folder(folder: str, above: _Patterns, parents: frozenset[tuple[int, int]]) -> Iterator[str | Failure]:
    """Yield the files of a folder and of those in it; a link back to a folder that is being walked is left alone."""
    try:
        status = Path(folder).stat()
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Failure(_source(folder), f"the folder cannot be opened ({error.strerror}); check its permissions")
        return
    here = (status.st_dev, status.st_ino)
    if here in parents:
        return
    patterns = above + _patterns(folder)
    for entry in entries:
        is_folder = entry.is_dir()
        if _skipped(entry.name, is_folder=is_folder) or _ignored(entry.path, patterns, is_folder=is_folder):
            continue
        if is_folder:
            yield from _folder(entry.path, patterns, parents | {here})
        else:
            yield entry.path


def _file(path: str, limits: Limits, *, named: bool) -> File | Failure:
    source = _source(path)
    try:
        status = Path(path).stat()
    except OSError as error:
        return Failure(
            source, f"it cannot be opened ({error.strerror}); check its permissions, or where its link leads"
        )
    if not stat.S_ISREG(status.st_mode):
        return Failure(source, "it is a device or a pipe, not a file; save what it gives to a file")
    suffix = Path(path).suffix.lower()
    if not named and suffix and suffix not in SUFFIXES:
        return Failure(source, f"no reader for {suffix} files; name the file itself to have it tried as text")
    if not status.st_size:
        return Failure(source, "it is empty (0 bytes)")
    if status.st_size > limits.file_bytes:
        size, limit = status.st_size / 2**20, limits.file_bytes / 2**20
        return Failure(source, f"it has {size:,.1f} MB; the limit is {limit:,.1f} MB; split it into smaller files")
    return File(source, Path(path), status.st_size, status.st_mtime_ns)


def _skipped(name: str, *, is_folder: bool) -> bool:
    if name.startswith((".", *_LOCK_FILES)):
        return True
    return name in (_SKIPPED_FOLDERS if is_folder else _SKIPPED_FILES)


def _source(path: str) -> str:
    """Return a path as text; bytes that are no UTF-8 show as escapes, so that it can be stored and printed."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _patterns(folder: str) -> _Patterns:
    try:
        lines = Path(folder, IGNORE_FILE).read_text("utf-8", "replace").splitlines()
    except OSError:
        return ()
    from pathspec import GitIgnoreSpec

    return ((folder, GitIgnoreSpec.from_lines(line for line in lines if _is_pattern(line))),)


def _is_pattern(line: str) -> bool:
    """Tell whether a line is a pattern that the library takes; a lone "!" or "/" is none, to git neither."""
    return bool(line.strip("!/ \t"))


def _ignored(path: str, patterns: _Patterns, *, is_folder: bool) -> bool:
    """Ask the ignore file nearest to a path first, as git does; the first that has a rule for it decides."""
    for folder, spec in reversed(patterns):
        below = os.path.relpath(path, folder).replace(os.sep, "/") + "/" * is_folder
        verdict = spec.check_file(below).include
        if verdict is not None:
            return verdict
    return False
