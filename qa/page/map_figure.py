"""Passages and candidates -> what Plotly draws of them, as plain data.

Labels are HTML to Plotly (a few tags of it), so that text from documents is escaped in them.
"""

import html
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from index.encoder import Floats
from index.landscape import Landscape
from index.search import Candidate

# Okabe and Ito 2008, for every kind of colour vision; black and yellow, which one of light and dark would swallow, out
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
SYMBOLS = ("circle", "diamond")
OTHER = "#8a94a6"
MARK = "#e11d48"
SHOWN = 12
_COLUMNS = 60
_MANY = 2_000
_TITLE = 40

Figure = dict[str, Any]


def map_figure(land: Landscape, candidates: Sequence[Candidate], vectors: tuple[Floats, Floats] | None) -> Figure:
    """Return the map: a point a passage, a colour a document, and on top the last question and its candidates.

    Args:
        land: the passages.
        candidates: of the last question, best first.
        vectors: of the question, (1, dimension), and of the candidates, (n, dimension); None without a question.
    """
    ranked = [source for source, _ in Counter(land.sources).most_common()]
    styles = [(colour, symbol) for symbol in SYMBOLS for colour in COLOURS]
    single = ranked if len(ranked) <= len(styles) else ranked[: len(styles) - 1]
    points: dict[str, list[int]] = {source: [] for source in single}
    rest: list[int] = []
    for number, source in enumerate(land.sources):
        points.get(source, rest).append(number)
    # what has no colour of its own lies beneath what has
    data = [_points(land, rest, f"{len(ranked) - len(single):,} other documents", OTHER, "circle")] if rest else []
    data += [
        _points(land, numbers, _label(land.titles[numbers[0]], _TITLE), *style)
        for numbers, style in zip(points.values(), styles, strict=False)
    ]
    if vectors is not None:
        asked, found = land.place(vectors[0]), land.place(vectors[1])
        data += [_candidates(candidates[:SHOWN], found[:SHOWN]), _question(asked)]
    axis = {"visible": False, "zeroline": False, "showgrid": False}
    layout = {
        "xaxis": axis,
        "yaxis": axis,
        "dragmode": "pan",
        "hovermode": "closest",
        "height": 560,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "legend": {"orientation": "h", "y": -0.02, "yanchor": "top", "itemsizing": "constant", "font": {"size": 13}},
        **_PLAIN,
    }
    return {"data": data, "layout": layout, "config": _CONFIG}


_PLAIN: Mapping[str, Any] = {
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "font": {"family": "ui-sans-serif, system-ui, sans-serif"},
    "hoverlabel": {"align": "left", "bgcolor": "#0f172a", "bordercolor": "#0f172a", "font": {"color": "#f8fafc"}},
}
_CONFIG: Mapping[str, Any] = {
    "displaylogo": False,
    "scrollZoom": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "toImage", "zoom2d", "pan2d"],
}


def _points(land: Landscape, numbers: Sequence[int], label: str, colour: str, symbol: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": label,
        "x": [round(float(land.places[n, 0]), 4) for n in numbers],
        "y": [round(float(land.places[n, 1]), 4) for n in numbers],
        "text": [_hover(land.titles[n], land.beginnings[n]) for n in numbers],
        "hoverinfo": "text",
        "marker": {"size": 7 if len(land.places) < _MANY else 5, "opacity": 0.85, "color": colour, "symbol": symbol},
    }


def _candidates(candidates: Sequence[Candidate], places: Floats) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": "Best candidates, by rank",
        "x": [round(float(x), 4) for x in places[:, 0]],
        "y": [round(float(y), 4) for y in places[:, 1]],
        "text": [str(rank) if rank <= 5 else "" for rank in range(1, len(candidates) + 1)],
        "textposition": "top center",
        "textfont": {"size": 13},
        "hovertext": [f"{rank}. {_hover(c.passage.title, c.passage.text)}" for rank, c in enumerate(candidates, 1)],
        "hoverinfo": "text",
        "marker": {"size": 13, "color": "rgba(0,0,0,0)", "line": {"width": 2, "color": MARK}},
    }


def _question(place: Floats) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "Your question",
        "x": [round(float(place[0, 0]), 4)],
        "y": [round(float(place[0, 1]), 4)],
        "text": ["Your question"],
        "hoverinfo": "text",
        "marker": {"size": 16, "symbol": "star", "color": MARK},
    }


def scores_figure(candidates: Sequence[Candidate]) -> Figure:
    """Return the bars: the score of each of the best candidates, made up of what it is made of.

    Args:
        candidates: of the last question, best first.
    """
    best = candidates[:SHOWN]
    ranks = list(range(1, len(best) + 1))
    meaning = [float(c.likeness.max()) for c in best]
    hover = [_hover(c.passage.title, c.passage.text) for c in best]
    parts = (
        ("How near its best sentence is in meaning", meaning, COLOURS[0]),
        (
            "The question’s words in it and in its heading",
            [c.score - m for c, m in zip(best, meaning, strict=True)],
            COLOURS[1],
        ),
    )
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "name": label,
            "y": ranks,
            "x": [round(value, 4) for value in values],
            "text": hover,
            "textposition": "none",
            "hovertemplate": "%{x:.3f}<br>%{text}<extra></extra>",
            "marker": {"color": colour},
        }
        for label, values, colour in parts
    ]
    layout = {
        "barmode": "stack",
        "bargap": 0.66,
        "annotations": [_caption(rank, candidate) for rank, candidate in zip(ranks, best, strict=True)],
        "height": 110 + 44 * len(best),
        "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
        "xaxis": {"automargin": True, "gridcolor": "rgba(128,140,160,0.25)", "fixedrange": True, "rangemode": "tozero"},
        "yaxis": {"visible": False, "range": [len(best) + 0.6, 0.2], "fixedrange": True},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        **_PLAIN,
    }
    return {"data": data, "layout": layout, "config": {**_CONFIG, "displayModeBar": False, "scrollZoom": False}}


def _caption(rank: int, candidate: Candidate) -> Figure:
    """Return the words above a bar: the candidate's document, page, and best sentence."""
    passage = candidate.passage
    at = int(candidate.likeness.argmax())
    page = f", p. {passage.pages[at]}" if passage.pages else ""
    title = _label(passage.title, _TITLE) + page
    return {
        "text": f"{rank}. <b>{title}</b>  {_label(passage.sentence_texts[at], 2 * _COLUMNS)}",
        "x": 0,
        "y": rank,
        "yshift": 16,
        "xanchor": "left",
        "showarrow": False,
        "font": {"size": 13},
    }


def _label(text: str, columns: int) -> str:
    """Return a text on one line, shortened, with nothing in it that Plotly takes for markup or a formula."""
    short = " ".join(text.split())
    short = short if len(short) <= columns else short[: columns - 1] + "…"
    return html.escape(short).replace("$", "＄").replace("%{", "% {")


def _hover(title: str, beginning: str) -> str:
    lines = textwrap.wrap(" ".join(beginning[:140].split()), _COLUMNS)
    return f"<b>{_label(title, _COLUMNS)}</b><br>" + "<br>".join(_label(line, _COLUMNS) for line in lines) + "…"
