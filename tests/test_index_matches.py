"""What of a question stands in a sentence: words, and tokens with what each adds."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import WordEncoder
from test_qa_choose import candidate

from corpus.records import Limits
from index.asked import Asked, AskedTurn
from index.matches import token_matches
from index.search import Candidate, Weights
from index.store import Index

TEXTS = {"tower.md": "# Red\n\nThe tower is high. It was painted in 1932.", "museum.txt": "Paintings hang everywhere."}


@pytest.fixture
def index(tmp_path: Path, encoder: WordEncoder, write: Callable[[str, str], Path]) -> Iterator[Index]:
    for name, text in TEXTS.items():
        write(f"papers/{name}", text)
    with Index(tmp_path / "index", encoder, Limits(), 50, Weights()) as index:
        with index.writing(0):
            index.sync([str(tmp_path / "papers")], lambda _: None)
        yield index


def tower(found: list[Candidate]) -> Candidate:
    return next(c for c in found if c.passage.source.endswith("tower.md"))


def test_words_stand_in_the_sentence_in_its_passage_or_nowhere(index: Index) -> None:
    """By their stems; the title and the headings belong to the passage."""
    found = tower(index.search("Who paints a high red bridge?", (), 10))
    spelled = found.asked.spelled
    assert sorted(spelled.values()) == ["bridge", "high", "paints", "red"]
    assert {spelled[word] for word in found.in_passage} == {"high", "paints", "red"}
    assert [{spelled[word] for word in words} for words in found.in_sentences] == [{"high"}, {"paints"}]
    assert found.asked.rarity.keys() == spelled.keys()
    assert found.asked.turns == (AskedTurn("Who paints a high red bridge?", 1.0, "en"),)


def test_words_of_an_earlier_question_count_less(index: Index) -> None:
    """By its share; a word of both questions is spelled as in the later one."""
    alone = tower(index.search("tower painted", (), 10)).asked
    both = tower(index.search("Towers 1932?", ("the tower painted",), 10)).asked
    assert both.turns == (AskedTurn("Towers 1932?", 1.0, "en"), AskedTurn("the tower painted", Weights().before, "en"))
    assert both.spelled["tower"] == "Towers"
    assert both.rarity["tower"] == alone.rarity["tower"]
    assert both.rarity["paint"] == pytest.approx(Weights().before * alone.rarity["paint"])


@pytest.mark.parametrize(
    ("question", "before", "shares"),
    [
        ("Towers?", (), [1]),
        ("Towers?", ("bridge",), [1, Weights().before]),
        ("Towers?", ("bridge", "harbour", "museum"), [1, Weights().between, Weights().between, Weights().before]),
        ("And when?", ("bridge", "harbour", "museum"), [1, 1, Weights().between, Weights().before]),
        ("And when?", ("bridge",), [1, 1]),
    ],
)
def test_the_oldest_of_the_earlier_questions_says_what_all_are_about(
    index: Index, question: str, before: tuple[str, ...], shares: list[float]
) -> None:
    """Those between lean on it too, and count less; a question without a word of its own is the one before it."""
    assert [turn.share for turn in tower(index.search(question, before, 10)).asked.turns] == shares


@pytest.mark.parametrize("given", ["", "Paintings hang there."])
@pytest.mark.parametrize("before", [(), ("Tell me of the museum",), ("Tell me of the museum", "and the harbour")])
def test_tokens_add_up_to_late_interaction(index: Index, before: tuple[str, ...], given: str) -> None:
    """For every sentence of every candidate, with the numbers that ranked them."""
    for found in index.search("When was the tower painted?", before, 10, given=given):
        places = [(found.passage, number) for number in range(len(found.late))]
        for late, matches in zip(found.late, token_matches(index.encoder, found.asked, places), strict=True):
            assert sum(match.adds for match in matches) == pytest.approx(float(late), abs=1e-5)
            assert sum(match.share for match in matches) == pytest.approx(1)
            assert [match.adds for match in matches] == sorted((match.adds for match in matches), reverse=True)


def test_a_token_is_matched_with_the_most_alike(index: Index) -> None:
    """The same word is the same token; a content word counts twice as much as a stop word."""
    found = tower(index.search("It was painted when?", (), 10))
    (matches,) = token_matches(index.encoder, found.asked, [(found.passage, 1)])
    assert [(m.question, m.sentence) for m in matches[:3]] == [("painted", "painted"), ("It", "It"), ("was", "was")]
    assert [m.share for m in matches[:3]] == pytest.approx([2 / 5, 1 / 5, 1 / 5])
    assert matches[0].cosine == pytest.approx(1, abs=0.05)


def test_part_of_a_word_has_a_hyphen(index: Index) -> None:
    """As the real model cuts rare words into pieces."""
    from index.encoder import SentenceTransformerEncoder

    text = "Pullquotes, lifted."
    asked = Asked(turns=(AskedTurn("Are pullquotes lifted?", 1.0, "en"),))
    (matches,) = token_matches(SentenceTransformerEncoder(), asked, [(candidate(1, {text: 1.0}).passage, 0)])
    pairs = {match.question: match.sentence for match in matches}
    assert pairs["pull-"] == "Pull-"
    assert pairs["-s"] == "-s"
    assert pairs["lifted"] == "lifted"


def test_a_sentence_that_the_model_did_not_see_has_no_match(encoder: WordEncoder) -> None:
    """Nor has no sentence any."""
    assert token_matches(
        encoder, Asked(turns=(AskedTurn("Why?", 1.0, "en"),)), [(candidate(1, {"One.": 1, "—": 0}).passage, 1)]
    ) == [[]]
    assert token_matches(encoder, Asked(), []) == []
