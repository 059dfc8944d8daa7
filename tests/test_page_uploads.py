"""Uploaded files are kept in a folder of the index, under names that are safe, within limits."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.page import uploads as module
from qa.page.uploads import Uploads, safe_name


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path / "index", 20)


def arrived(tmp_path: Path, text: str = "text") -> Path:
    folder = tmp_path / "arrived"
    folder.mkdir(exist_ok=True)
    path = folder / str(len(list(folder.iterdir())))
    path.write_text(text)
    return path


def test_files_are_kept_and_a_newer_one_takes_the_place_of_an_older(uploads: Uploads, tmp_path: Path) -> None:
    assert uploads.take_in([("a.txt", arrived(tmp_path)), ("b.md", arrived(tmp_path))]) == (["a.txt", "b.md"], [])
    uploads.take_in([("a.txt", arrived(tmp_path, "newer"))])
    assert (uploads.folder / "a.txt").read_text() == "newer"
    assert uploads.folder.stat().st_mode & 0o777 == 0o700
    assert uploads.holds(str(uploads.folder / "a.txt"))
    assert not uploads.holds(str(uploads.folder / "c.txt"))
    assert not uploads.holds(str(tmp_path / "a.txt"))


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("photo.png", "x", "photo.png: there is no reader for .png; save it as PDF, DOCX or text"),
        ("README", "x", "README: there is no reader for files without a suffix"),
        ("long.txt", "x" * 21, "long.txt: it has 0.0 MB, the limit is 0.0 MB; split it"),
        ("empty.txt", "", "empty.txt: it is empty (0 bytes)"),
    ],
)
def test_what_is_refused_is_told_and_deleted(uploads: Uploads, tmp_path: Path, name: str, text: str, told: str) -> None:
    path = arrived(tmp_path, text)
    kept, (reason,) = uploads.take_in([(name, path)])
    assert kept == []
    assert reason.startswith(told)
    assert not path.exists()
    assert not uploads.folder.exists()


def test_so_many_files_at_once(uploads: Uploads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FILES_AT_ONCE", 1)
    kept, refused = uploads.take_in([("a.txt", arrived(tmp_path)), ("b.txt", arrived(tmp_path))])
    assert (kept, refused) == (["a.txt"], ["b.txt: only 1 files are taken at once; upload it by itself"])
    assert "Up to 1 files at once" in uploads.limits
    assert "pdf" in uploads.limits


def test_a_removed_file_comes_back_until_it_is_tidied_away(uploads: Uploads, tmp_path: Path) -> None:
    uploads.take_in([("a.txt", arrived(tmp_path)), ("b.txt", arrived(tmp_path))])
    a, b = (str(uploads.folder / name) for name in ("a.txt", "b.txt"))
    uploads.discard([a, b])
    assert not Path(a).exists()
    assert uploads.bring_back([a, "/elsewhere/b.txt"]) == [a]
    assert Path(a).exists()
    uploads.take_in([("b.txt", arrived(tmp_path, "newer"))])
    assert uploads.bring_back([b]) == [b]
    assert Path(b).read_text() == "newer"
    uploads.arriving.mkdir()
    (uploads.arriving / "left.txt").write_text("")
    uploads.tidy()
    assert list(uploads.arriving.iterdir()) == []
    assert uploads.arriving.stat().st_mode & 0o777 == 0o700
    assert uploads.bring_back([b]) == []
    assert Path(a).exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\a.pdf", "a.pdf"),
        (".hidden.md", "hidden.md"),
        ("~$open.docx", "open.docx"),
        ("a\x00b\n.txt", "ab.txt"),
        ("Übung (2).pdf", "Übung (2).pdf"),
        ("..", "document"),
        ("", "document"),
    ],
)
def test_a_name_is_made_safe(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@given(st.text())
def test_any_name_is_made_one_that_a_folder_takes(given: str) -> None:
    name = safe_name(given)
    assert name
    assert not set(name) & set("/\\\0\n\r")
    assert not name.startswith((".", "~$"))
    assert len(safe_name("ü" * 500 + ".txt").encode()) <= 200
