"""The lexical view: BM25 over words, made from the catalog. The sole import of tantivy."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from index.catalog import Catalog
from index.files import read_json, write_json
from index.records import StoredPassage

_VERSION = 1  # of the schema and the analyser below
_FIELDS = ("text", "title", "headings")
_ANALYSER = "words"
_WRITER_BYTES = 50_000_000


class WordView:
    """BM25 search over the passages' words, titles and headings.

    Scores are BM25's (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75 as tantivy has them), summed over the fields;
    0 and up, higher is better, comparable within one question only.

    Args:
        folder: of the index; a folder `words` and a file `words.json` are kept there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "words"
        self._stamp = folder / "words.json"
        self._analyser = _analyser()
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
                self._index.register_tokenizer(_ANALYSER, self._analyser)
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
        self._index.register_tokenizer(_ANALYSER, self._analyser)
        self.generation = 0

    @staticmethod
    def _delete(writer: Any, ids: Iterable[int]) -> None:
        for passage in ids:
            writer.delete_documents_by_term("id", passage)

    def words(self, text: str) -> list[str]:
        """Return a text's words as the view knows them: lower case, without accents, stemmed, each once."""
        return list(dict.fromkeys(self._analyser.analyze(text)))

    def search(self, words: Sequence[str], k: int) -> list[tuple[int, float]]:
        """Return the best passages.

        Args:
            words: as `words` returns them.
            k: how many at the most.

        Returns:
            (passage id, BM25 score), best first; passages without any of the words are left out.
        """
        if self._index is None or not words:
            return []
        return self._run(self._any_of(words), k)

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


def _analyser() -> Any:
    import tantivy

    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (tantivy.Filter.remove_long(64), tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold()):
        builder = builder.filter(step)
    return builder.filter(tantivy.Filter.stemmer("english")).build()


def _document(passage: StoredPassage) -> Any:
    import tantivy

    document = tantivy.Document()
    document.add_integer("id", passage.id)
    document.add_text("text", passage.text)
    document.add_text("title", passage.title)
    document.add_text("headings", "\n".join(passage.headings))
    return document
