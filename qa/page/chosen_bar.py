"""Which documents are asked, said beneath the question, and a way back to all of them."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from qa.page.message import names_of


def chosen_bar(chosen: gr.State) -> list[Any]:
    """Build the line, inside the blocks that are open; return what `bar_update` is for.

    Args:
        chosen: holds the sources that a person asks; an empty list for all.
    """
    with gr.Row(elem_id="pq-only", visible=False) as bar:
        line = gr.Markdown(elem_id="pq-only-line", latex_delimiters=[])
        everything = gr.Button("Ask all documents", size="sm", scale=0, min_width=160)
    parts = [chosen, bar, line]
    everything.click(lambda: bar_update([]), None, parts, queue=False, show_progress="hidden", api_visibility="private")
    return parts


def bar_update(sources: Sequence[str]) -> tuple[Any, ...]:
    """Return the new values of the parts of the line.

    Args:
        sources: the documents that are asked from now on; empty for all.
    """
    line = f'<p class="pq-only">Asking only {names_of(sources)}</p>' if sources else ""
    return list(sources), gr.update(visible=bool(sources)), line
