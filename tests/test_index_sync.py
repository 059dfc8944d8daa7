"""An index is made equal to the files; what has not changed is not read again, and a crash loses nothing."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from conftest import WordEncoder

from corpus.records import Limits
from index.catalog import Catalog
from index.encoder import Encoded
from index.sync import Progress, Synchroniser, SyncReport, is_within

Sync = Callable[..., SyncReport]


def ignore(progress: Progress) -> None:
    pass


@pytest.fixture
def catalog(tmp_path: Path, folder: Path) -> Iterator[Catalog]:
    """A catalog that is to be kept equal to the folder of three documents."""
    catalog = Catalog(tmp_path / "index")
    with catalog.changing():
        catalog.add_roots([str(folder)])
    yield catalog
    catalog.close()


@pytest.fixture
def sync(catalog: Catalog, encoder: WordEncoder) -> Sync:
    def sync(again: bool = False, progress: Callable[[Progress], None] = ignore, limits: Limits | None = None):
        return Synchroniser(catalog, encoder, limits or Limits(), 50, progress).run(again)

    return sync


def counts(report: SyncReport) -> dict[str, int]:
    lists = {name: len(getattr(report, name)) for name in ("added", "changed", "moved", "removed", "failed")}
    return {name: n for name, n in (lists | {"unchanged": report.unchanged}).items() if n}


def held(catalog: Catalog) -> list[str]:
    return [Path(document.source).name for document in catalog.documents]


def test_every_file_is_added(sync: Sync, catalog: Catalog, folder: Path):
    """Each is read and encoded; its text is kept and its passages are slices of it."""
    report = sync()
    assert counts(report) == {"added": 3}
    assert report.added == [str(folder / name) for name in ("harbour.txt", "museum.html", "tower.md")]
    assert report.read == 3
    assert report.passages == catalog.count_passages() == 3
    assert held(catalog) == ["harbour.txt", "museum.html", "tower.md"]
    for passage in catalog.passages([1, 2, 3]).values():
        text = catalog.text(passage.source)
        assert text is not None
        assert text[passage.start : passage.end] == passage.text
        assert [text[s.start : s.end] for s in passage.sentences] == passage.sentence_texts


def test_a_second_run_encodes_nothing(sync: Sync, catalog: Catalog, encoder: WordEncoder):
    """What is unchanged is neither read nor encoded, and the generation stays."""
    sync()
    before = (catalog.generation, encoder.passages_encoded)
    report = sync()
    assert counts(report) == {"unchanged": 3}
    assert (report.read, report.passages) == (0, 0)
    assert (catalog.generation, encoder.passages_encoded) == before


def test_everything_can_be_read_again(sync: Sync, catalog: Catalog, encoder: WordEncoder):
    """Asked to, a run reads what has not changed."""
    sync()
    assert counts(sync(again=True)) == {"changed": 3}
    assert encoder.passages_encoded == 6
    assert catalog.count_passages() == 3


def test_a_changed_file_is_read_again(sync: Sync, catalog: Catalog, folder: Path, encoder: WordEncoder):
    """Only that file; its old passages are gone."""
    sync()
    (folder / "harbour.txt").write_text("The harbour was closed.")
    assert counts(sync()) == {"changed": 1, "unchanged": 2}
    assert encoder.passages_encoded == 4
    assert catalog.text(str(folder / "harbour.txt")) == "The harbour was closed."
    assert catalog.count_passages() == 3


def test_a_touched_file_is_not_read_again(sync: Sync, catalog: Catalog, folder: Path, encoder: WordEncoder):
    """A new time with the same content encodes nothing, and the new time is noted."""
    sync()
    os.utime(folder / "harbour.txt", ns=(1, 1))
    assert counts(sync()) == {"unchanged": 3}
    assert encoder.passages_encoded == 3
    assert catalog.files[str(folder / "harbour.txt")].modified_ns == 1
    generation = catalog.generation
    sync()
    assert catalog.generation == generation


def test_a_moved_file_is_not_read_again(sync: Sync, catalog: Catalog, folder: Path, encoder: WordEncoder):
    """A file under a new name with the content of one that is gone keeps its passages."""
    sync()
    (folder / "old").mkdir()
    (folder / "harbour.txt").rename(folder / "old" / "port.txt")
    report = sync()
    assert counts(report) == {"moved": 1, "unchanged": 2}
    assert report.moved == [str(folder / "old" / "port.txt")]
    assert encoder.passages_encoded == 3
    assert sorted(held(catalog)) == ["museum.html", "port.txt", "tower.md"]
    assert catalog.passages([1])[1].source == str(folder / "old" / "port.txt")


def test_a_copy_is_not_a_move(sync: Sync, catalog: Catalog, folder: Path):
    """Two files of the same content are two documents; when one goes, the other stays."""
    shutil.copy(folder / "harbour.txt", folder / "copy.txt")
    assert counts(sync()) == {"added": 4}
    (folder / "copy.txt").unlink()
    assert counts(sync()) == {"removed": 1, "unchanged": 3}
    assert "harbour.txt" in held(catalog)


def test_two_files_that_swap_names(sync: Sync, catalog: Catalog, folder: Path):
    """Each name has the other's text afterwards."""
    (folder / "b.txt").write_text("Another text.")
    sync()
    first, second = folder / "harbour.txt", folder / "b.txt"
    first.rename(folder / "c")
    second.rename(first)
    (folder / "c").rename(second)
    sync()
    assert catalog.text(str(first)) == "Another text."
    assert catalog.text(str(second)) == "The harbour was dredged in 1932. Ships wait outside."


def test_a_removed_file_is_forgotten(sync: Sync, catalog: Catalog, folder: Path):
    """Its document and passages are gone with it."""
    sync()
    (folder / "tower.md").unlink()
    report = sync()
    assert counts(report) == {"removed": 1, "unchanged": 2}
    assert report.removed == [str(folder / "tower.md")]
    assert held(catalog) == ["harbour.txt", "museum.html"]


def test_a_root_that_is_gone(sync: Sync, catalog: Catalog, folder: Path):
    """All its files have vanished; that is no error, and they come back with it."""
    sync()
    folder.rename(folder.with_name("elsewhere"))
    assert counts(sync()) == {"removed": 3}
    assert catalog.documents == ()
    folder.with_name("elsewhere").rename(folder)
    assert counts(sync()) == {"added": 3}


def test_a_bad_file_stops_no_other(sync: Sync, catalog: Catalog, folder: Path):
    """What cannot be read is a failure with a reason, and is not tried again until it changes."""
    (folder / "damaged.docx").write_bytes(b"PK\x03\x04 no archive")
    report = sync()
    assert counts(report) == {"added": 3, "failed": 1}
    assert report.read == 4
    (failure,) = catalog.failures
    assert failure.source == str(folder / "damaged.docx")
    assert failure.reason
    assert counts(sync()) == {"unchanged": 4}


def test_a_failed_file_that_is_mended(sync: Sync, catalog: Catalog, folder: Path):
    """It is read, and its failure forgotten."""
    (folder / "data.jsonl").write_text("nonsense")
    assert counts(sync()) == {"added": 3, "failed": 1}
    (folder / "data.jsonl").write_text(json.dumps({"id": 1, "text": "A row."}))
    assert counts(sync()) == {"changed": 1, "unchanged": 3}
    assert catalog.failures == ()
    assert "data.jsonl#1" in held(catalog)


def test_a_good_file_that_goes_bad(sync: Sync, catalog: Catalog, folder: Path):
    """Its documents go: they would quote what the file no longer says."""
    sync()
    (folder / "tower.md").write_bytes(b"")
    assert counts(sync()) == {"failed": 1, "unchanged": 2}
    assert held(catalog) == ["harbour.txt", "museum.html"]
    assert [f.reason for f in catalog.failures] == ["it is empty (0 bytes)"]
    assert counts(sync()) == {"unchanged": 2}
    (folder / "tower.md").write_text("The tower is back.")
    assert counts(sync()) == {"changed": 1, "unchanged": 2}
    assert catalog.failures == ()


def test_a_bad_file_that_is_removed(sync: Sync, catalog: Catalog, folder: Path):
    """Its failure goes with it."""
    (folder / "empty.txt").write_bytes(b"")
    sync()
    (folder / "empty.txt").unlink()
    assert counts(sync()) == {"removed": 1, "unchanged": 3}
    assert catalog.failures == ()


def test_a_file_without_a_sentence(sync: Sync, catalog: Catalog, folder: Path):
    """A document of a heading alone has nothing to quote; the reason says so."""
    (folder / "bare.md").write_text("# Only a heading\n")
    assert counts(sync()) == {"added": 3, "failed": 1}
    assert [f.reason for f in catalog.failures] == ["it holds no sentence to quote"]


def test_a_file_that_vanishes_during_the_run(sync: Sync, catalog: Catalog, folder: Path):
    """Gone between the walk and the reading, it is a failure, and forgotten by the next run."""

    def remove(progress: Progress) -> None:
        if progress.stage == "looking" and (folder / "tower.md").exists():
            (folder / "tower.md").rename(folder.parent / "tower.md")
            (folder / "tower.md").symlink_to(folder.parent / "tower.md")
        elif progress.stage == "reading":
            (folder.parent / "tower.md").unlink(missing_ok=True)

    (folder / "zebra.txt").write_text("The last one.")
    report = sync(progress=remove)
    assert str(folder / "zebra.txt") in report.added
    sync()
    assert "tower.md" not in held(catalog)


def test_a_file_that_cannot_be_opened_when_its_digest_is_taken(
    sync: Sync, catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    """It is left to the reader to say why; files without a digest are never taken for moved ones."""
    real = Path.open

    def refuse(path: Path, *args: object, **more: object):
        if path.name == "tower.md":
            raise PermissionError
        return real(path, *args, **more)

    monkeypatch.setattr(Path, "open", refuse)
    assert counts(sync()) == {"added": 3}
    assert catalog.files[str(folder / "tower.md")].hash == ""
    monkeypatch.undo()
    (folder / "tower.md").rename(folder / "tall.md")
    assert counts(sync()) == {"added": 1, "removed": 1, "unchanged": 2}


def test_what_is_excluded_stays_out(sync: Sync, catalog: Catalog, folder: Path):
    """A file, or a folder with all that is in it, is not looked at; what merely begins alike is."""
    (folder / "drafts").mkdir()
    (folder / "drafts" / "a.txt").write_text("A draft.")
    (folder / "drafts.txt").write_text("No draft.")
    with catalog.changing():
        catalog.exclude(str(folder / "drafts"))
        catalog.exclude(str(folder / "tower.md"))
    assert counts(sync()) == {"added": 3}
    assert held(catalog) == ["drafts.txt", "harbour.txt", "museum.html"]


def rows(path: Path, **texts: str) -> None:
    path.write_text("\n".join(json.dumps({"id": name, "text": text}) for name, text in texts.items()))


def test_a_file_of_several_documents(sync: Sync, catalog: Catalog, folder: Path):
    """Each line is a document of its own; they come, move and go with their file."""
    rows(folder / "data.jsonl", a="First row. More.", b="Second row.")
    assert counts(sync()) == {"added": 4}
    assert held(catalog)[:2] == ["data.jsonl#a", "data.jsonl#b"]
    (folder / "data.jsonl").rename(folder / "rows.jsonl")
    assert counts(sync()) == {"moved": 1, "unchanged": 3}
    assert held(catalog)[2:4] == ["rows.jsonl#a", "rows.jsonl#b"]
    rows(folder / "rows.jsonl", b="Second row, changed.")
    assert counts(sync()) == {"changed": 1, "unchanged": 3}
    assert catalog.text(str(folder / "rows.jsonl#b")) == "Second row, changed."
    assert catalog.text(str(folder / "rows.jsonl#a")) is None
    (folder / "rows.jsonl").unlink()
    assert counts(sync()) == {"removed": 1, "unchanged": 3}


def test_one_document_of_several_is_excluded(sync: Sync, catalog: Catalog, folder: Path):
    """It stays out when its file is read again; a file with nothing else left is no failure."""
    with catalog.changing():
        catalog.exclude(str(folder / "data.jsonl#a"))
    rows(folder / "data.jsonl", a="First row.", b="Second row.")
    sync()
    assert held(catalog)[0] == "data.jsonl#b"
    rows(folder / "data.jsonl", a="First row.")
    assert counts(sync()) == {"changed": 1, "unchanged": 3}
    assert catalog.failures == ()
    assert counts(sync()) == {"unchanged": 4}


def test_a_document_without_a_sentence_among_others(sync: Sync, catalog: Catalog, folder: Path):
    """It is left out; the others of its file are kept."""
    rows(folder / "data.jsonl", a="# Heading", b="A row.")
    assert counts(sync()) == {"added": 4}
    assert "data.jsonl#b" in held(catalog)


def test_two_roots_that_overlap(sync: Sync, catalog: Catalog, folder: Path):
    """A file that two roots lead to is one document."""
    with catalog.changing():
        catalog.add_roots([str(folder / "tower.md")])
    assert counts(sync()) == {"added": 3}
    assert counts(sync()) == {"unchanged": 3}


def test_many_passages_are_kept_in_several_transactions(
    sync: Sync, catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    """Once enough are waiting they are kept, so that a crash costs no more; a long file is encoded in parts."""
    monkeypatch.setattr("index.sync._PASSAGES_AT_ONCE", 2)
    (folder / "a.txt").write_text("\n\n".join("word " * 40 + f"number {n}." for n in range(70)))
    generation = catalog.generation
    sync()
    assert catalog.generation == generation + 3  # a.txt; harbour and museum; tower
    assert catalog.count_passages() == 73


def test_progress_is_told(sync: Sync, folder: Path):
    """Looking, each file by name, and finishing; the numbers never fall."""
    told: list[Progress] = []
    sync(progress=told.append)
    assert [p.stage for p in told if p.stage != "reading"] == ["looking", "finishing"]
    reading = [p for p in told if p.stage == "reading"]
    assert {p.total for p in reading} == {3}
    assert list(dict.fromkeys(p.source for p in reading)) == sorted(str(path) for path in folder.iterdir())
    assert [(p.done, p.passages) for p in reading] == sorted((p.done, p.passages) for p in reading)
    assert told[-1] == Progress("finishing", 3, 3, 3)
    told.clear()
    sync(progress=told.append)
    assert told == [Progress("looking")]


def test_progress_of_a_long_walk(sync: Sync, catalog: Catalog, folder: Path):
    """Every five hundred files the walk says how far it is."""
    with catalog.changing():
        catalog.remove_root(str(folder))
        catalog.add_roots([str(folder / "many")])
    (folder / "many").mkdir()
    for n in range(500):
        (folder / "many" / f"{n}.txt").write_text("Text.")
    told: list[Progress] = []

    class Stop(Exception):  # noqa: N818
        pass

    def stop(progress: Progress) -> None:
        told.append(progress)
        if progress.done == 500:
            raise Stop

    with pytest.raises(Stop):
        sync(progress=stop)
    assert told == [Progress("looking"), Progress("looking", done=500)]


class BreakingEncoder(WordEncoder):
    """Breaks at its second call."""

    def __init__(self, error: type[BaseException]) -> None:
        super().__init__()
        self.error = error
        self.calls = 0

    def encode_passages(self, texts: Sequence[str], contexts: Sequence[str]) -> list[Encoded]:
        self.calls += 1
        if self.calls == 2:
            raise self.error
        return super().encode_passages(texts, contexts)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, MemoryError])
@pytest.mark.parametrize("at_once", [1, 256])
def test_a_run_that_is_cut_is_completed_by_the_next(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, error: type[BaseException], at_once: int
):
    """A crash, or Ctrl-C, at the second file leaves whole files only; the next run reads no file that was kept."""
    monkeypatch.setattr("index.sync._PASSAGES_AT_ONCE", at_once)
    encoder = BreakingEncoder(error)
    with pytest.raises(error):
        Synchroniser(catalog, encoder, Limits(), 50, ignore).run()
    kept = 1 if at_once == 1 else 0
    assert len(catalog.documents) == len(catalog.files) == catalog.count_passages() == kept
    report = Synchroniser(catalog, encoder, Limits(), 50, ignore).run()
    assert counts(report) == {"added": 3 - kept} | ({"unchanged": kept} if kept else {})
    assert len(catalog.documents) == catalog.count_passages() == 3
    assert len(catalog.vectors(range(100))) == 3


def test_context_is_the_title_and_the_headings(catalog: Catalog):
    """The model reads a passage after its document's title and the headings above it, none said twice."""
    seen: list[str] = []

    class Listening(WordEncoder):
        def encode_passages(self, texts: Sequence[str], contexts: Sequence[str]) -> list[Encoded]:
            seen.extend(contexts)
            return super().encode_passages(texts, contexts)

    Synchroniser(catalog, Listening(), Limits(), 50, ignore).run()
    assert "The tower\n" in seen
    assert "Museum\n" in seen


@pytest.mark.parametrize(
    ("source", "place", "within"),
    [
        ("/a/b", "/a/b", True),
        ("/a/b", "/a", True),
        ("/a/b", "/a/", True),
        ("/a/b#1", "/a/b", True),
        ("/ab", "/a", False),
        ("/a", "/a/b", False),
        ("/a/b", "/", True),
    ],
)
def test_what_is_within_what(source: str, place: str, within: bool):
    """A document is within its file, a file within its folder; a common beginning of names is nothing."""
    assert is_within(source, place) is within
