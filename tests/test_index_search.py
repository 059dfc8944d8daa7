"""A question is answered by ranked candidates, each with the evidence that ranked it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import WordEncoder

from corpus.errors import SettingError
from corpus.records import Limits
from index.search import LEAD, Candidate, Searcher, Weights
from index.store import Index

TEXTS = {
    "harbour.txt": "The harbour was dredged in 1932. Ships wait outside.",
    "tower.txt": "The tower is high. The tower was painted red in 1932.",
    "museum.txt": "Paintings hang everywhere.",
}


@pytest.fixture
def index(tmp_path: Path, encoder: WordEncoder, write: Callable[[str, str], Path]) -> Iterator[Index]:
    for name, text in TEXTS.items():
        write(f"papers/{name}", text)
    with Index(tmp_path / "index", encoder, Limits(), 50, Weights()) as index:
        with index.writing(0):
            index.sync([str(tmp_path / "papers")], lambda _: None)
        yield index


def names(candidates: list[Candidate]) -> list[str]:
    return [Path(candidate.passage.source).name for candidate in candidates]


def test_the_passage_with_the_questions_words_comes_first(index: Index):
    """Every passage is a candidate where as many are asked for; the best has the question's words."""
    found = index.search("When was the harbour dredged?", (), 10)
    assert names(found)[0] == "harbour.txt"
    assert sorted(names(found)) == sorted(TEXTS)
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)


def test_the_sentence_with_the_questions_words_comes_first(index: Index):
    """Within a passage the sentence that holds the words has the highest score."""
    (tower,) = [c for c in index.search("painted tower", (), 10) if names([c]) == ["tower.txt"]]
    assert int(np.argmax(tower.sentence_scores)) == 1
    assert tower.passage.sentence_texts[1] == "The tower was painted red in 1932."


def test_the_evidence_is_what_it_says(index: Index):
    """For "harbour ships": late is the mean of each word's best cosine, coverage the share of its words by rarity."""
    best = index.search("harbour ships", (), 10)[0]
    assert names([best]) == ["harbour.txt"]
    assert best.coverage == pytest.approx(1)
    # Both words are in one passage alone, equally rare: each sentence has half of the question.
    np.testing.assert_allclose(best.overlap, [0.5, 0.5], atol=1e-6)
    assert best.late.dtype == best.overlap.dtype == best.sentence_scores.dtype == np.float32
    assert best.late.shape == best.overlap.shape == best.sentence_scores.shape == (2,)
    np.testing.assert_allclose(best.late, [0.5, 0.5], atol=0.25)
    words = TEXTS["harbour.txt"].replace(".", "").lower().split()
    mean = lambda of: np.mean([WordEncoder().encode_question(word).vector for word in of], axis=0)  # noqa: E731
    passage, question = mean(words), mean(["harbour", "ships"])
    cosine = passage @ question / np.linalg.norm(passage) / np.linalg.norm(question)
    assert best.dense == pytest.approx(float(cosine), abs=2e-3)


def test_scores_are_put_together_as_documented(index: Index):
    """A passage's score is its best two sentences' plus coverage; a sentence's takes its share of the passage's."""
    weights = Weights()
    for candidate in index.search("Was the tower painted red?", (), 10):
        likeness = sorted(map(float, candidate.late + candidate.place), reverse=True)
        assert candidate.second == pytest.approx([*likeness, likeness[0] - LEAD][1])
        score = likeness[0] + weights.second * candidate.second
        score += weights.coverage * candidate.coverage + weights.heading * candidate.heading
        assert candidate.score == pytest.approx(score, abs=1e-5)
        sentences = candidate.late + candidate.place + weights.passage * score + weights.overlap * candidate.overlap
        np.testing.assert_allclose(candidate.sentence_scores, sentences, atol=1e-5)


def test_weights_decide(index: Index):
    """With no weight on words, late interaction alone is the score."""
    vectors, words = index._open_views()
    searcher = Searcher(index.catalog, WordEncoder(), vectors, words, Weights(0, 0, 0, 0, heading=0))
    for candidate in searcher.search("red tower", (), 10):
        assert candidate.score == pytest.approx(float(candidate.late.max()))
        np.testing.assert_allclose(candidate.sentence_scores, candidate.late, atol=1e-6)


def ask(encoder: WordEncoder, folder: Path, text: str, question: str) -> list[Candidate]:
    (folder / "a.md").write_text(text, "utf-8")
    with Index(folder / "index", encoder, Limits(), 50, Weights()) as index:
        with index.writing(0):
            index.sync([str(folder / "a.md")], lambda _: None)
        return index.search(question, (), 10)


def test_a_question_in_a_document_is_answered_by_the_sentence_after_it(tmp_path: Path, encoder: WordEncoder):
    """That one ranks first and has the question's words, not the question, which is word for word what was asked."""
    text = "Ships wait. How deep is the harbour? Nine fathoms at low water. The sea is cold."
    (found,) = ask(encoder, tmp_path, text, "How deep is the harbour?")
    assert found.passage.sentence_texts[int(found.sentence_scores.argmax())] == "Nine fathoms at low water."
    assert found.place[1] < 0 < found.place[2] < found.late[1] - found.late[2]
    assert found.overlap.tolist() == [0, 1, 1, 0]
    assert found.in_sentences[1] == found.in_sentences[2] == found.in_passage


def test_a_heading_that_says_what_is_asked_lifts_what_stands_beneath(tmp_path: Path, encoder: WordEncoder):
    """In full where both have the same words, less where the heading has more, not at all where none is shared."""
    text = "# 4. Harbour\n\nNine fathoms.\n\n# Harbour dues\n\nTwo crowns.\n\n# Tower\n\nRed bricks.\n"
    found = {c.passage.heading: c for c in ask(encoder, tmp_path, text, "The harbour?")}
    assert [found[name].heading for name in ("4. Harbour", "Harbour dues", "Tower")] == [1, 0.5, 0]
    best = found["4. Harbour"]
    assert best.second == pytest.approx(best.likeness.max() - LEAD)  # its only sentence
    lifted = best.score - best.likeness.max() - Weights().second * best.second - Weights().coverage
    assert lifted == pytest.approx(Weights().heading, abs=1e-5)


def test_each_search_proposes_its_best(index: Index):
    """With one candidate of each search, dense and lexical, there are one or two; a passage found twice is one."""
    assert names(index.search("harbour dredged 1932 ships wait outside", (), 1)) == ["harbour.txt"]
    assert 1 <= len(index.search("tower harbour", (), 1)) <= 2


def test_what_came_before_is_mixed_in(index: Index):
    """A question that leans on an earlier one finds what that was about; it counts less than the question itself."""
    assert names(index.search("And 1932?", ("Tell me of the tower",), 10))[0] == "tower.txt"
    assert names(index.search("And 1932?", ("Tell me of the harbour",), 10))[0] == "harbour.txt"
    assert names(index.search("paintings hang", ("the red tower",), 10))[0] == "museum.txt"


def test_the_quote_given_last_is_mixed_in(index: Index):
    """In meaning, so that what it named is found; not in words, which were not asked for."""
    plain = {c.passage.title: c for c in index.search("And 1932?", ("red things",), 10)}
    given = {c.passage.title: c for c in index.search("And 1932?", ("red things",), 10, given="harbour ships")}
    gains = {title: float(given[title].late.max() - plain[title].late.max()) for title in given}
    assert max(gains, key=gains.__getitem__) == "harbour"
    assert all(given[title].coverage == plain[title].coverage for title in given)


def test_a_question_of_stop_words_is_all_about_what_came_before(index: Index):
    """Without a word of its own, the earlier question decides; the one before that counts less."""
    alone = index.search("painted tower", (), 10)[0]
    leaning = index.search("And who?", ("painted tower", "harbour"), 10)[0]
    assert names([leaning]) == names([alone]) == ["tower.txt"]


@pytest.mark.parametrize("candidates", [0, -1])
def test_fewer_than_one_candidate(index: Index, candidates: int):
    """The error gives the number that was asked for and the least there is."""
    with pytest.raises(SettingError, match=rf"{candidates} passages .* at least 1"):
        index.search("tower", (), candidates)


def test_many_more_candidates_than_passages(index: Index):
    """As many as there are."""
    assert len(index.search("tower", (), 100_000)) == 3


@pytest.mark.parametrize("question", ["zebra", "?!", "👩‍👩‍👧", "של", "the of"])
def test_a_question_about_nothing_here(index: Index, question: str):
    """There are candidates all the same, without coverage or with no words to cover: that is for others to judge."""
    assert all(c.coverage == 0 or question == "the of" for c in index.search(question, (), 10))


def test_an_empty_index_has_no_candidates(tmp_path: Path, encoder: WordEncoder):
    """No passage, no candidate, no error."""
    with Index(tmp_path / "empty", encoder, Limits(), 50, Weights()) as index:
        assert index.search("tower", (), 5) == []


def test_a_passage_that_is_gone_is_left_out(index: Index):
    """A view that is behind may propose a passage that the catalog no longer has."""
    vectors, words = index._open_views()
    index.search("tower", (), 5)
    with index.catalog.changing():
        index.catalog.remove_files([s for s in index.catalog.files if s.endswith("tower.txt")])
    found = Searcher(index.catalog, WordEncoder(), vectors, words, Weights()).search("tower", (), 5)
    assert sorted(names(found)) == ["harbour.txt", "museum.txt"]


def test_the_same_question_has_the_same_answer(index: Index):
    """Ranking is deterministic; equal scores are in the order of the passages."""
    first, second = (index.search("1932", (), 10) for _ in range(2))
    assert [(c.passage.id, c.score) for c in first] == [(c.passage.id, c.score) for c in second]


def test_only_chosen_documents_propose_candidates(index: Index):
    """However few candidates are asked for, they come from the chosen documents, even if others fit far better."""
    sources = {Path(source).name: source for source in index.catalog.sources}
    for name in TEXTS:
        assert names(index.search("The harbour was dredged in 1932", (), 1, [sources[name]])) == [name]
    both = index.search("The harbour was dredged", (), 10, [sources["tower.txt"], sources["museum.txt"]])
    assert sorted(names(both)) == ["museum.txt", "tower.txt"]
    assert index.search("harbour", (), 10, []) == []


def test_a_candidate_has_the_score_that_it_has_among_all(index: Index):
    """The choice decides who is ranked, not how."""
    everywhere = {c.passage.id: c.score for c in index.search("the red tower of 1932", (), 10)}
    (tower,) = [source for source in index.catalog.sources if source.endswith("tower.txt")]
    (alone,) = index.search("the red tower of 1932", (), 10, [tower])
    assert alone.score == pytest.approx(everywhere[alone.passage.id])


def test_a_question_stands_where_its_vector_is(index: Index):
    """`vector` is the vector that the search is made by."""
    vector = index.vector("harbour ships", ())
    best = index.search("harbour ships", (), 1)[0]
    stored, _ = index.catalog.vectors([best.passage.id])[best.passage.id]
    assert float(vector @ stored) == pytest.approx(best.dense, abs=1e-6)
    assert vector.dtype == np.float32
