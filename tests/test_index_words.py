"""The lexical view ranks by BM25 over stemmed words, and is made anew from the catalog whenever it is not whole."""

import json
import math
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from corpus.records import Document, File, Passage, Section, Span
from index.catalog import Catalog
from index.late import TokenMatrix
from index.records import IndexedPassage
from index.words import WordView

TOKENS = TokenMatrix(np.zeros((0, 0), np.uint8), np.zeros(1, np.uint16))


def add(catalog: Catalog, text: str, title: str = "", heading: str = "") -> None:
    """Add a file of one passage; its name is its text."""
    passage = Passage(0, len(text), (Span(0, len(text)),), None, (heading,) if heading else ())
    document = Document(text, title, text, "text", (), (Section(heading, 1, 0, 0),) if heading else ())
    with catalog.changing():
        indexed = IndexedPassage(passage, np.ones(1, np.float32), TOKENS)
        catalog.add_file(File(text, Path(text), 1, 1), "h", [(document, [indexed])])


def found(view: WordView, question: str, k: int = 10) -> list[int]:
    return [i for i, _ in view.search(view.words(question), k)]


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog(tmp_path)
    for text in ("The harbour was dredged.", "The tower is high.", "The tower stands at the harbour."):
        add(catalog, text)
    yield catalog
    catalog.close()


@pytest.fixture
def view(catalog: Catalog, tmp_path: Path) -> WordView:
    view = WordView(tmp_path)
    view.catch_up(catalog)
    return view


def test_a_rare_word_counts_more(view: WordView):
    """Of "dredged" (one passage) and "harbour" (two), the passage with both comes first."""
    assert found(view, "dredged harbour") == [1, 3]
    assert found(view, "high tower") == [2, 3]


def test_a_score_is_that_of_the_formula(tmp_path: Path):
    """One passage of one word among two: the score is idf * tf * (k1 + 1) / (tf + k1) = ln(1 + 1.5 / 1.5)."""
    catalog, view = Catalog(tmp_path), WordView(tmp_path)
    add(catalog, "apple")
    add(catalog, "pear")
    view.catch_up(catalog)
    ((passage, score),) = view.search(["appl"], 5)
    assert passage == 1
    assert score == pytest.approx(math.log(1 + 1.5 / 1.5), rel=1e-3)
    catalog.close()


def test_a_word_counts_more_in_a_shorter_passage(tmp_path: Path):
    """BM25's length: of two passages with the word, the shorter one comes first."""
    catalog, view = Catalog(tmp_path), WordView(tmp_path)
    add(catalog, "apple and a great many other things that grow here")
    add(catalog, "apple pie")
    view.catch_up(catalog)
    assert found(view, "apple") == [2, 1]
    catalog.close()


def test_titles_and_headings_are_searched(tmp_path: Path):
    """A word in the title or a heading finds the passage, and its score is added to that of the text."""
    catalog, view = Catalog(tmp_path), WordView(tmp_path)
    add(catalog, "It opened in 1889.", title="Tower")
    add(catalog, "It opened in 1890.", heading="The tower")
    add(catalog, "It opened in 1891.")
    view.catch_up(catalog)
    assert sorted(found(view, "tower")) == [1, 2]
    assert found(view, "opened tower")[-1] == 3
    catalog.close()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Towers towering TOWER", ["tower"]),
        ("Été à Köln", ["ete", "a", "koln"]),
        ("don't", ["don", "t"]),
        ("👩‍👩‍👧 ?! — ", []),
        ("", []),
        ("שלום мост", ["שלום", "мост"]),
        ("x" * 65, []),
        ("1932, 3.5", ["1932", "3", "5"]),
    ],
)
def test_words(view: WordView, text: str, words: list[str]):
    """Words are stemmed, in lower case, without accents, each once; one of 65 letters is none."""
    assert view.words(text) == words


def test_words_match_whatever_their_form(tmp_path: Path):
    """A question finds other forms of its words, with accents or without."""
    catalog, view = Catalog(tmp_path), WordView(tmp_path)
    add(catalog, "The cafés of Köln close early.")
    view.catch_up(catalog)
    for question in ("CAFE", "cafés", "koln", "closing", "closed"):
        assert found(view, question) == [1], question
    catalog.close()


@pytest.mark.parametrize("question", ["zebra", "", "?!", 'text:tower AND "', "* OR ~ ^"])
def test_a_question_without_a_known_word_finds_nothing_or_words_only(view: WordView, question: str):
    """There is no query language: marks are no operators, and raise nothing."""
    assert set(found(view, question)) <= {2, 3}


def test_no_more_than_asked_for(view: WordView):
    """The best k, and fewer where there are fewer."""
    assert len(found(view, "the", 2)) == 2
    assert len(found(view, "the", 99)) == 3


def test_rarity_is_the_inverse_document_frequency(view: WordView):
    """ln(1 + (N - n + 0.5) / (n + 0.5)) with N = 3 passages: n = 0, 1 and 2."""
    expected = {"zebra": math.log(1 + 3.5 / 0.5), "dredg": math.log(1 + 2.5 / 1.5), "tower": math.log(1 + 1.5 / 2.5)}
    assert view.rarity(["zebra", "dredg", "tower"]) == pytest.approx(expected)
    assert view.rarity([]) == {}


def test_a_view_that_was_never_made(tmp_path: Path):
    """Before it is caught up, nothing is found and no word is rare."""
    view = WordView(tmp_path)
    assert view.generation == -1
    assert view.search(["tower"], 5) == []
    assert view.rarity(["tower"]) == {"tower": 0.0}
    assert view.words("Towers") == ["tower"]


def test_it_catches_up_with_what_was_added_and_removed(view: WordView, catalog: Catalog):
    """What is new is found, what is gone is not, and rarity never exceeds what is there."""
    add(catalog, "A third tower.")
    with catalog.changing():
        catalog.remove_files(["The tower is high."])
    view.catch_up(catalog)
    assert sorted(found(view, "tower")) == [3, 4]
    assert view.rarity(["tower"])["tower"] >= math.log(1 + 0.5 / 3.5)
    assert view.generation == catalog.generation == 5


def test_another_reader_sees_it_after_reloading(view: WordView, catalog: Catalog, tmp_path: Path):
    """What one view wrote, another that was open before has at its next reload."""
    reader = WordView(tmp_path)
    add(catalog, "A bridge.")
    view.catch_up(catalog)
    assert found(reader, "bridge") == []
    reader.reload()
    assert found(reader, "bridge") == [4]
    assert (reader.generation, reader.origin) == (4, catalog.origin)


def test_a_catch_up_that_was_cut_is_completed(view: WordView, catalog: Catalog, tmp_path: Path):
    """A stamp that is older than the files, as a cut between the two leaves it, doubles nothing."""
    stamp = json.loads((tmp_path / "words.json").read_text())
    (tmp_path / "words.json").write_text(json.dumps({**stamp, "generation": 1}))
    again = WordView(tmp_path)
    assert again.generation == 1
    again.catch_up(catalog)
    assert sorted(found(again, "the")) == [1, 2, 3]
    assert again.rarity(["dredg"])["dredg"] == pytest.approx(math.log(1 + 2.5 / 1.5), abs=0.5)


def test_nothing_to_catch_up_with(view: WordView, catalog: Catalog, tmp_path: Path):
    """A view that is up to date writes nothing."""
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json")}
    view.catch_up(catalog)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.json")} == before


def _suffixes() -> list[str]:
    return ["fast", "fieldnorm", "idx", "pos", "store", "term", "json"]


@pytest.mark.parametrize("suffix", _suffixes())
@pytest.mark.parametrize("harm", ["missing", "cut", "nonsense"])
def test_a_damaged_folder_is_made_anew(view: WordView, catalog: Catalog, tmp_path: Path, suffix: str, harm: str):
    """Whichever file of the folder is damaged, opening raises nothing and catching up makes the view whole."""
    (path,) = [p for p in (tmp_path / "words").glob(f"*.{suffix}") if not p.name.startswith(".")]
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-5] if harm == "cut" else b"nonsense")
    again = WordView(tmp_path)
    again.catch_up(catalog)
    assert sorted(found(again, "tower")) == [2, 3]


def test_a_folder_that_is_damaged_while_it_is_open(view: WordView, catalog: Catalog, tmp_path: Path):
    """A reader whose files vanish has no words until the next writer makes them anew; it raises nothing."""
    (tmp_path / "words" / "meta.json").write_text("nonsense")
    view.reload()
    assert (view.generation, found(view, "tower")) == (-1, [])
    view.catch_up(catalog)
    assert sorted(found(view, "tower")) == [2, 3]


@pytest.mark.parametrize("stamp", ["{}", "nonsense", '{"version": 0, "generation": 3}'])
def test_a_stamp_that_says_nothing_known(view: WordView, catalog: Catalog, tmp_path: Path, stamp: str):
    """Files without a stamp of this version are made anew: their words may have been cut otherwise."""
    (tmp_path / "words.json").write_text(stamp)
    again = WordView(tmp_path)
    assert again.generation == -1
    again.catch_up(catalog)
    assert sorted(found(again, "tower")) == [2, 3]


def test_a_missing_folder_or_a_file_in_its_place(view: WordView, catalog: Catalog, tmp_path: Path):
    """Either is mended by catching up."""
    for make in (lambda: None, lambda: (tmp_path / "words").write_text("a file")):
        shutil.rmtree(tmp_path / "words")
        make()
        again = WordView(tmp_path)
        assert again.generation == -1
        again.catch_up(catalog)
        assert sorted(found(again, "tower")) == [2, 3]


def test_a_view_of_another_catalog_is_made_anew(view: WordView, tmp_path: Path):
    """A catalog that was made anew has nothing to do with the files beside it, not even in the same generation."""
    other = Catalog(tmp_path / "other")
    for text in ("apple", "pear", "plum"):
        add(other, text)
    shutil.copytree(tmp_path / "words", tmp_path / "other" / "words")
    shutil.copy(tmp_path / "words.json", tmp_path / "other")
    foreign = WordView(tmp_path / "other")
    assert foreign.generation == other.generation == 3
    foreign.catch_up(other)
    assert found(foreign, "tower") == []
    assert found(foreign, "plum") == [3]
    other.close()


def test_a_search_among_some_leaves_the_scores_as_they_are(view: WordView):
    """Only the chosen ids come, with the score that they have among all, however few are asked for."""
    everything = dict(view.search(view.words("harbour tower"), 10))
    assert set(everything) == {1, 2, 3}
    for only in ([1], [2, 3], [1, 99]):
        some = view.search(view.words("harbour tower"), 1, np.array(only, np.int64))
        best = max((i for i in only if i in everything), key=lambda i: everything[i])
        assert some == [(best, pytest.approx(everything[best]))]
    assert view.search(view.words("harbour"), 10, np.array([], np.int64)) == []
