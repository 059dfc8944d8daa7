"""Folders are walked in order; what is passed over is passed over for a reason."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import PathError
from corpus.records import Failure, File, Limits
from corpus.walk import walk

LIMITS = Limits()


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("words")


def sources(found: Iterator[File | Failure]) -> list[str]:
    return [item.source for item in found]


def names(folder: Path, limits: Limits = LIMITS) -> list[str]:
    return [Path(source).relative_to(folder).as_posix() for source in sources(walk([folder], limits))]


def test_a_folder_is_walked_in_sorted_order(tmp_path: Path):
    write(tmp_path, "b.txt", "a/z.txt", "a/b.md", "c.txt")
    assert names(tmp_path) == ["a/b.md", "a/z.txt", "b.txt", "c.txt"]


def test_a_file_carries_its_size_and_time(tmp_path: Path):
    write(tmp_path, "a.txt")
    os.utime(tmp_path / "a.txt", ns=(1, 2_000_000_000))
    assert list(walk([tmp_path / "a.txt"], Limits())) == [
        File(str(tmp_path / "a.txt"), tmp_path / "a.txt", 5, 2_000_000_000)
    ]


def test_hidden_files_and_folders_of_programs_are_passed_over(tmp_path: Path):
    write(tmp_path, ".hidden.txt", ".git/a.txt", "node_modules/a.md", "__pycache__/a.txt", "~$open.docx", "Thumbs.db")
    write(tmp_path, "kept.txt")
    assert names(tmp_path) == ["kept.txt"]


def test_a_file_that_is_named_is_tried_whatever_it_is_called(tmp_path: Path):
    write(tmp_path, ".hidden", "code.py")
    found = list(walk([tmp_path / ".hidden", tmp_path / "code.py"], Limits()))
    assert all(isinstance(item, File) for item in found)


def test_a_folder_that_is_named_is_walked_though_it_is_hidden(tmp_path: Path):
    write(tmp_path, ".notes/a.txt")
    assert names(tmp_path / ".notes") == ["a.txt"]


def test_an_unknown_kind_in_a_folder_is_listed_with_its_reason(tmp_path: Path):
    write(tmp_path, "photo.png", "README")
    failure, file = walk([tmp_path], Limits())
    assert failure == Failure(
        str(tmp_path / "photo.png"), "no reader for .png files; name the file itself to have it tried as text"
    ) or isinstance(failure, File)
    found = {Path(item.source).name: item for item in (failure, file)}
    assert isinstance(found["README"], File)
    assert isinstance(found["photo.png"], Failure)


def test_an_empty_file_and_one_that_is_too_large_say_how_large_they_are(tmp_path: Path):
    (tmp_path / "empty.txt").touch()
    (tmp_path / "large.txt").write_bytes(b"x" * 3 * 2**20)
    empty, large = walk([tmp_path], Limits(file_bytes=2**20))
    assert empty == Failure(str(tmp_path / "empty.txt"), "it is empty (0 bytes)")
    assert large == Failure(
        str(tmp_path / "large.txt"), "it has 3.0 MB; the limit is 1.0 MB; split it into smaller files"
    )


def test_a_path_that_does_not_exist_is_an_error_before_anything_is_read(tmp_path: Path):
    write(tmp_path, "a.txt")
    with pytest.raises(PathError, match=r"no-such\.txt.*check the spelling"):
        walk([tmp_path, tmp_path / "no-such.txt"], Limits())


def test_a_file_comes_once_however_many_paths_lead_to_it(tmp_path: Path):
    write(tmp_path, "a.txt")
    assert len(list(walk([tmp_path, tmp_path / "a.txt", tmp_path], Limits()))) == 1


def test_a_relative_path_and_the_home_folder_become_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write(tmp_path, "a.txt", "sub/b.txt")
    monkeypatch.chdir(tmp_path / "sub")
    monkeypatch.setenv("HOME", str(tmp_path))
    found = sources(walk([Path("../a.txt"), Path("~/sub/b.txt")], Limits()))
    assert found == [str(tmp_path / "a.txt"), str(tmp_path / "sub/b.txt")]


def test_a_link_is_followed_but_not_in_circles(tmp_path: Path):
    write(tmp_path, "in/a.txt", "outside/b.txt")
    (tmp_path / "in/linked").symlink_to(tmp_path / "outside")
    (tmp_path / "in/circle").symlink_to(tmp_path / "in")
    assert names(tmp_path / "in") == ["a.txt", "linked/b.txt"]


def test_a_link_that_leads_nowhere_is_a_failure(tmp_path: Path):
    (tmp_path / "dead.txt").symlink_to(tmp_path / "gone.txt")
    (failure,) = walk([tmp_path], Limits())
    assert isinstance(failure, Failure)
    assert "No such file or directory" in failure.reason


def test_a_pipe_is_not_opened(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.txt")
    (failure,) = walk([tmp_path], Limits())
    assert isinstance(failure, Failure)
    assert failure.reason.startswith("it is a device or a pipe")


def test_a_folder_that_cannot_be_opened_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write(tmp_path, "a/x.txt", "b.txt")
    listing = os.scandir

    def refuse(folder: str) -> object:
        if folder.endswith("/a"):
            raise PermissionError(13, "Permission denied")
        return listing(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    failure, file = walk([tmp_path], Limits())
    assert failure == Failure(
        str(tmp_path / "a"), "the folder cannot be opened (Permission denied); check its permissions"
    )
    assert file.source.endswith("b.txt")


def test_ignore_files_work_like_gits(tmp_path: Path):
    write(tmp_path, "a.txt", "draft.txt", "sub/draft.txt", "sub/keep.txt", "old/a.txt", "sub/old.txt")
    (tmp_path / ".pullquoteignore").write_text("# drafts\ndraft.txt\nold/\n!\n")
    (tmp_path / "sub/.pullquoteignore").write_text("!draft.txt\nold.txt\n")
    assert names(tmp_path) == ["a.txt", "sub/draft.txt", "sub/keep.txt"]


def test_a_name_that_is_not_utf8_can_be_stored_and_printed(tmp_path: Path):
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    try:
        Path(os.fsdecode(path)).write_text("words")
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    (file,) = walk([tmp_path], Limits())
    assert isinstance(file, File)
    assert file.source == f"{tmp_path}/caf\\xe9.txt"
    assert file.path.read_text() == "words"
