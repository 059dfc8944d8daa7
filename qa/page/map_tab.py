"""Looking: the passages on a map, and the scores of the last question's candidates."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr
from gradio.components.plot import PlotData

from corpus.errors import PullquoteError
from index.encoder import Floats
from index.search import Candidate
from qa.page.bot import Bot
from qa.page.escape import literal
from qa.page.map_figure import SHOWN, Figure, map_figure, scores_figure

MOST_POINTS = 10_000
NOTHING_ASKED = "Ask a question, and the passages that were considered for its answer are marked here."


Asked = tuple[str, Sequence[Mapping[str, str]], Sequence[str]]
"""A question, the questions before it, and the sources that were asked (none for all)."""


def map_tab(bot: Bot, last: gr.State, tab: gr.Tab) -> None:
    """Build the map and the bars, inside the blocks that are open.

    Args:
        bot: has the passages.
        last: holds what was asked last, or None.
        tab: the one that is being built.
    """
    with gr.Column(elem_id="pq-looking"):
        caption = gr.Markdown(elem_id="pq-caption", latex_delimiters=[])
        plane = gr.Plot(show_label=False, container=False, elem_id="pq-map")
        with gr.Column(visible=False) as considered:
            title = gr.Markdown(elem_id="pq-scores-title", latex_delimiters=[])
            bars = gr.Plot(show_label=False, container=False, elem_id="pq-scores")

    def drawn(asked: Asked | None) -> tuple[Any, ...]:
        land = bot.landscape(MOST_POINTS)
        candidates, vectors = _considered(bot, asked)
        question = asked[0] if asked and candidates else ""
        return (
            caption_of(len(land.places), land.total, question),
            _plot(map_figure(land, candidates, vectors)) if land.total else None,
            gr.update(visible=bool(candidates)),
            scores_title(len(candidates)),
            _plot(scores_figure(candidates)) if candidates else None,
        )

    tab.select(
        drawn, last, [caption, plane, considered, title, bars], show_progress="minimal", api_visibility="private"
    )


def _considered(bot: Bot, asked: Asked | None) -> tuple[Sequence[Candidate], tuple[Floats, Floats] | None]:
    """Return the candidates of a question, and its vector and theirs; nothing where there is nothing to mark."""
    if not asked:
        return (), None
    question, history, sources = asked
    try:
        candidates = bot.candidates(question, history, sources=sources or None)
        vectors = bot.vectors(question, history, [candidate.passage.id for candidate in candidates])
    except PullquoteError:  # the question was empty, or a document that was asked is gone since
        return (), None
    return (candidates, vectors) if candidates and len(vectors[1]) == len(candidates) else ((), None)


def scores_title(count: int) -> str:
    """Return the HTML above the bars.

    Args:
        count: number of candidates.
    """
    return (
        f'<div class="pq-caption"><h2>How the candidates compare</h2><p>The best {min(SHOWN, count)} of {count} '
        "passages that were considered. The first of them are read closely before a sentence is quoted.</p></div>"
    )


def caption_of(shown: int, total: int, question: str) -> str:
    """Return the HTML above the map.

    Args:
        shown: number of passages on it.
        total: number of passages there are.
        question: the one that is marked; empty for none.
    """
    count = f"{total:,} passages" if shown == total else f"{shown:,} of {total:,} passages, evenly spread"
    marked = f"Marked: <bdi>{literal(question)}</bdi>" if question else literal(NOTHING_ASKED)
    return (
        f'<div class="pq-caption"><p>A point is a passage; what is near one another means something alike, as far as '
        f"two dimensions can tell. {count}.</p><p>{marked}</p></div>"
    )


def _plot(figure: Figure) -> PlotData:
    return PlotData(type="plotly", plot=json.dumps(figure))
