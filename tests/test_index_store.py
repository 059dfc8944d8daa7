"""An index is a folder with one writer and many readers; its views follow the catalog."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import WordEncoder

from corpus.errors import IndexLockedError, IndexMismatchError
from corpus.records import Limits
from index.search import Weights
from index.store import Index
from index.sync import SyncReport

Open = Callable[..., Index]


@pytest.fixture
def open_index(tmp_path: Path, encoder: WordEncoder) -> Iterator[Open]:
    """Open the index of the test's own folder, as often as wanted."""
    opened = []

    def open_index(encoder: WordEncoder = encoder) -> Index:
        opened.append(Index(tmp_path / "index", encoder, Limits(), 50, Weights()))
        return opened[-1]

    yield open_index
    for index in opened:
        index.close()


def sync(index: Index, *roots: Path, again: bool = False) -> SyncReport:
    with index.writing(0):
        return index.sync([str(root) for root in roots], lambda _: None, again)


def remove(index: Index, path: Path | str) -> list[str]:
    with index.writing(0):
        return index.remove(str(path))


def first(index: Index, question: str) -> str:
    return Path(index.search(question, (), 5)[0].passage.source).name


def names(index: Index) -> list[str]:
    return [Path(document.source).name for document in index.catalog.documents]


def test_an_index_is_kept(open_index: Open, folder: Path, encoder: WordEncoder):
    """What was indexed is there when the folder is opened again; neither model nor documents are needed for it."""
    with open_index() as index:
        sync(index, folder)
    encoded = encoder.passages_encoded
    shutil.rmtree(folder)
    again = open_index()
    assert first(again, "harbour dredged") == "harbour.txt"
    assert encoder.passages_encoded == encoded == 3


def test_roots_are_remembered(open_index: Open, folder: Path, write: Callable[[str, str], Path]):
    """A run without roots looks at those it has; another root is added to them."""
    index = open_index()
    sync(index, folder)
    other = write("other/bridge.txt", "The bridge is long.")
    assert len(sync(index, other.parent).added) == 1
    assert index.catalog.roots == (str(other.parent), str(folder))
    other.write_text("The bridge is short.")
    assert sync(index).changed == [str(other)]
    assert sync(index, again=True).read == 4


def test_the_views_are_written(open_index: Open, folder: Path, tmp_path: Path):
    """After a run both views stand in the folder in the catalog's generation, and no temporary file does."""
    index = open_index()
    sync(index, folder)
    for name in ("vectors.json", "words.json"):
        stamp = json.loads((tmp_path / "index" / name).read_text())
        assert (stamp["generation"], stamp["origin"]) == (index.catalog.generation, index.catalog.origin)
    assert not list((tmp_path / "index").rglob("*.tmp"))


def test_a_reader_sees_a_writers_generation_at_its_next_question(open_index: Open, folder: Path):
    """Files added, changed and removed by a writer are so for a reader that was open before."""
    writer, reader = open_index(), open_index()
    sync(writer, folder)
    assert first(reader, "museum closes") == "museum.html"
    (folder / "bridge.txt").write_text("The bridge is long.")
    (folder / "museum.html").unlink()
    sync(writer)
    assert first(reader, "bridge long") == "bridge.txt"
    assert all("museum" not in c.passage.source for c in reader.search("museum closes", (), 5))


def test_a_reader_mends_what_a_cut_writer_left(open_index: Open, folder: Path):
    """A catalog that went on without its views is caught up with by the next question, and the views are written."""
    index = open_index()
    sync(index, folder)
    with index.catalog.changing():
        index.catalog.remove_files([str(folder / "tower.md")])
    reader = open_index()
    assert all("tower" not in c.passage.source for c in reader.search("tower", (), 5))
    assert json.loads((reader.folder / "words.json").read_text())["generation"] == index.catalog.generation
    assert json.loads((reader.folder / "vectors.json").read_text())["generation"] == index.catalog.generation


def test_a_reader_beside_a_writer_at_work(open_index: Open, folder: Path):
    """While another writes, a reader answers by what it has: new vectors, older words; nothing is raised."""
    writer, reader = open_index(), open_index()
    sync(writer, folder)
    assert first(reader, "tower") == "tower.md"
    with writer.writing(0):
        with writer.catalog.changing():
            writer.catalog.remove_files([str(folder / "tower.md")])
        found = reader.search("tower metres", (), 5)
        assert {Path(c.passage.source).name for c in found} == {"harbour.txt", "museum.html"}
        assert reader._views is not None
        assert reader._views[1].generation == writer.catalog.generation - 1
    reader.search("tower metres", (), 5)
    assert reader._views[1].generation == writer.catalog.generation


@pytest.mark.parametrize(
    "names",
    [["vectors.faiss"], ["vectors.json"], ["words.json"], ["words"], ["vectors.faiss", "vectors.json", "words"]],
)
@pytest.mark.parametrize("harm", ["deleted", "damaged"])
def test_views_that_are_deleted_or_damaged_are_rebuilt(
    open_index: Open, folder: Path, encoder: WordEncoder, names: list[str], harm: str
):
    """The next question finds what it found before, and the model has encoded nothing again."""
    sync(index := open_index(), folder)
    index.close()
    for name in names:
        path = index.folder / name
        if harm == "damaged":
            for file in path.iterdir() if path.is_dir() else [path]:
                file.write_bytes(b"damaged")
        elif path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    again = open_index()
    best = again.search("harbour dredged", (), 5)[0]
    assert Path(best.passage.source).name == "harbour.txt"
    assert best.coverage == pytest.approx(1)
    assert len(again.search("tower", (), 5)) == 3
    assert encoder.passages_encoded == 3
    assert json.loads((index.folder / "words.json").read_text())["generation"] == again.catalog.generation


def test_views_of_a_catalog_that_is_gone(open_index: Open, folder: Path):
    """Where only the catalog was removed and made anew, the old views are not mistaken for its own."""
    sync(index := open_index(), folder)
    index.close()
    for path in index.folder.glob("catalog.sqlite*"):
        path.unlink()
    for name in ("harbour.txt", "museum.html"):
        (folder / name).unlink()
    sync(again := open_index(), folder)
    assert [Path(c.passage.source).name for c in again.search("tower", (), 5)] == ["tower.md"]


def test_one_writer_at_a_time(open_index: Open, tmp_path: Path):
    """A second writer is refused with the number of the process that writes; once that is done, it may."""
    writer, second = open_index(), open_index()
    with writer.writing(0):
        with pytest.raises(IndexLockedError, match=rf"process {os.getpid()} .*{tmp_path}/index"), second.writing(0):
            pass
        assert (tmp_path / "index" / "writer.json").exists()
    assert not (tmp_path / "index" / "writer.json").exists()
    with second.writing(0):
        pass


def test_a_writer_in_another_process(open_index: Open, tmp_path: Path):
    """The lock holds between processes, names the other, and goes with a process that is killed."""
    index = open_index()
    script = """
import sys
from filelock import FileLock
from index.files import write_json
from pathlib import Path
import os
folder = Path(sys.argv[1])
lock = FileLock(folder / "lock")
lock.acquire()
write_json(folder / "writer.json", {"process": os.getpid()})
print("writing", flush=True)
sys.stdin.read()
"""
    command = [sys.executable, "-c", script, str(tmp_path / "index")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
        with pytest.raises(IndexLockedError, match=f"process {process.pid} .* for the last 0 s; wait"):
            index.writing(0).__enter__()
        process.kill()
    with index.writing(0):
        assert json.loads((tmp_path / "index" / "writer.json").read_text()) == {"process": os.getpid()}


def test_the_lock_is_given_back_after_an_error(open_index: Open):
    """An exception inside, Ctrl-C too, ends the writing."""
    writer, second = open_index(), open_index()
    with pytest.raises(KeyboardInterrupt), writer.writing(0):
        raise KeyboardInterrupt
    with second.writing(0):
        pass


def test_a_writer_that_says_nothing_of_itself(open_index: Open):
    """Where the owner's file is missing, the process is unknown, and the error is the same."""
    writer, second = open_index(), open_index()
    with writer.writing(0):
        (writer.folder / "writer.json").unlink()
        with pytest.raises(IndexLockedError, match="process unknown"), second.writing(0):
            pass


def test_another_model(open_index: Open, folder: Path):
    """An index belongs to its model; the error names both, and the first model still opens it."""
    sync(open_index(), folder)
    with pytest.raises(IndexMismatchError, match=r"words \(words-1\).* words \(words-2\); use that model, or another"):
        open_index(WordEncoder("words-2"))
    assert first(open_index(WordEncoder("words-1")), "tower") == "tower.md"


def test_a_new_index_has_no_model_yet(open_index: Open, folder: Path):
    """Until something was indexed, any model may use the folder."""
    open_index().close()
    sync(index := open_index(WordEncoder("words-2")), folder)
    assert index.catalog.setting("model fingerprint") == "words-2"
    assert (index.catalog.setting("model"), index.catalog.setting("dimension")) == ("words", 64)


def test_nothing_to_index(open_index: Open, tmp_path: Path):
    """An empty folder is indexed without making views, and asked without error."""
    (tmp_path / "empty").mkdir()
    index = open_index()
    assert sync(index, tmp_path / "empty").added == []
    assert not (tmp_path / "index" / "words").exists()
    assert index.search("tower", (), 5) == []


def test_a_removed_file_stays_out(open_index: Open, folder: Path):
    """It is gone at once, stays out of later runs that know its folder, and comes back when it is added itself."""
    index = open_index()
    sync(index, folder)
    assert remove(index, folder / "tower.md") == [str(folder / "tower.md")]
    assert names(index) == ["harbour.txt", "museum.html"]
    assert sync(index).added == []
    assert sync(index, folder).added == []
    assert sync(index, folder / "tower.md").added == [str(folder / "tower.md")]
    assert index.catalog.excluded == frozenset()


def test_a_new_root_brings_back_what_is_in_it(open_index: Open, folder: Path):
    """A folder that is added for the first time is added with all that is in it."""
    index = open_index()
    sync(index, folder)
    remove(index, folder / "tower.md")
    assert sync(index, folder.parent / "papers", folder.parent).added == [str(folder / "tower.md")]


def test_a_removed_root_is_forgotten(open_index: Open, folder: Path):
    """All its files go, no later run looks at it, and adding it again brings them back."""
    index = open_index()
    sync(index, folder)
    assert len(remove(index, folder)) == 3
    assert (index.catalog.roots, index.catalog.excluded, names(index)) == ((), frozenset(), [])
    assert sync(index).added == []
    assert len(sync(index, folder).added) == 3


def test_a_removed_root_inside_another(open_index: Open, folder: Path):
    """A file that is a root and stands in one is both forgotten and kept out."""
    index = open_index()
    sync(index, folder, folder / "tower.md")
    remove(index, folder / "tower.md")
    assert sync(index).added == []
    assert index.catalog.roots == (str(folder),)


def test_a_removed_folder_above_the_roots(open_index: Open, folder: Path):
    """Every root in it is forgotten."""
    index = open_index()
    sync(index, folder)
    assert len(remove(index, folder.parent)) == 3
    assert sync(index).added == []
    assert index.catalog.roots == ()


def test_a_removed_document_of_several(open_index: Open, folder: Path):
    """The others of its file stay."""
    (folder / "data.jsonl").write_text('{"id": "a", "text": "Row a."}\n{"id": "b", "text": "Row b."}')
    index = open_index()
    sync(index, folder)
    assert remove(index, f"{folder / 'data.jsonl'}#a") == [f"{folder / 'data.jsonl'}#a"]
    assert names(index)[0] == "data.jsonl#b"
    assert sync(index, again=True).failed == []
    assert names(index)[0] == "data.jsonl#b"


def test_a_failure_can_be_removed(open_index: Open, folder: Path):
    """A file that cannot be read is named as what is gone, and stays out."""
    (folder / "empty.txt").write_bytes(b"")
    index = open_index()
    sync(index, folder)
    assert remove(index, folder / "empty.txt") == [str(folder / "empty.txt")]
    assert sync(index).failed == []
    assert index.catalog.failures == ()


def test_removing_what_is_not_there(open_index: Open, folder: Path):
    """Nothing is gone, and no generation is made."""
    index = open_index()
    sync(index, folder)
    generation = index.catalog.generation
    assert remove(index, "/nowhere") == []
    assert index.catalog.generation == generation


def test_passages_of_another_length_are_refused(open_index: Open, folder: Path, tmp_path: Path, encoder: WordEncoder):
    """An index belongs to the length of its passages; both are named."""
    sync(open_index(), folder)
    with pytest.raises(IndexMismatchError, match="passages of 50 tokens, and 60 are asked for"):
        Index(tmp_path / "index", encoder, Limits(), 60, Weights())


def test_two_threads_of_one_index_do_not_both_write(open_index: Open):
    """The lock holds inside the process too."""
    index = open_index()
    with index.writing(0), pytest.raises(IndexLockedError, match=str(os.getpid())), index.writing(0):
        pass  # pragma: no cover
