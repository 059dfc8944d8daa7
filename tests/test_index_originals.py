"""Whether the file of a document is still what was read."""

import hashlib
import os
from pathlib import Path

import pytest

from corpus.records import File
from index.originals import original, state_of
from index.records import KnownFile

CONTENT = b"The tower is tall."


@pytest.fixture
def known(tmp_path: Path) -> KnownFile:
    path = tmp_path / "a.txt"
    path.write_bytes(CONTENT)
    return KnownFile(str(path), len(CONTENT), path.stat().st_mtime_ns, hashlib.sha256(CONTENT).hexdigest())


def rewrite(known: KnownFile, content: bytes) -> None:
    Path(known.source).write_bytes(content)
    os.utime(known.source, ns=(1, 1))


def test_an_untouched_file_is_the_same(known: KnownFile):
    assert state_of(known) == "same"
    assert original(known) == File(known.source, Path(known.source), len(CONTENT), known.modified_ns)


def test_a_file_with_a_new_time_and_the_old_content_is_the_same(known: KnownFile):
    rewrite(known, CONTENT)
    assert state_of(known) == "same"


@pytest.mark.parametrize("content", [CONTENT.upper(), CONTENT + b" "])
def test_a_file_with_other_content_has_changed(known: KnownFile, content: bytes):
    rewrite(known, content)
    assert state_of(known) == "changed"


def test_a_file_that_is_not_there_is_gone(known: KnownFile):
    Path(known.source).unlink()
    assert state_of(known) == "gone"


def test_what_is_no_file_any_more_is_gone(known: KnownFile):
    """A pipe in its place is not opened: reading it would never end."""
    Path(known.source).unlink()
    os.mkfifo(known.source)
    assert state_of(known) == "gone"
