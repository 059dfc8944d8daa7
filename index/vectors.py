"""The dense view: a FAISS index made from the catalog. The sole import of FAISS."""

import hashlib
import threading
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.catalog import Catalog
from index.encoder import Floats
from index.files import read_json, replace_file, write_json


class VectorView:
    """Cosine search over the passages' vectors, exact, held in memory.

    Scores are cosines, -1..1, higher is better: the vectors are unit length and the metric is the inner product.

    Args:
        folder: of the index; `vectors.faiss` and `vectors.json` are kept there.
        dimension: length of a vector.
    """

    def __init__(self, folder: Path, dimension: int) -> None:
        self._file = folder / "vectors.faiss"
        self._stamp = folder / "vectors.json"
        self._dimension = dimension
        self._lock = threading.Lock()
        self._index: Any = None
        self.origin = ""
        self.generation = 0
        self._load()

    def _load(self) -> None:
        """Take over the file if it is whole: FAISS itself loads many a damaged file without complaint."""
        import faiss

        stamp = read_json(self._stamp)
        try:
            with self._file.open("rb") as file:
                whole = hashlib.file_digest(file, "sha256").hexdigest() == stamp.get("sha256")
        except OSError:
            whole = False
        if whole and stamp.get("dimension") == self._dimension:
            self._index = faiss.read_index(str(self._file))
            self.origin, self.generation = str(stamp.get("origin")), int(stamp["generation"])
        else:
            self._reset()

    def _reset(self) -> None:
        import faiss

        # Half-precision codes: half the memory of float32, and in the lab's table no answer lost (recall 1.000).
        codes = faiss.IndexScalarQuantizer(self._dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        codes.train(np.zeros((1, self._dimension), np.float32))
        self._index = faiss.IndexIDMap2(codes)
        self.generation = 0

    def catch_up(self, catalog: Catalog) -> None:
        """Make the view equal to the catalog; vectors come from there, the model is not run."""
        with self._lock, catalog.reading():
            now = (catalog.origin, catalog.generation)
            if now == (self.origin, self.generation):
                return
            if now[0] != self.origin or now[1] < self.generation:  # the file was made from another catalog
                self._reset()
            self._index.remove_ids(np.array(catalog.removed_since(self.generation), np.int64))
            for ids, vectors in catalog.vectors_since(self.generation):
                # A catch-up that was cut short may have added some already.
                self._index.remove_ids(np.array(ids, np.int64))
                self._index.add_with_ids(vectors, np.array(ids, np.int64))
            self.origin, self.generation = now

    def save(self) -> None:
        """Write the view to its files, each whole or not at all."""
        import faiss

        with self._lock:
            replace_file(self._file, lambda path: faiss.write_index(self._index, str(path)))
            with self._file.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            made_from = {"origin": self.origin, "generation": self.generation}
            write_json(self._stamp, {**made_from, "dimension": self._dimension, "sha256": digest})

    def search(self, vector: Floats, k: int, only: npt.NDArray[np.int64] | None = None) -> list[tuple[int, float]]:
        """Return the nearest passages.

        Args:
            vector: (dimension,) float32, unit length.
            k: how many at the most.
            only: (n,) int64, ids of the passages to choose from; None for all.

        Returns:
            (passage id, cosine), best first.
        """
        import faiss

        chosen = None if only is None else faiss.SearchParameters(sel=faiss.IDSelectorBatch(only))  # type: ignore[call-arg]
        with self._lock:
            scores, ids = self._index.search(vector[None], k, params=chosen)
        found: npt.NDArray[np.bool_] = ids[0] >= 0
        return [(int(i), float(s)) for i, s in zip(ids[0][found], scores[0][found], strict=True)]
