"""The lexical view: BM25 over words, made from the catalog. The sole import of tantivy's index."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.analysers import ENGLISH, asked_words, way_of, words_of
from index.catalog import Catalog
from index.files import read_json, write_json
from index.records import StoredPassage

_VERSION = 2  # of the schema below and of the words
_FIELDS = ("text", "title", "headings")
_ANALYSER = "whitespace"  # words come ready made, each text's in the way of its language, a space between them
_WRITER_BYTES = 50_000_000


class WordView:
    """BM25 search over the passages' words, titles and headings; see `index.analysers` for what a word is.

    Scores are BM25's (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75 as tantivy has them), summed over the fields;
    0 and up, higher is better, comparable within one question only.

    Args:
        folder: of the index; a folder `words` and a file `words.json` are kept there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "words"
        self._stamp = folder / "words.json"
        self._index: Any = None
        self.origin = ""
        self.generation = -1
        self.reload()

    def reload(self) -> None:
        """Take over what the last writer left, if there is something whole; raises nothing."""
        stamp = read_json(self._stamp)
        if stamp.get("version") != _VERSION or not self._folder.is_dir():
            self._index, self.generation = None, -1
            return
        try:
            if self._index is None:
                import tantivy

                self._index = tantivy.Index.open(str(self._folder))
            self._index.reload()
            self._run(self._any_of(["a"]), 1)  # some files are opened by the first search only
        except (ValueError, OSError):  # damaged: the next writer makes it anew
            self._index, self.generation = None, -1
            return
        self.origin, self.generation = str(stamp.get("origin")), int(stamp["generation"])

    def catch_up(self, catalog: Catalog) -> None:
        """Make the view equal to the catalog; only the index's one writer may call this."""
        generation = catalog.generation
        if self._index is None or catalog.origin != self.origin or generation < self.generation:
            self._reset()
        elif generation == self.generation:
            return
        writer = self._index.writer(_WRITER_BYTES, 1)
        self._delete(writer, catalog.removed_since(max(self.generation, 0)))
        for passages in catalog.passages_since(max(self.generation, 0)):
            # A catch-up that was cut short may have added some already.
            self._delete(writer, [passage.id for passage in passages])
            for passage in passages:
                writer.add_document(_document(passage))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self.origin, self.generation = catalog.origin, generation
        write_json(self._stamp, {"version": _VERSION, "origin": self.origin, "generation": generation})

    def _reset(self) -> None:
        import tantivy

        self._stamp.unlink(missing_ok=True)
        if self._folder.is_dir():
            shutil.rmtree(self._folder)
        else:
            self._folder.unlink(missing_ok=True)
        self._folder.mkdir()
        schema = tantivy.SchemaBuilder().add_integer_field("id", stored=True, indexed=True, fast=True)
        for field in _FIELDS:
            schema = schema.add_text_field(field, tokenizer_name=_ANALYSER, index_option="freq")
        self._index = tantivy.Index(schema.build(), path=str(self._folder))
        self.generation = 0

    @staticmethod
    def _delete(writer: Any, ids: Iterable[int]) -> None:
        for passage in ids:
            writer.delete_documents_by_term("id", passage)

    def words(self, question: str, way: str = ENGLISH) -> list[str]:
        """Return a question's words as the view knows them, each once; see `index.analysers`."""
        return asked_words(question, way)

    def search(
        self, words: Sequence[str], k: int, only: npt.NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return the best passages.

        Args:
            words: as `words` returns them.
            k: how many at the most.
            only: (n,) int64, ids of the passages to choose from; None for all.

        Returns:
            (passage id, BM25 score), best first; passages without any of the words are left out.
        """
        if self._index is None or not words:
            return []
        return self._run(_among(self._index.schema, self._any_of(words), only), k)

    def with_any(self, words: Sequence[str], others: Sequence[str], k: int) -> list[int]:
        """Return the passages with any of some words, by id; first those with the rarest and most of these and others.

        Args:
            words: as `words` returns them.
            others: likewise; a passage need not have them.
            k: how many at the most.
        """
        import tantivy

        if self._index is None or not words:
            return []
        query = [(tantivy.Occur.Must, self._any_of(words)), (tantivy.Occur.Should, self._any_of(others))]
        return [passage for passage, _ in self._run(tantivy.Query.boolean_query(query), k)]

    def occurring(self, words: Iterable[str]) -> set[str]:
        """Return those of some words that stand in any passage, title or heading."""
        if self._index is None:
            return set()
        searcher = self._index.searcher()
        return {word for word in words if any(searcher.doc_freq(field, word) for field in _FIELDS)}

    def rarity(self, words: Sequence[str]) -> dict[str, float]:
        """Return each word's inverse document frequency: ln(1 + (N - n + 0.5) / (n + 0.5)), as in BM25."""
        import math

        if self._index is None:
            return dict.fromkeys(words, 0.0)
        searcher = self._index.searcher()
        total = searcher.num_docs
        counts = {word: min(total, searcher.doc_freq("text", word)) for word in words}
        return {word: math.log(1 + (total - n + 0.5) / (n + 0.5)) for word, n in counts.items()}

    def _any_of(self, words: Sequence[str]) -> Any:
        import tantivy

        terms = (tantivy.Query.term_query(self._index.schema, f, w, "freq") for f in _FIELDS for w in words)
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])

    def _run(self, query: Any, k: int) -> list[tuple[int, float]]:
        searcher = self._index.searcher()
        hits = searcher.search(query, k, count=False).hits
        return [(int(searcher.doc(address)["id"][0]), float(score)) for score, address in hits]


def _among(schema: Any, query: Any, only: npt.NDArray[np.int64] | None) -> Any:
    """Return a query that finds among some passages alone, without a change to anything's score."""
    import tantivy

    if only is None:
        return query
    chosen = tantivy.Query.const_score_query(tantivy.Query.term_set_query(schema, "id", only.tolist()), 0.0)
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, chosen)])


def _document(passage: StoredPassage) -> Any:
    import tantivy

    way = way_of(passage.language)
    document = tantivy.Document()
    document.add_integer("id", passage.id)
    for field, text in zip(_FIELDS, (passage.text, passage.title, "\n".join(passage.headings)), strict=True):
        document.add_text(field, " ".join(words_of(text, way)))
    return document
