"""A file appears whole or not at all."""

from pathlib import Path

import pytest

from index.files import read_json, replace_file, write_json


def test_a_file_is_replaced(tmp_path: Path):
    """The new content stands under the name, and nothing else is left in the folder."""
    (tmp_path / "a").write_text("old")
    replace_file(tmp_path / "a", lambda path: path.write_text("new"))
    assert (tmp_path / "a").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, error: type[BaseException]):
    """An error in the middle, Ctrl-C too, leaves the old content and no temporary file."""

    def write(path: Path) -> None:
        path.write_text("half")
        raise error

    (tmp_path / "a").write_text("old")
    with pytest.raises(error):
        replace_file(tmp_path / "a", write)
    assert (tmp_path / "a").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_write_that_writes_nothing_leaves_the_old_file(tmp_path: Path):
    """A function that makes no file is an error, and the old content stays."""
    (tmp_path / "a").write_text("old")
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "a", lambda path: None)
    assert (tmp_path / "a").read_text() == "old"


def test_a_record_comes_back(tmp_path: Path):
    """What is written is what is read, accents included."""
    write_json(tmp_path / "a.json", {"generation": 3, "name": "été"})
    assert read_json(tmp_path / "a.json") == {"generation": 3, "name": "été"}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"null", b"\xff\xfe", b'{"a": 1}{', b"[" * 100_000])
def test_a_damaged_record_is_an_empty_one(tmp_path: Path, content: bytes):
    """Whatever stands in the file, reading it raises nothing."""
    (tmp_path / "a.json").write_bytes(content)
    assert read_json(tmp_path / "a.json") == {}


def test_a_missing_record_is_an_empty_one(tmp_path: Path):
    """So is a folder in its place."""
    assert read_json(tmp_path / "a.json") == {}
    assert read_json(tmp_path) == {}
