"""What Plotly is given: a point a passage, a colour a document, labels in which nothing but text is left."""

import json

import numpy as np
import pytest

from corpus.records import Span
from index.landscape import Landscape
from index.records import StoredPassage
from index.search import Candidate
from qa.page.map_figure import COLOURS, MARK, OTHER, SHOWN, map_figure, scores_figure
from qa.page.map_tab import caption_of

HOSTILE = "<a href='http://evil.example'>x</a> $y$ %{z}\n<img src=x>"


def land(*sources: str, title: str = "A title") -> Landscape:
    places = np.arange(2 * len(sources), dtype=np.float32).reshape(-1, 2)
    starts = ("How it begins",) * len(sources)
    zero, axes = np.zeros(2, np.float32), np.eye(2, dtype=np.float32)
    return Landscape(places, sources, (title,) * len(sources), starts, len(sources), zero, axes)


def candidate(number: int, text: str = "One. Two.", title: str = "A title", pages: tuple[int, ...] = ()) -> Candidate:
    spans = (Span(0, 4), Span(5, len(text)))
    passage = StoredPassage(number, "a", title, 0, text, (), spans, pages)
    late = np.array([0.25, 0.5], np.float32)
    return Candidate(passage, 0.6, 0.1, 0.5, 0.0, late, 0 * late, late, late)


def test_each_document_has_a_colour_and_each_passage_a_point() -> None:
    data = map_figure(land("a", "b", "a"), (), None)["data"]
    assert [(trace["x"], trace["y"]) for trace in data] == [([0, 4], [1, 5]), ([2], [3])]
    assert [trace["marker"]["color"] for trace in data] == list(COLOURS[:2])
    assert data[0]["text"] == ["<b>A title</b><br>How it begins…"] * 2


def test_the_smallest_of_many_documents_share_a_colour() -> None:
    names = [f"{number:02}" for number in range(40)]
    data = map_figure(land(*names, *names[:3]), (), None)["data"]
    assert len(data) == 12
    assert data[1]["name"] == "A title"
    assert (data[0]["name"], data[0]["marker"]["color"], len(data[0]["x"])) == ("29 other documents", OTHER, 29)
    assert len({(trace["marker"]["color"], trace["marker"]["symbol"]) for trace in data}) == 12


def test_the_question_and_its_best_candidates_are_marked() -> None:
    candidates = [candidate(number) for number in range(SHOWN + 1)]
    vectors = np.array([[7, 8]], np.float32), np.ones((SHOWN + 1, 2), np.float32)
    found, question = map_figure(land("a"), candidates, vectors)["data"][1:]
    assert len(found["x"]) == SHOWN
    assert found["text"][:6] == ["1", "2", "3", "4", "5", ""]
    assert (question["x"], question["y"], question["marker"]["color"]) == ([7], [8], MARK)


def test_bars_add_up_to_the_score() -> None:
    figure = scores_figure([candidate(1, pages=(4, 5)), candidate(2)])
    meaning, words = figure["data"]
    assert meaning["x"] == [0.5, 0.5]
    assert [m + w for m, w in zip(meaning["x"], words["x"], strict=True)] == pytest.approx([0.6, 0.6])
    captions = [note["text"] for note in figure["layout"]["annotations"]]
    assert captions == ["1. <b>A title, p. 5</b>  Two.", "2. <b>A title</b>  Two."]
    assert len(scores_figure([candidate(n) for n in range(40)])["data"][0]["x"]) == SHOWN


def test_labels_are_only_text() -> None:
    hostile = candidate(1, HOSTILE, HOSTILE)
    vectors = np.zeros((1, 2), np.float32), np.zeros((1, 2), np.float32)
    for figure in (map_figure(land("a", title=HOSTILE), [hostile], vectors), scores_figure([hostile])):
        drawn = json.dumps({**figure, "data": [{**trace, "hovertemplate": ""} for trace in figure["data"]]})
        assert "<a" not in drawn
        assert "<img" not in drawn
        assert "$" not in drawn
        assert "%{" not in drawn


def test_the_caption_says_how_many_passages_there_are_and_what_is_marked() -> None:
    assert "32 passages." in caption_of(32, 32, "")
    assert "Ask a question" in caption_of(32, 32, "")
    told = caption_of(10_000, 1_234_567, "How <much>?")
    assert "10,000 of 1,234,567 passages, evenly spread" in told
    assert "Marked: <bdi>How &lt;much&gt;?</bdi>" in told
