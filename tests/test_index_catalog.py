"""The catalog holds the truth: whole changes or none, and what the views need to catch up."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import IndexDamagedError, IndexFolderError, IndexMismatchError, InputError
from corpus.records import Document, Failure, File, Page, Passage, Section, Span
from index.catalog import Catalog
from index.late import TokenMatrix
from index.records import IndexedPassage, KnownFile
from index.schema import FORMAT_VERSION


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog(tmp_path)
    yield catalog
    catalog.close()


def file(source: str, size: int = 1, modified_ns: int = 1) -> File:
    return File(source, Path(source), size, modified_ns)


def document(source: str, text: str = "One. Two.", **more: object) -> tuple[Document, list[IndexedPassage]]:
    """Return a document with a passage for each of its sentences, and a vector that says which one it is."""
    found = Document(source, f"Title of {source}", text, "text", **more)
    passages = []
    for number, (start, end) in enumerate(((0, 4), (5, 9))[: text.count(".")]):
        passage = Passage(start, end, (Span(start, end),), None, found.headings_at(start))
        tokens = TokenMatrix(np.full((2, 3), number, np.uint8), np.array([2], np.uint16))
        passages.append(IndexedPassage(passage, np.array([1, number, 0.5], np.float32), tokens))
    return found, passages


def add(catalog: Catalog, source: str, text: str = "One. Two.") -> None:
    with catalog.changing():
        catalog.add_file(file(source), f"hash of {source}", [document(source, text)])


def added(catalog: Catalog, generation: int = 0) -> list[int]:
    return [passage.id for batch in catalog.passages_since(generation, batch=2) for passage in batch]


def test_a_new_catalog_is_empty(catalog: Catalog):
    """It is in generation 0 and knows nothing."""
    assert catalog.generation == catalog.count_passages() == 0
    assert (catalog.documents, catalog.failures, catalog.files, catalog.roots) == ((), (), {}, ())
    assert catalog.setting("model") is None
    assert catalog.text("a") is None


def test_everything_comes_back(tmp_path: Path):
    """What is stored is what is read after closing and opening: text, places, headings, pages, notes, vectors."""
    text = "Été. 👩‍👩‍👧."
    pages, sections = (Page(1, 0, 5), Page(2, 5, 11)), (Section("Summer", 1, 0, 0),)
    found = Document("a", "A", text, "pdf", pages, sections, ("a note",))
    spans = (Span(0, 4), Span(5, 11))
    vector = np.array([0.6, 0.8], np.float32)
    tokens = TokenMatrix(np.array([[18]], np.uint8), np.array([1, 0], np.uint16))
    indexed = IndexedPassage(Passage(0, 11, spans, 1, ("Summer",)), vector, tokens)
    first = Catalog(tmp_path / "deep" / "folder")
    with first.changing():
        first.add_file(file("a", 9, 8), "h", [(found, [indexed])])
    first.close()

    again = Catalog(tmp_path / "deep" / "folder")
    (stored,) = again.documents
    assert (stored.source, stored.title, stored.format, stored.pages, stored.passages) == ("a", "A", "pdf", 2, 1)
    assert stored.notes == ("a note",)
    assert stored.indexed_at.endswith("+00:00")
    assert again.text("a") == text
    assert again.files == {"a": KnownFile("a", 9, 8, "h")}
    passage = again.passages([1, 99])[1]
    assert (passage.text, passage.start, passage.end, passage.source) == (text, 0, 11, "a")
    assert (passage.headings, passage.pages, passage.sentences) == (("Summer",), (1, 2), spans)
    assert passage.sentence_texts == ["Été.", "👩‍👩‍👧."]
    assert passage.context == "A — Summer"
    found_vector, found_tokens = again.vectors([1])[1]
    np.testing.assert_allclose(found_vector, vector, atol=1e-3)
    assert found_vector.dtype == np.float32
    assert found_tokens.to_bytes() == tokens.to_bytes()
    again.close()


def test_a_whole_document_comes_back_with_what_is_known_of_its_file(catalog: Catalog):
    pages, sections = (Page(1, 0, 4), Page(2, 5, 9)), (Section("Two", 1, 5, 5),)
    kept, passages = document("/a/b.pdf", pages=pages, sections=sections, notes=("A note.",))
    with catalog.changing():
        catalog.add_file(file("/a/b.pdf", 7, 8), "abc", [(kept, passages)])
    found = catalog.document("/a/b.pdf")
    assert found is not None
    assert found.document == kept
    assert found.file == KnownFile("/a/b.pdf", 7, 8, "abc")
    assert found.indexed_at == catalog.documents[0].indexed_at
    assert catalog.document("/a/c.pdf") is None


def test_a_document_without_pages_has_none(catalog: Catalog):
    """Where the format has no pages, neither has a passage."""
    add(catalog, "a")
    assert catalog.documents[0].pages == 0
    assert catalog.passages([1])[1].pages == ()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_exception_undoes_the_whole_change(catalog: Catalog, error: type[BaseException]):
    """Whatever was done inside, the catalog is as it was, its generation too, and takes the next change."""
    add(catalog, "a")

    def change() -> None:
        with catalog.changing():
            catalog.add_file(file("b"), "h", [document("b")])
            catalog.remove_files(["a"])
            catalog.add_roots(["/r"])
            raise error

    with pytest.raises(error):
        change()
    assert [d.source for d in catalog.documents] == ["a"]
    assert (catalog.generation, catalog.roots, catalog.removed_since(0)) == (1, (), [])
    add(catalog, "b")
    assert catalog.generation == 2


def test_a_full_disk_undoes_the_change(catalog: Catalog):
    """Where SQLite itself has undone a change, an error says what to do, and the next change works."""
    add(catalog, "a")
    (pages,) = catalog._db.execute("PRAGMA page_count").fetchone()
    catalog._db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(IndexFolderError, match=r"full.*see that the disk has room"):
        add(catalog, "b", "x" * 10**6)
    assert [d.source for d in catalog.documents] == ["a"]
    catalog._db.execute("PRAGMA max_page_count = 1000000")
    add(catalog, "b")
    assert catalog.generation == 2


def test_each_change_is_a_generation(catalog: Catalog):
    """A passage carries the generation it came with, a removed one the generation it went with; no id comes again."""
    add(catalog, "a")
    add(catalog, "b", "One.")
    assert (catalog.generation, added(catalog), added(catalog, 1), added(catalog, 2)) == (2, [1, 2, 3], [3], [])
    with catalog.changing():
        catalog.remove_files(["b"])
    assert (catalog.removed_since(0), catalog.removed_since(2), catalog.removed_since(3)) == ([3], [3], [])
    add(catalog, "c", "One.")
    assert added(catalog) == [1, 2, 4]


def test_vectors_come_in_batches(catalog: Catalog):
    """Ids and rows go together, in order of id, whatever the batch."""
    add(catalog, "a")
    add(catalog, "b")
    batches = list(catalog.vectors_since(0, batch=3))
    assert [ids for ids, _ in batches] == [[1, 2, 3], [4]]
    assert [rows.shape for _, rows in batches] == [(3, 3), (1, 3)]
    assert [row[1] for _, rows in batches for row in rows] == [0, 1, 0, 1]
    assert [ids for ids, _ in catalog.vectors_since(1)] == [[3, 4]]


def test_removing_a_file_removes_all_that_came_with_it(catalog: Catalog):
    """Documents, passages and vectors go with their file, and only with theirs."""
    with catalog.changing():
        catalog.add_file(file("a"), "h", [document("a#1"), document("a#2")])
        catalog.add_file(file("b"), "h", [document("b")])
        catalog.remove_files(["a", "nothing"])
    assert [d.source for d in catalog.documents] == ["b"]
    assert list(catalog.files) == ["b"]
    assert sorted(catalog.passages(range(10))) == sorted(catalog.vectors(range(10))) == [5, 6]
    assert catalog.removed_since(0) == [1, 2, 3, 4]


def test_adding_a_file_again_replaces_it(catalog: Catalog):
    """The old passages are gone, the new ones have new ids, and a failure of the past is forgotten."""
    add(catalog, "a")
    with catalog.changing():
        catalog.add_failure(Failure("a", "damaged"), 5, 6)
    assert catalog.documents == ()
    assert catalog.failures == (Failure("a", "damaged"),)
    assert catalog.files == {"a": KnownFile("a", 5, 6, "")}
    add(catalog, "a", "One.")
    assert catalog.failures == ()
    assert added(catalog) == [3]
    assert catalog.files == {"a": KnownFile("a", 1, 1, "hash of a")}


def test_removing_one_document_keeps_its_file(catalog: Catalog):
    """The file stays known, so that it is not read again; removing what is not there says so."""
    with catalog.changing():
        catalog.add_file(file("a"), "h", [document("a#1"), document("a#2")])
        assert catalog.remove_document("a#1")
        assert not catalog.remove_document("a#1")
    assert [d.source for d in catalog.documents] == ["a#2"]
    assert list(catalog.files) == ["a"]


def test_a_moved_file_keeps_its_passages(catalog: Catalog):
    """File and documents have the new name, whatever letters the old one had; passages and vectors stay."""
    with catalog.changing():
        catalog.add_file(file("/é👩.jsonl"), "h", [document("/é👩.jsonl#1"), document("/é👩.jsonl#/é👩.jsonl")])
        catalog.add_file(file("/b"), "other", [document("/b")])
    with catalog.changing():
        catalog.move_file("/é👩.jsonl", file("/b", 7, 8))
    assert [d.source for d in catalog.documents] == ["/b#/é👩.jsonl", "/b#1"]
    assert catalog.files == {"/b": KnownFile("/b", 7, 8, "h")}
    assert added(catalog) == [1, 2, 3, 4]
    assert catalog.removed_since(0) == [5, 6]


def test_a_touched_file_keeps_its_content(catalog: Catalog):
    """A new time and size are noted; hash and passages stay."""
    add(catalog, "a")
    with catalog.changing():
        catalog.touch_file(file("a", 5, 6))
    assert catalog.files == {"a": KnownFile("a", 5, 6, "hash of a")}
    assert added(catalog) == [1, 2]


def test_roots_exclusions_and_settings(catalog: Catalog):
    """Each is kept once, listed in order, and can be taken back; a setting has its latest value."""
    with catalog.changing():
        catalog.add_roots(["/b", "/a", "/b"])
        catalog.exclude("x")
        catalog.exclude("x")
        catalog.exclude("y")
        catalog.set_setting("dimension", 3)
        catalog.set_setting("dimension", 4)
    assert (catalog.roots, catalog.excluded, catalog.setting("dimension")) == (("/a", "/b"), {"x", "y"}, 4)
    with catalog.changing():
        catalog.remove_root("/b")
        catalog.include(["x", "z"])
    assert (catalog.roots, catalog.excluded) == (("/a",), {"y"})


def test_a_great_many_ids_can_be_asked_for(catalog: Catalog):
    """SQLite's limit on the values of a query is none on ours."""
    add(catalog, "a")
    assert sorted(catalog.passages(range(300_000))) == sorted(catalog.vectors(range(300_000))) == [1, 2]


def test_reading_sees_one_state(catalog: Catalog, tmp_path: Path):
    """What another process commits meanwhile is seen afterwards, not in between."""
    add(catalog, "a")
    other = Catalog(tmp_path)
    with catalog.reading():
        assert catalog.generation == 1
        add(other, "b")
        assert (catalog.generation, catalog.count_passages()) == (1, 2)
    assert (catalog.generation, catalog.count_passages()) == (2, 4)
    other.close()


def test_two_catalogs_have_two_origins(catalog: Catalog, tmp_path: Path):
    """A catalog keeps its origin; a new one in another folder, or after it, has another."""
    again, other = Catalog(tmp_path), Catalog(tmp_path / "other")
    assert catalog.origin == again.origin != other.origin
    again.close()
    other.close()


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5_000])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes):
    """The error names the file and the remedy."""
    (tmp_path / "catalog.sqlite").write_bytes(content)
    with pytest.raises(IndexDamagedError, match=rf"{tmp_path}/catalog\.sqlite cannot be read .*remove the folder"):
        Catalog(tmp_path)


def test_a_database_of_something_else(tmp_path: Path):
    """A database without our tables is not taken over."""
    with sqlite3.connect(tmp_path / "catalog.sqlite") as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    db.close()
    with pytest.raises(IndexDamagedError, match="no such table: setting"):
        Catalog(tmp_path)


def test_a_database_that_is_damaged_further_on(tmp_path: Path):
    """Damage that shows only when a page is read is the same error, in reading and in changing."""
    first = Catalog(tmp_path)
    for name in "abc":
        add(first, name, "One. Two." + "x" * 9_000)
    first.close()
    raw = bytearray((tmp_path / "catalog.sqlite").read_bytes())
    raw[3 * 4096 :] = b"\xff" * (len(raw) - 3 * 4096)
    (tmp_path / "catalog.sqlite").write_bytes(raw)
    catalog = Catalog(tmp_path)
    with pytest.raises(IndexDamagedError, match="cannot be read as an index"):
        _ = (catalog.documents, added(catalog))
    with pytest.raises(IndexDamagedError, match="cannot be read as an index"):
        add(catalog, "d")
    catalog.close()


def test_another_format(tmp_path: Path):
    """An index of another version is refused; the error names both formats."""
    Catalog(tmp_path).close()
    with sqlite3.connect(tmp_path / "catalog.sqlite") as db:
        db.execute("UPDATE setting SET value = 99 WHERE name = 'format'")
    db.close()
    with pytest.raises(IndexMismatchError, match=rf"has format 99 and this version reads format {FORMAT_VERSION}"):
        Catalog(tmp_path)


def test_a_place_where_no_folder_can_be(tmp_path: Path):
    """A file in the way, of the folder or of the catalog's file, is the caller's to mend."""
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="choose another folder"):
        Catalog(tmp_path / "file" / "index")
    (tmp_path / "catalog.sqlite").mkdir()
    with pytest.raises(InputError, match="choose another folder"):
        Catalog(tmp_path)


@pytest.fixture
def powerless() -> Iterator[Path]:
    """Make a folder that can be read and not written to, by whoever runs the tests."""
    folder = Path(tempfile.mkdtemp())
    Catalog(folder).close()
    folder.chmod(0o555)
    (folder / "catalog.sqlite").chmod(0o444)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield folder
    if root:
        os.seteuid(0)
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_folder_that_cannot_be_written_to(powerless: Path):
    """An index that is sound is not called damaged, and nobody is told to remove it."""
    with pytest.raises(InputError, match="choose another folder"):
        Catalog(powerless)
