"""The dense view finds what plain NumPy finds, and is made anew from the catalog whenever it is not whole."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from corpus.records import Document, File, Passage, Span
from index.catalog import Catalog
from index.late import TokenMatrix
from index.records import IndexedPassage
from index.vectors import VectorView

DIMENSION = 16
TOKENS = TokenMatrix(np.zeros((0, 0), np.uint8), np.zeros(1, np.uint16))


def unit(count: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def add(catalog: Catalog, source: str, vectors: np.ndarray) -> None:
    passage = Passage(0, 1, (Span(0, 1),))
    document = Document(source, source, "A.", "text")
    with catalog.changing():
        passages = [IndexedPassage(passage, vector, TOKENS) for vector in vectors]
        catalog.add_file(File(source, Path(source), 1, 1), "h", [(document, passages)])


def held(view: VectorView) -> list[int]:
    return sorted(i for i, _ in view.search(unit(1)[0], 1_000))


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """A catalog of twenty passages: file "a" has ids 1 to 15, file "b" 16 to 20."""
    catalog = Catalog(tmp_path)
    add(catalog, "a", unit(15, 1))
    add(catalog, "b", unit(5, 2))
    yield catalog
    catalog.close()


@pytest.fixture
def saved(catalog: Catalog, tmp_path: Path) -> Path:
    """The folder with a view that was caught up and saved."""
    view = VectorView(tmp_path, DIMENSION)
    view.catch_up(catalog)
    view.save()
    return tmp_path


def test_scores_are_cosines(catalog: Catalog, tmp_path: Path):
    """Ids and scores are those of a plain dot product, best first, within half precision."""
    view = VectorView(tmp_path, DIMENSION)
    view.catch_up(catalog)
    question = unit(1, 3)[0]
    cosines = np.concatenate([unit(15, 1), unit(5, 2)]) @ question
    found = view.search(question, 7)
    assert [i for i, _ in found] == (np.argsort(-cosines)[:7] + 1).tolist()
    np.testing.assert_allclose([score for _, score in found], np.sort(cosines)[::-1][:7], atol=2e-3)
    assert type(found[0][0]) is int
    assert type(found[0][1]) is float


def test_a_vector_is_nearest_to_itself(catalog: Catalog, tmp_path: Path):
    """Its cosine with itself is 1, with its opposite -1."""
    view = VectorView(tmp_path, DIMENSION)
    view.catch_up(catalog)
    vector = unit(15, 1)[4]
    assert view.search(vector, 1)[0] == (5, pytest.approx(1, abs=2e-3))
    assert view.search(-vector, 99)[-1] == (5, pytest.approx(-1, abs=2e-3))


def test_fewer_passages_than_asked_for(catalog: Catalog, tmp_path: Path):
    """All there are, and none made up; an empty view has none."""
    view = VectorView(tmp_path, DIMENSION)
    assert view.search(unit(1)[0], 5) == []
    view.catch_up(catalog)
    assert held(view) == list(range(1, 21))


def test_a_saved_view_is_taken_over(saved: Path, catalog: Catalog):
    """Loading gives the generation and the results that were saved, and no temporary file stays behind."""
    view = VectorView(saved, DIMENSION)
    assert view.generation == catalog.generation == 2
    assert view.origin == catalog.origin
    assert held(view) == list(range(1, 21))
    assert not list(saved.glob("*.tmp"))


def test_it_catches_up_with_what_was_added_and_removed(saved: Path, catalog: Catalog):
    """A view that is behind gets what is new and loses what is gone, in whatever order that happened."""
    with catalog.changing():
        catalog.remove_files(["a"])
    add(catalog, "c", unit(2, 4))
    add(catalog, "d", unit(1, 5))
    with catalog.changing():
        catalog.remove_files(["d"])
    view = VectorView(saved, DIMENSION)
    view.catch_up(catalog)
    assert held(view) == [16, 17, 18, 19, 20, 21, 22]
    assert view.search(unit(2, 4)[1], 1)[0][0] == 22
    assert view.generation == catalog.generation


def test_a_catch_up_that_was_cut_is_completed(catalog: Catalog, tmp_path: Path):
    """Passages that had been added before the cut are not there twice."""
    view = VectorView(tmp_path, DIMENSION)
    view.catch_up(catalog)
    view.generation = 0
    view.catch_up(catalog)
    assert held(view) == list(range(1, 21))


def test_nothing_to_catch_up_with(saved: Path, catalog: Catalog):
    """A view that is up to date reads no vectors; one of an empty catalog is up to date at once."""
    view = VectorView(saved, DIMENSION)
    index = view._index
    view.catch_up(catalog)
    assert view._index is index
    (saved / "empty").mkdir()
    empty = Catalog(saved / "empty")
    view = VectorView(saved / "empty", DIMENSION)
    view.catch_up(empty)
    assert (view.origin, view.generation, held(view)) == (empty.origin, 0, [])
    empty.close()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def _flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def _nonsense(path: Path) -> None:
    path.write_bytes(b'{"sha256": 1}')


@pytest.mark.parametrize("name", ["vectors.faiss", "vectors.json"])
@pytest.mark.parametrize("harm", [Path.unlink, _cut, _flip, _nonsense], ids=["missing", "cut", "flipped", "nonsense"])
def test_a_damaged_view_is_made_anew(saved: Path, catalog: Catalog, name: str, harm):
    """Whatever became of either file, the view is complete after catching up, from the catalog alone."""
    if (name, harm) == ("vectors.json", _flip):  # a digit of the digest, not a quotation mark
        text = (saved / name).read_text()
        (saved / name).write_text(text.replace(text[-4], "0" if text[-4] != "0" else "1"))
    else:
        harm(saved / name)
    view = VectorView(saved, DIMENSION)
    assert (view.generation, held(view)) == (0, [])
    view.catch_up(catalog)
    assert held(view) == list(range(1, 21))


def test_a_view_of_another_dimension_is_made_anew(saved: Path):
    """A file that was made for another model's vectors is not searched."""
    assert VectorView(saved, DIMENSION + 1).generation == 0


def test_a_view_of_another_catalog_is_made_anew(saved: Path, tmp_path: Path):
    """A catalog that was made anew has nothing to do with the files beside it, not even in the same generation."""
    other = Catalog(tmp_path / "other")
    add(other, "x", unit(1, 6))
    add(other, "y", unit(2, 7))
    for name in ("vectors.faiss", "vectors.json"):
        shutil.copy(saved / name, tmp_path / "other" / name)
    view = VectorView(tmp_path / "other", DIMENSION)
    assert view.generation == other.generation == 2
    view.catch_up(other)
    assert held(view) == [1, 2, 3]
    assert view.search(unit(2, 7)[1], 1) == [(3, pytest.approx(1, abs=2e-3))]
    other.close()


def test_a_view_ahead_of_its_catalog_is_made_anew(saved: Path, catalog: Catalog):
    """A catalog that was put back from a copy is older than the view: the view follows."""
    stamp = json.loads((saved / "vectors.json").read_text())
    (saved / "vectors.json").write_text(json.dumps({**stamp, "generation": 9}))
    view = VectorView(saved, DIMENSION)
    view.catch_up(catalog)
    assert (view.generation, held(view)) == (2, list(range(1, 21)))


@pytest.mark.parametrize("count", [1, 3, 12])
def test_a_search_among_some_is_exact(catalog: Catalog, tmp_path: Path, count: int):
    """Only the chosen ids come, and they are the best of those by a plain dot product; no more than there are."""
    view = VectorView(tmp_path, DIMENSION)
    view.catch_up(catalog)
    only = np.random.default_rng(count).choice(np.arange(1, 21), count, replace=False).astype(np.int64)
    vectors, question = np.concatenate([unit(15, 1), unit(5, 2)]), unit(1, 7)[0]
    best = sorted(only.tolist(), key=lambda i: -float(vectors[i - 1] @ question))
    assert [i for i, _ in view.search(question, 5, only)] == best[:5]
    assert view.search(question, 5, np.array([], np.int64)) == view.search(question, 5, np.array([99], np.int64)) == []
