"""The passages on a plane: as far apart as two axes can tell, always alike, never more than asked for."""

from pathlib import Path

import numpy as np
import pytest

from corpus.records import Document, File, Passage, Span
from index.catalog import Catalog
from index.landscape import BEGINNING_CHARACTERS, survey, vectors_of
from index.late import TokenMatrix
from index.records import IndexedPassage

TOKENS = TokenMatrix(np.zeros((0, 0), np.uint8), np.zeros(1, np.uint16))
TEXT = "x" * 200


def add(catalog: Catalog, source: str, vectors: np.ndarray) -> None:
    passages = [IndexedPassage(Passage(0, 200, (Span(0, 200),)), vector, TOKENS) for vector in vectors]
    with catalog.changing():
        catalog.add_file(
            File(source, Path(source), 1, 1), "h", [(Document(source, source.upper(), TEXT, "text"), passages)]
        )


@pytest.fixture
def catalog(tmp_path: Path):
    catalog = Catalog(tmp_path)
    yield catalog
    catalog.close()


def test_the_axes_are_those_along_which_the_vectors_differ_most(catalog: Catalog):
    """Four points on a cross: its long arm is the first axis, its short arm the second, distances are kept."""
    cross = np.array([[0, 4, 0], [0, -4, 0], [2, 0, 0], [-2, 0, 0]], np.float32)
    add(catalog, "a", cross)
    land = survey(catalog, 100)
    np.testing.assert_allclose(land.places, [[4, 0], [-4, 0], [0, 2], [0, -2]], atol=1e-6)
    np.testing.assert_allclose(land.place(np.array([[0, 1, 5]], np.float32)), [[1, 0]], atol=1e-6)
    assert land.total == 4
    assert land.places.dtype == land.place(cross).dtype == np.float32


def test_a_point_knows_its_document_and_its_passages_beginning(catalog: Catalog):
    """In the order of the passages."""
    add(catalog, "a", np.eye(3, dtype=np.float32)[:2])
    add(catalog, "b", np.eye(3, dtype=np.float32)[2:])
    land = survey(catalog, 100)
    assert land.sources == ("a", "a", "b")
    assert land.titles == ("A", "A", "B")
    assert land.beginnings == ("x" * BEGINNING_CHARACTERS,) * 3


def test_of_many_passages_some_are_taken_from_everywhere(catalog: Catalog):
    """The first and the last are among them, and the same ones every time."""
    rows = np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32)
    for number in range(3):
        add(catalog, f"file {number}", rows[number * 10 : number * 10 + 10])
    land, again = survey(catalog, 9), survey(catalog, 9)
    assert (len(land.places), land.total) == (9, 30)
    assert [land.sources.count(f"file {number}") for number in range(3)] == [3, 3, 3]
    np.testing.assert_array_equal(land.places, again.places)


@pytest.mark.parametrize("count", [0, 1])
def test_hardly_any_passages(catalog: Catalog, count: int):
    """None, or one in the middle."""
    if count:
        add(catalog, "a", np.ones((1, 4), np.float32))
    land = survey(catalog, 10)
    np.testing.assert_allclose(land.places, np.zeros((count, 2)))


def test_vectors_come_in_the_order_asked_for(catalog: Catalog):
    """Those of passages that are gone are left out."""
    add(catalog, "a", np.eye(3, dtype=np.float32))
    np.testing.assert_array_equal(vectors_of(catalog, [3, 77, 1], 3), np.eye(3)[[2, 0]])
    assert vectors_of(catalog, [77], 3).shape == (0, 3)
