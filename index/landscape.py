"""The passages on a plane, for people to look at."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.catalog import Catalog
from index.encoder import Floats

BEGINNING_CHARACTERS = 140


@dataclass(frozen=True, slots=True)
class Landscape:
    """Passages as points on a plane: near one another where they mean something alike, as far as two axes can tell.

    The axes are the first two principal components of the vectors (Pearson 1901), so that the same passages always
    give the same picture.

    Args:
        places: (n, 2) float32: where each passage stands.
        sources: of each passage's document.
        titles: of each passage's document.
        beginnings: each passage's first characters.
        total: number of passages in the index; more than n where only some were taken.
        mean: (dimension,) float32: what is subtracted from a vector before it is projected.
        axes: (2, dimension) float32, unit rows.
    """

    places: Floats
    sources: tuple[str, ...]
    titles: tuple[str, ...]
    beginnings: tuple[str, ...]
    total: int
    mean: Floats
    axes: Floats

    def place(self, vectors: Floats) -> Floats:
        """Return where vectors, (m, dimension) float32, stand on the plane, (m, 2) float32."""
        placed: Floats = ((vectors - self.mean) @ self.axes.T).astype(np.float32)
        return placed


def survey(catalog: Catalog, most: int) -> Landscape:
    """Return the landscape of an index.

    Args:
        catalog: of the index.
        most: passages to take at the most; of more, so many evenly spread over the documents.
    """
    ids = catalog.passage_ids()
    total = len(ids)
    if total > most:
        ids = ids[np.linspace(0, total - 1, most).round().astype(np.int64)]
    rows = catalog.beginnings(ids.tolist(), BEGINNING_CHARACTERS)
    vectors = np.stack([row[4] for row in rows]) if rows else np.zeros((0, 2), np.float32)
    mean, axes = _plane(vectors)
    return Landscape(
        places=((vectors - mean) @ axes.T).astype(np.float32),
        sources=tuple(row[1] for row in rows),
        titles=tuple(row[2] for row in rows),
        beginnings=tuple(row[3] for row in rows),
        total=total,
        mean=mean,
        axes=axes,
    )


def _plane(vectors: Floats) -> tuple[Floats, Floats]:
    """Return the mean of vectors and their first two principal axes, each pointing to where its largest part is."""
    if not len(vectors):
        return np.zeros(2, np.float32), np.eye(2, dtype=np.float32)
    mean = vectors.mean(axis=0)
    centred = vectors - mean
    _, directions = np.linalg.eigh(centred.T @ centred)  # ascending
    axes = directions[:, :-3:-1].T
    signs = np.sign(axes[np.arange(2), np.abs(axes).argmax(axis=1)])
    return mean, (axes * signs[:, None]).astype(np.float32)


def vectors_of(catalog: Catalog, ids: Sequence[int], dimension: int) -> Floats:
    """Return the vectors of passages, (n, dimension) float32, in the order of their ids; those gone are left out."""
    stored = {row[0]: row[4] for row in catalog.beginnings(ids, 0)}
    found = [stored[i] for i in ids if i in stored]
    return np.stack(found) if found else np.zeros((0, dimension), np.float32)
