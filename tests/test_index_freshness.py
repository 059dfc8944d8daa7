"""A document whose file has changed, or gone, since it was read is told apart without reading anything."""

import os
from pathlib import Path

from index.freshness import CHANGED, GONE, stale
from index.records import KnownFile


def known(path: Path) -> KnownFile:
    status = path.stat()
    return KnownFile(str(path), status.st_size, status.st_mtime_ns, "h")


def test_changed_and_gone_files_are_told(tmp_path: Path):
    """By size, by time, by absence; several documents of one file share its state."""
    files = [tmp_path / name for name in ("same", "longer", "newer", "gone")]
    for file in files:
        file.write_text("text")
    origins = {file.name: known(file) for file in files} | {"longer#1": known(files[1])}
    files[1].write_text("more text")
    os.utime(files[2], ns=(1, 1))
    files[3].unlink()
    assert stale(origins) == {"longer": CHANGED, "newer": CHANGED, "gone": GONE, "longer#1": CHANGED}


def test_a_folder_that_became_a_file_takes_what_was_in_it_along(tmp_path: Path):
    """What was beneath it is gone."""
    (tmp_path / "a").write_text("")
    assert stale({"d": KnownFile(str(tmp_path / "a" / "b"), 1, 1, "")}) == {"d": GONE}


def test_what_cannot_be_looked_at_is_not_called_gone(tmp_path: Path):
    """A name with escapes for bytes that are no text, or one that no file can have."""
    for name in ("a\\xff.txt", "a\0b", "x" * 5000):
        assert stale({"d": KnownFile(str(tmp_path / name), 1, 1, "")}) == {}
